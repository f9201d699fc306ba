"""The language model of an OpenAI-compatible server: llama.cpp's, Ollama, vLLM, LM Studio and others."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from app.errors import EngineError, EngineTimeoutError, PromptTooLongError
from app.interfaces import EngineInfo, Message, Prompt
from app.llm.events import Answer
from app.llm.history import Messages, prune
from app.llm.prompt import alternate
from app.remote import Endpoint, RefusedError
from app.settings import LlmSettings

_NEARLY = 0.95
"""Who waits for an answer has the same limits; only what we raise is counted against the server."""
_BYTES_PER_TOKEN = 3.0
"""Of UTF-8. Rather too many tokens than too few: text in English has 4 to 5, in Turkish about 3."""
_TOKENS_PER_MESSAGE = 8
"""That a chat template writes around it."""
_PROBE = Prompt((Message("system", "Answer in one word."), Message("user", "Hello.")), max_tokens=4)
_TRIED = {400, 422, 500}
"""What servers answer to a field, or a message, that they do not know."""
_WARM_S = 120.0
"""For the first answer: some servers load the model for it, and begin anew when we hang up."""
_SHRINK = 0.75
_LEAST_TOKENS = 256
_CHARS_PER_TOKEN = 32
"""More than any token has: a server that does not count is stopped."""
_QUIET: tuple[dict[str, Any], ...] = (
    {"chat_template_kwargs": {"enable_thinking": False}},  # llama.cpp's server, vLLM
    {"reasoning_effort": "none"},  # Ollama
)
"""Nobody waits for a voice that thinks."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server is to be asked: each refuses something else."""

    quiet: frozenset[int] = frozenset({0, 1})
    """Which of `_QUIET` it takes."""
    system: bool = True
    """Its model's chat template takes a system message."""


MANNERS = tuple(Manner(frozenset(q), system) for system in (True, False) for q in ({0, 1}, {0}, {1}, set[int]()))


class RemoteLlm:
    """Implements `Llm`. The server keeps what it has computed of a prompt, if it can; we send the whole each time."""

    def __init__(self, settings: LlmSettings) -> None:
        self.manner = Manner()
        """Found out as it is warmed."""
        self.context_tokens = settings.context_tokens
        """Fewer, once the server has found a prompt too long."""
        self.waiting = 0
        """Answers that have not begun."""
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
        endpoint, queue = self._endpoint, max(0, self.waiting - 1)
        return EngineInfo(endpoint.state, self._settings.model, endpoint.host, 1, queue, starter=False, elsewhere=True)

    async def open(self) -> RemoteSlot:
        """See `Llm.open`. How many answers it makes at once is the server's business."""
        return RemoteSlot(self, self._endpoint, self._settings)

    async def warm(self) -> None:
        """A short answer, asked for in another manner where it is refused. Raises `EngineError`."""
        refused = await self._refusal(self.manner)
        if not refused:
            return
        for manner in MANNERS:
            if manner != self.manner and not await self._refusal(manner):
                if await self._refusal(self.manner):  # else that was the fault of a moment
                    self.manner = manner
                return
        raise refused

    async def _refusal(self, manner: Manner) -> RefusedError | None:
        """What the server says to a short question in that manner, if another one may help. Raises `EngineError`."""
        slot = RemoteSlot(self, self._endpoint, self._settings, manner)
        try:
            async with aclosing(slot.generate(_PROBE, first_s=_WARM_S)) as pieces:
                async for _ in pieces:
                    pass
        except RefusedError as error:
            if error.status not in _TRIED:
                raise
            return error
        return None


class RemoteSlot:
    """One session's conversation."""

    def __init__(
        self, model: RemoteLlm, endpoint: Endpoint, settings: LlmSettings, manner: Manner | None = None
    ) -> None:
        """`manner`: instead of the model's."""
        self._model = model
        self._endpoint = endpoint
        self._settings = settings
        self._manner = manner
        self._first: Message | None = None
        """Where the conversation began that was asked last, when older messages were cut off."""

    async def generate(self, prompt: Prompt, first_s: float | None = None) -> AsyncGenerator[str, None]:
        """See `LlmSlot.generate`; `first_s`: until the first piece. What is too long for the server is cut anew."""
        while True:
            body, budget = self._body(prompt), self._model.context_tokens
            try:
                async with aclosing(self._in_time(body, first_s or self._settings.first_token_s)) as pieces:
                    async for piece in pieces:
                        if prompt.max_tokens:
                            yield piece
            except PromptTooLongError:
                smaller = int(budget * _SHRINK)
                if smaller < _LEAST_TOKENS:
                    raise
                self._model.context_tokens = min(self._model.context_tokens, smaller)
            else:
                return

    async def _in_time(self, body: dict[str, Any], limit_s: float) -> AsyncGenerator[str, None]:
        self._model.waiting += 1
        waits = True
        try:
            async with aclosing(self._pieces(body)) as pieces:
                while True:
                    try:
                        async with asyncio.timeout(limit_s * _NEARLY):
                            piece = await anext(pieces, None)
                    except TimeoutError as error:
                        raise EngineTimeoutError("llm", f"no text within {limit_s:g} s") from error
                    self._model.waiting -= waits
                    waits = False
                    if piece is None:
                        return
                    limit_s = self._settings.limit_s
                    yield piece
        finally:
            self._model.waiting -= waits

    def commit(self) -> None:
        """See `LlmSlot.commit`. The server was never told that it was a draft."""

    async def close(self) -> None:
        """Nothing is held."""

    async def _pieces(self, body: dict[str, Any]) -> AsyncGenerator[str, None]:
        answer = Answer(body["max_tokens"] * _CHARS_PER_TOKEN)
        async with self._endpoint.post("/chat/completions", json=body) as response:
            async for line in response.content:
                if text := answer.feed(line):
                    yield text
                if answer.ended:
                    return
        raise EngineError("llm", "the server broke its answer off")

    def _body(self, prompt: Prompt) -> dict[str, Any]:
        """What is asked; of a prompt that is only to be read ahead a token is made that nobody sees."""
        manner, context = self._manner or self._model.manner, self._model.context_tokens
        kept = prune(prompt.messages, context - min(prompt.max_tokens, context // 2), self._first, _size)
        self._first = kept.first
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": _written(kept.messages, system=manner.system),
            "max_tokens": max(1, prompt.max_tokens),
            "temperature": prompt.temperature,
            "seed": prompt.seed,
            "stream": True,
        }
        optional = {"top_p": prompt.top_p, "stop": list(prompt.stop), "grammar": prompt.grammar}
        body |= {name: value for name, value in optional.items() if value}
        for index in manner.quiet:
            body |= _QUIET[index]
        return body


def _written(messages: Sequence[Message], *, system: bool) -> list[dict[str, str]]:
    """In the one order that every chat template takes: what one drops without a word, we would not learn."""
    return [{"role": each.role, "content": each.text} for each in alternate(messages, system=system)]


def _size(messages: Messages) -> int:
    """An estimate, in tokens."""
    return sum(_TOKENS_PER_MESSAGE + math.ceil(len(each.text.encode()) / _BYTES_PER_TOKEN) for each in messages)
