"""The language model of an OpenAI-compatible server: llama.cpp's, Ollama, vLLM, LM Studio and others."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from app.errors import EngineBusyError, EngineError, EngineTimeoutError
from app.interfaces import EngineInfo, EngineState, Message, Prompt
from app.llm.history import Messages, prune
from app.llm.prompt import alternate
from app.remote import Endpoint
from app.settings import LlmSettings

_NEARLY = 0.95
"""Who waits for an answer has the same limits; only what we raise is counted against the server."""
_BYTES_PER_TOKEN = 3.0
"""Of UTF-8. Rather too many tokens than too few: text in English has 4 to 5, in Turkish about 3."""
_TOKENS_PER_MESSAGE = 8
"""That a chat template writes around it."""
_PROBE = Prompt((Message("system", "Answer in one word."), Message("user", "Hello.")), max_tokens=4)
_BROKE_OFF = "the server broke its answer off"
_THOUGHTLESS = {"chat_template_kwargs": {"enable_thinking": False}, "reasoning_effort": "none"}
"""Nobody waits for a voice that thinks. The first is for llama.cpp's server and vLLM, the second for Ollama."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server is to be asked: each refuses something else, and by no one name."""

    thoughtless: bool = True
    """It takes the fields that keep a model from thinking."""
    system: bool = True
    """Its model's chat template takes a system message."""


MANNERS = (Manner(), Manner(thoughtless=False), Manner(system=False), Manner(thoughtless=False, system=False))


class RemoteLlm:
    """Implements `Llm`. The server keeps what it has computed of a prompt, if it can; we send the whole each time."""

    def __init__(self, settings: LlmSettings) -> None:
        self.manner = Manner()
        """Found out as it is warmed."""
        self._settings = settings
        self._endpoint = Endpoint("llm", settings.url, settings.key)

    async def __aenter__(self) -> Self:
        await self._endpoint.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._endpoint.__aexit__(kind, error, trace)

    def info(self) -> EngineInfo:
        """See `Engine.info`."""
        endpoint = self._endpoint
        return EngineInfo(
            endpoint.state, self._settings.model, endpoint.host, 1, 0, False, endpoint.warnings, elsewhere=True
        )

    async def open(self) -> RemoteSlot:
        """See `Llm.open`. How many answers it makes at once is the server's business."""
        return RemoteSlot(self, self._endpoint, self._settings)

    async def warm(self) -> None:
        """A short answer, asked for in another manner where it is refused. Raises `EngineError`."""
        kept, left = self.manner, [manner for manner in MANNERS if manner != self.manner]
        while True:
            try:
                return await self._ask()
            except EngineError as error:
                passing = isinstance(error, EngineBusyError | EngineTimeoutError)
                if passing or self._endpoint.state is EngineState.FAILED or not left:
                    self.manner = kept
                    raise
            self.manner = left.pop(0)

    async def _ask(self) -> None:
        slot = await self.open()
        async with aclosing(slot.generate(_PROBE)) as pieces:
            async for _ in pieces:
                pass


class RemoteSlot:
    """One session's conversation."""

    def __init__(self, model: RemoteLlm, endpoint: Endpoint, settings: LlmSettings) -> None:
        self._model = model
        self._endpoint = endpoint
        self._settings = settings
        self._first: Message | None = None
        """Where the conversation began that was asked last, when older messages were cut off."""

    async def generate(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        """See `LlmSlot.generate`."""
        limit_s = self._settings.first_token_s
        async with aclosing(self._pieces(prompt)) as pieces:
            while True:
                try:
                    async with asyncio.timeout(limit_s * _NEARLY):
                        piece = await anext(pieces, None)
                except TimeoutError as error:
                    raise EngineTimeoutError("llm", f"no text within {limit_s:g} s") from error
                if piece is None:
                    return
                limit_s = self._settings.limit_s
                yield piece

    def commit(self) -> None:
        """See `LlmSlot.commit`. The server was never told that it was a draft."""

    async def close(self) -> None:
        """Nothing is held."""

    async def _pieces(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        finished = False
        async with self._endpoint.post("/chat/completions", json=self._body(prompt)) as response:
            async for line in response.content:
                field, _, data = line.decode("utf-8", "replace").partition(":")
                if field != "data":
                    continue
                if data.strip() == "[DONE]":
                    return
                text, ended = _read(data)
                finished = finished or ended
                if text and prompt.max_tokens:
                    yield text
        if not finished:
            raise EngineError("llm", _BROKE_OFF)

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        """What is asked; of a prompt that is only to be read ahead a token is made that nobody sees."""
        budget = self._settings.context_tokens - min(prompt.max_tokens, self._settings.context_tokens // 2)
        kept = prune(prompt.messages, budget, self._first, _size)
        self._first = kept.first
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": _written(kept.messages, system=self._model.manner.system),
            "max_tokens": max(1, prompt.max_tokens),
            "temperature": prompt.temperature,
            "top_p": prompt.top_p,
            "seed": prompt.seed,
            "stream": True,
        }
        optional = {"stop": list(prompt.stop), "grammar": prompt.grammar}
        body |= {name: value for name, value in optional.items() if value}
        return body | _THOUGHTLESS if self._model.manner.thoughtless else body


def _written(messages: Sequence[Message], *, system: bool) -> list[dict[str, str]]:
    """In the one order that every chat template takes: what one drops without a word, we would not learn."""
    return [{"role": each.role, "content": each.text} for each in alternate(messages, system=system)]


def _size(messages: Messages) -> int:
    """An estimate, in tokens."""
    return sum(_TOKENS_PER_MESSAGE + math.ceil(len(each.text.encode()) / _BYTES_PER_TOKEN) for each in messages)


def _read(data: str) -> tuple[str, bool]:
    """What an event of the stream adds to the answer, and whether that was all.

    Raises `EngineError` for a fault that it tells, or is.
    """
    try:
        event = json.loads(data)
        fault, choices = event.get("error"), event.get("choices")
        text = choices[0]["delta"].get("content") if choices else ""
        ended = bool(choices and choices[0].get("finish_reason"))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise EngineError("llm", "the server's answer is no stream of chat completions") from error
    if fault:
        raise EngineError("llm", _BROKE_OFF)
    return text if isinstance(text, str) else "", ended
