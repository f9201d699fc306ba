"""The starter brain, and what llama-cpp-python's own high-level class answers with it."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import llama_cpp
import pytest

from app.config import ROOT, LlmSettings, load
from app.interfaces import Message

BRAIN = ROOT / "models" / "starter" / "brain" / "starter-brain.gguf"
SYSTEM = Message("system", "You are Parlor, a friendly waiter. Answer in one or two short sentences.")
Reference = Callable[[tuple[Message, ...]], str]


@pytest.fixture(scope="session")
def brain() -> Path:
    return BRAIN


@pytest.fixture(scope="session")
def settings() -> LlmSettings:
    return load(None, {}, ["llm.threads=1", "llm.first_token_s=10"]).llm


@pytest.fixture(scope="session")
def reference() -> Iterator[Reference]:
    """The greedy answer of the high-level class to a whole conversation."""
    model = llama_cpp.Llama(str(BRAIN), n_ctx=512, n_threads=1, verbose=False)

    @cache
    def answer(messages: tuple[Message, ...]) -> str:
        asked = [{"role": m.role, "content": m.text} for m in messages]
        return model.create_chat_completion(asked, temperature=0.0, max_tokens=256)["choices"][0]["message"]["content"]

    yield answer
    model.close()


def ask(*texts: str) -> tuple[Message, ...]:
    """A conversation after the system message: the caller's words and the answers in turns."""
    return (SYSTEM, *(Message("assistant" if i % 2 else "user", text) for i, text in enumerate(texts)))
