"""Real engines in virtual time: each call runs while the clock stands still, then takes its time on it.

By default that is as long as the call really took, so what a busy machine measures is what passes. `Pace` can say it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from app.bench.simulate.clock import still
from app.bench.simulate.device import Device
from app.interfaces import (
    Engine,
    EngineInfo,
    Engines,
    FloatArray,
    Llm,
    LlmSlot,
    Prompt,
    Speech,
    SpeechJob,
    Stt,
    SttJob,
    Transcript,
    Tts,
    Vad,
    VadStream,
)

T = TypeVar("T")
Given = Callable[[], float]
"""Seconds that a call takes."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds that calls take; None: as long as they really did."""

    vad: Given | None = None
    stt: Given | None = None
    llm: Given | None = None
    """To the next piece of text."""
    tts: Given | None = None


def timed(engines: Engines, pace: Pace = Pace()) -> Engines:
    """`engines` on the virtual clock of the loop they are used in. One job at a time: `Device` keeps the others."""
    return Engines(
        TimedVad(engines.vad, pace.vad),
        TimedStt(engines.stt, pace.stt),
        TimedLlm(engines.llm, pace.llm),
        TimedTts(engines.tts, pace.tts),
    )


async def took(call: Callable[[], Awaitable[T]], given: Given | None) -> tuple[T, float]:
    """What `call` gives, without any virtual time, and the seconds it takes."""
    since = time.perf_counter()
    with still():
        value = await call()
    return value, given() if given else time.perf_counter() - since


class _Timed:
    """What all of them have in common."""

    def __init__(self, engine: Engine, given: Given | None) -> None:
        self._engine = engine
        self._given = given
        self._device = Device(1)

    async def __aenter__(self) -> Self:
        with still():
            await self._engine.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with still():
            await self._engine.__aexit__(kind, error, trace)

    def info(self) -> EngineInfo:
        return self._engine.info()

    async def warm(self) -> None:
        with still():
            await self._engine.warm()


class TimedVad(_Timed):
    """Each call on its own: a detector batches its sessions."""

    def __init__(self, vad: Vad, given: Given | None) -> None:
        super().__init__(vad, given)
        self._vad = vad

    def open(self) -> VadStream:
        return _TimedStream(self._vad.open(), self._given)


class _TimedStream:
    def __init__(self, stream: VadStream, given: Given | None) -> None:
        self._stream, self._given = stream, given

    async def probabilities(self, frames: FloatArray) -> FloatArray:
        found, seconds = await took(lambda: self._stream.probabilities(frames), self._given)
        await asyncio.sleep(seconds)
        return found


class TimedStt(_Timed):
    """One worker: finals before drafts before partials."""

    def __init__(self, stt: Stt, given: Given | None) -> None:
        super().__init__(stt, given)
        self._stt = stt

    async def transcribe(self, job: SttJob) -> Transcript | None:
        found, seconds = await took(lambda: self._stt.transcribe(job), self._given)
        await self._device.put(job.kind, seconds).done
        return found

    def commit(self, session: str) -> None:
        self._stt.commit(session)


class TimedLlm(_Timed):
    """Each conversation at its own pace."""

    def __init__(self, llm: Llm, given: Given | None) -> None:
        super().__init__(llm, given)
        self._llm = llm

    async def open(self) -> LlmSlot:
        return _TimedSlot(await self._llm.open(), self._given)


class _TimedSlot:
    def __init__(self, slot: LlmSlot, given: Given | None) -> None:
        self._slot, self._given = slot, given

    async def generate(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        async with aclosing(self._slot.generate(prompt)) as source:
            while True:
                piece, seconds = await took(lambda: anext(source, None), self._given)
                await asyncio.sleep(seconds)
                if piece is None:
                    return
                yield piece

    def commit(self) -> None:
        self._slot.commit()

    async def close(self) -> None:
        await self._slot.close()


class TimedTts(_Timed):
    """One worker, drafts last."""

    def __init__(self, tts: Tts, given: Given | None) -> None:
        super().__init__(tts, given)
        self._tts = tts

    def voices(self) -> tuple[str, ...]:
        return self._tts.voices()

    async def speak(self, job: SpeechJob) -> Speech:
        found, seconds = await took(lambda: self._tts.speak(job), self._given)
        await self._device.put(int(job.draft), seconds).done
        return found
