"""The four engines with others behind them. A job that fails is done by the next, so that nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from types import TracebackType
from typing import Generic, Protocol, Self

from app.errors import EngineError, EngineTimeoutError
from app.fallback.chain import CALLERS, Chain, E
from app.interfaces import (
    EngineInfo,
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


class _Fallback(Generic[E]):
    """What all four have in common."""

    def __init__(self, chain: Chain[E]) -> None:
        self._chain = chain

    async def __aenter__(self) -> Self:
        """Raises `SetupError` or `EngineError` when none of the order can be loaded."""
        await self._chain.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._chain.__aexit__(kind, error, trace)

    def info(self) -> EngineInfo:
        return self._chain.info()

    async def warm(self) -> None:
        await self._chain.warm()


class FallbackStt(_Fallback[Stt]):
    """Implements `Stt`."""

    async def transcribe(self, job: SttJob) -> Transcript | None:
        """See `Stt.transcribe`."""
        return await self._chain.call(lambda engine: engine.transcribe(job))

    def commit(self, session: str) -> None:
        """See `Stt.commit`."""
        if engine := self._chain.engine:
            engine.commit(session)


class _Speaker(Tts, Protocol):
    """A voice engine as the speech cache wants it (`app.tts.cache.Speaker`)."""

    async def source(self, job: SpeechJob) -> str | None: ...


class FallbackTts(_Fallback[_Speaker]):
    """Implements `Tts`. A voice that only an engine before this one had gives way to the language's default."""

    def __init__(self, chain: Chain[_Speaker]) -> None:
        super().__init__(chain)
        self._known: set[str] = set()

    def voices(self) -> tuple[str, ...]:
        """Of the engine at work."""
        engine = self._chain.engine
        voices = engine.voices() if engine else ()
        self._known |= set(voices)
        return voices

    async def speak(self, job: SpeechJob) -> Speech:
        """See `Tts.speak`."""
        self.voices()
        return await self._chain.call(lambda engine: engine.speak(self._fit(job, engine)))

    async def source(self, job: SpeechJob) -> str | None:
        """See `app.tts.cache.Speaker.source`."""
        return await self._chain.call(lambda engine: engine.source(self._fit(job, engine)))

    def _fit(self, job: SpeechJob, engine: Tts) -> SpeechJob:
        gone = job.voice in self._known and job.voice not in engine.voices()
        return replace(job, voice=None) if gone else job


class FallbackVad(_Fallback[Vad]):
    """Implements `Vad`."""

    def open(self) -> VadStream:
        """See `Vad.open`."""
        return _Stream(self._chain)


class _Stream:
    """One session's detector state; the next engine begins with a new one."""

    def __init__(self, chain: Chain[Vad]) -> None:
        self._chain = chain
        self._engine: Vad | None = None
        self._stream: VadStream | None = None

    async def probabilities(self, frames: FloatArray) -> FloatArray:
        """See `VadStream.probabilities`."""
        return await self._chain.call(lambda engine: self._on(engine).probabilities(frames))

    def _on(self, engine: Vad) -> VadStream:
        if not self._stream or engine is not self._engine:
            self._engine, self._stream = engine, engine.open()
        return self._stream


class FallbackLlm(_Fallback[Llm]):
    """Implements `Llm`."""

    async def open(self) -> LlmSlot:
        """See `Llm.open`."""
        slot = _Slot(self._chain)
        await slot.open()
        return slot


class _Slot:
    """One session's place, in whichever engine is at work: a prompt holds the whole conversation."""

    def __init__(self, chain: Chain[Llm]) -> None:
        self._chain = chain
        self._engine: Llm | None = None
        self._slot: LlmSlot | None = None
        self._draft = False
        """Nobody waits yet for what was asked last."""

    async def open(self) -> None:
        """Take a place in the engine at work."""
        await self._chain.call(self._on, proves=False)

    async def generate(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        """See `LlmSlot.generate`. An answer that fails after its first piece is not begun again."""
        begun = False
        self._draft = prompt.draft
        while True:
            place = await self._chain.place()
            asked_at = self._chain.now()
            try:
                with place.used():
                    slot = await self._on(place.engine)
                    asked = replace(prompt, draft=prompt.draft and self._draft)  # it may have taken a while to get here
                    async with aclosing(slot.generate(asked)) as pieces:
                        async for piece in pieces:
                            begun = True
                            yield piece
            except CALLERS:
                raise
            except EngineError as error:
                if not prompt.max_tokens or (isinstance(error, EngineTimeoutError) and self._draft):
                    raise  # nobody waits for it: it is not worth another model, and gives way to what is waited for
                if not self._chain.failed(place, error.message, asked_at) or begun:
                    raise
            else:
                self._chain.worked(place)
                return

    def commit(self) -> None:
        """See `LlmSlot.commit`."""
        self._draft = False
        if self._slot:
            self._slot.commit()

    async def close(self) -> None:
        """See `LlmSlot.close`."""
        if self._slot:
            await self._slot.close()

    async def _on(self, engine: Llm) -> LlmSlot:
        """The place in `engine`; the one in another is given back."""
        if not self._slot or engine is not self._engine:
            await self.close()
            self._slot = None
            self._slot, self._engine = await engine.open(), engine
        return self._slot
