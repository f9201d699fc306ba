"""The language model alone: first token and tokens a second, by length of the prompt."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter
from typing import Protocol, runtime_checkable

from app.bench.stages.measured import Measured
from app.bench.stages.targets import CACHED, COLD, WRITING
from app.bench.starter.said import unseen
from app.compose import assembled
from app.interfaces import Llm, LlmSlot, Message, Prompt
from app.llm.decoder import LlmStats
from app.settings import Config

WORDS = (25, 50, 100, 200, 400, 800)
"""In the prompt, as far as it fits the model: 35 to 1,100 tokens of a usual tokeniser."""
_GROWS = 1.3
"""By so much must a prompt be longer than the one before: what does not fit, the engine leaves out."""
_TOKENS = 48
"""Of an answer: enough for a pace."""


@runtime_checkable
class _Counting(Protocol):
    """An engine that counts tokens."""

    def stats(self) -> LlmStats: ...


@dataclass(slots=True)
class _Found:
    """Values of one length of prompt."""

    cold_ms: list[float] = field(default_factory=list)
    cached_ms: list[float] = field(default_factory=list)
    pace: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Answer:
    """How one came."""

    text: str
    first_ms: float
    pieces: int
    writing_s: float
    """From the first piece to the last."""


async def measured(config: Config, count: int) -> AsyncIterator[Measured]:
    """Each length `count` times: in a fresh place that shares nothing, then one message later. Raises `SetupError`."""
    llm = assembled(config).llm
    async with llm:
        info = llm.info()
        case = f"{info.model} on {info.device}"
        async with _place(llm) as slot:
            first = await _answer(slot, conversation(WORDS[1], "cold"))
        yield Measured("llm", case, f"{COLD}, {WORDS[1]} words", "ms", (first.first_ms,), cold=True)
        await llm.warm()
        for words, length in await _lengths(llm):
            found, sized = _Found(), f"{case}, {length}"
            for turn in range(count):
                await _talk(llm, words, turn, found)
            yield Measured("llm", sized, COLD, "ms", tuple(found.cold_ms))
            yield Measured("llm", sized, CACHED, "ms", tuple(found.cached_ms))
            if found.pace:
                yield Measured("llm", sized, WRITING, "tokens a second", tuple(found.pace), more=True)


async def _lengths(llm: Llm) -> list[tuple[int, str]]:
    """Words of each prompt that fits, and what its length is called."""
    found, last = list[tuple[int, str]](), 0
    for words in WORDS:
        async with _place(llm) as slot:
            before = _prompt_tokens(llm)
            await _answer(slot, conversation(words, f"of {words}"))
            tokens = _prompt_tokens(llm) - before
        if tokens < _GROWS * last:
            break
        found.append((words, f"{tokens} tokens" if tokens else f"{words} words"))
        last = tokens
    return found


def _prompt_tokens(llm: Llm) -> int:
    """Of all prompts so far; 0 where they are not counted."""
    return llm.stats().prompt_tokens if isinstance(llm, _Counting) else 0


async def _talk(llm: Llm, words: int, turn: int, found: _Found) -> None:
    messages = conversation(words, f"{words} {turn}")
    async with _place(llm) as slot:
        cold = await _answer(slot, messages)
        said = (Message("assistant", cold.text), Message("user", "And what does it cost?"))
        cached = await _answer(slot, (*messages, *said))
    found.cold_ms.append(cold.first_ms)
    found.cached_ms.append(cached.first_ms)
    found.pace += [(each.pieces - 1) / each.writing_s for each in (cold, cached) if each.writing_s > 0]


def conversation(words: int, title: str) -> tuple[Message, ...]:
    """At least so many words, the last by the caller. `title` makes it begin like no other."""
    messages, counted = [Message("system", f"You are Parlor. Conversation {title}.")], 4
    for number, text in enumerate(_sentences()):
        if counted >= words and number % 2:
            break
        messages.append(Message("assistant" if number % 2 else "user", text))
        counted += len(text.split())
    return tuple(messages)


def _sentences() -> Iterator[str]:
    return cycle(said.text for said in unseen("en"))


@asynccontextmanager
async def _place(llm: Llm) -> AsyncIterator[LlmSlot]:
    slot = await llm.open()
    try:
        yield slot
    finally:
        await slot.close()


async def _answer(slot: LlmSlot, messages: tuple[Message, ...]) -> _Answer:
    text, pieces = "", 0
    began = first = last = perf_counter()
    async with aclosing(slot.generate(Prompt(messages, max_tokens=_TOKENS))) as written:
        async for piece in written:
            last = perf_counter()
            first = last if not pieces else first
            text, pieces = text + piece, pieces + 1
    return _Answer(text, ((first if pieces else perf_counter()) - began) * 1000, pieces, last - first)
