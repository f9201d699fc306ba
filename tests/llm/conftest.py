"""The starter brain, a decoder without a thread, and the answers of llama-cpp-python's own high-level class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import llama_cpp
import pytest

from app.config import ROOT, load
from app.errors import EngineError
from app.interfaces import Message, Prompt
from app.llm.decoder import Decoder, Deliveries
from app.llm.generation import Job
from app.llm.native import Native, Shape
from app.llm.planner import Planner
from app.llm.prompt import CHATML, ChatTemplate, Markup
from app.llm.slots import Prefixes
from app.llm.tokens import any_of
from app.settings import LlmSettings

BRAIN = ROOT / "models" / "starter" / "brain" / "starter-brain.gguf"
SYSTEM = Message("system", "You are Parlor, a friendly waiter. Answer in one or two short sentences.")
MAX_TOKENS = 48


def prompt(*texts: str, **options: Any) -> Prompt:
    """A conversation after the system message: the caller's words and the answers in turns."""
    talk = (Message("assistant" if i % 2 else "user", text) for i, text in enumerate(texts))
    return Prompt((SYSTEM, *talk), **{"max_tokens": MAX_TOKENS, **options})


class Bench:
    """A decoder without a thread."""

    def __init__(self, windows: int = 6, longest: int = 256) -> None:
        self.native = Native(BRAIN, Shape(512, windows, 8, 40, 1), gpu=False)
        markup = Markup("", "", False, any_of(self.native.controls()))
        planner = Planner(self.native, ChatTemplate(CHATML, markup, lambda: datetime(2026, 1, 1)), longest)
        self.decoder = Decoder(self.native, planner, Prefixes((6, 7), 256), 32)
        self.answers: dict[int, list[str | EngineError]] = {}

    def start(self, asked: Prompt, sequence: int = 0) -> Job:
        job = Job(sequence, asked)
        self.answers[sequence] = []
        self._take(self.decoder.start(job))
        return job

    def step(self) -> None:
        self._take(self.decoder.step())

    def run(self) -> None:
        """Until every answer has ended."""
        while not self.decoder.idle:
            self.step()

    def answer(self, sequence: int = 0) -> str:
        """What a sequence has said so far; raises its error."""
        for item in self.answers[sequence]:
            if isinstance(item, EngineError):
                raise item
        return "".join(map(str, self.answers[sequence]))

    def say(self, *texts: str, sequence: int = 0, **options: Any) -> str:
        """The answer to a conversation."""
        self.start(prompt(*texts, **options), sequence)
        self.run()
        return self.answer(sequence)

    def computed(self, act: Callable[[], object]) -> int:
        """Prompt tokens decoded while `act` runs."""
        before = self.decoder.stats.decoded_tokens
        act()
        return self.decoder.stats.decoded_tokens - before

    def tokens(self, *texts: str, system: str = SYSTEM.text) -> int:
        """How long the prompt of a conversation is; of no texts, what all have in common."""
        turns = f"<|im_start|>system\n{system}<|im_end|>\n"
        for i, text in enumerate(texts):
            turns += f"<|im_start|>{'assistant' if i % 2 else 'user'}\n{text}<|im_end|>\n"
        return len(self.native.tokenise((turns + ("<|im_start|>assistant\n" if texts else "")).encode()))

    def _take(self, deliveries: Deliveries) -> None:
        for job, item in deliveries:
            if item is not None:
                self.answers[job.sequence].append(item)


@pytest.fixture
def bench() -> Callable[..., Any]:
    """Makes a `Bench` for as long as its context."""

    @contextmanager
    def make(**options: Any) -> Iterator[Bench]:
        made = Bench(**options)
        yield made
        made.decoder.free()

    return make


@pytest.fixture
def model(bench: Callable[..., Any]) -> Iterator[Bench]:
    with bench() as made:
        yield made


@pytest.fixture(scope="session", name="prompt")
def prompt_fixture() -> Callable[..., Prompt]:
    return prompt


@pytest.fixture(scope="session")
def brain() -> Path:
    return BRAIN


@pytest.fixture(scope="session")
def settings() -> LlmSettings:
    return load(None, {}, ["llm.threads=1", "llm.first_token_s=10"]).llm


@pytest.fixture(scope="session")
def reference() -> Iterator[Callable[..., str]]:
    """The greedy answer of the high-level class to a whole conversation."""
    high = llama_cpp.Llama(str(BRAIN), n_ctx=512, n_threads=1, n_threads_batch=1, verbose=False)

    @cache
    def answer(*texts: str) -> str:
        asked = [{"role": m.role, "content": m.text} for m in prompt(*texts).messages]
        completion = high.create_chat_completion(asked, temperature=0.0, max_tokens=MAX_TOKENS)
        return completion["choices"][0]["message"]["content"]

    yield answer
    high.close()
