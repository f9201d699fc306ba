"""The language model on llama.cpp: all sessions share one context, each has a sequence of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from app.errors import EngineBusyError, EngineError, EngineTimeoutError
from app.interfaces import EngineInfo, EngineState, Message, Prompt
from app.llm.decoder import LlmStats
from app.llm.generation import Job
from app.llm.loading import Loaded, load
from app.llm.thread import DecodeThread, Release
from app.settings import LlmSettings

_NEARLY = 0.95
"""Who waits for an answer has the same limits: the slot must notice first, for only it can abort a step, and only what
it raises is counted against the model."""
WARM_PROMPT = Prompt((Message("user", "Hello."),), max_tokens=4)


class LlamaSlot:
    """One session's sequence."""

    def __init__(self, thread: DecodeThread, sequence: int, free: list[int], settings: LlmSettings) -> None:
        """`free` is where `sequence` goes back to."""
        self._thread = thread
        self._sequence = sequence
        self._free = free
        self._settings = settings
        self._closed = False
        self._job: Job | None = None

    async def generate(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        """See `LlmSlot.generate`. A generation that is still running in this slot ends with `EngineError`."""
        if self._closed or not self._thread.alive:
            raise EngineError("llm", "this place in the model is closed")
        job = self._job = Job(self._sequence, prompt)
        self._thread.put(job)
        limit_s = self._settings.first_token_s
        try:
            while (piece := await self._next(job, limit_s)) is not None:
                limit_s = self._settings.limit_s
                yield piece
        finally:
            job.cancelled = True

    def commit(self) -> None:
        """See `LlmSlot.commit`."""
        if self._job:
            self._job.draft = False

    async def close(self) -> None:
        """Give the sequence back. Idempotent."""
        if self._closed:
            return
        self._closed = True
        self._thread.put(Release(self._sequence))  # carried out before any job of the sequence's next owner
        self._free.append(self._sequence)

    async def _next(self, job: Job, limit_s: float) -> str | None:
        try:
            async with asyncio.timeout(limit_s * _NEARLY):
                item = await job.items.get()
        except TimeoutError as error:
            if self._thread.step_s() > limit_s / 2:  # it hangs; else the job only waited for others
                self._thread.abort_step()
            raise EngineTimeoutError("llm", f"no text within {limit_s:g} s") from error
        if isinstance(item, EngineError):
            raise item
        return item


class LlamaLlm:
    """Implements `Llm` with a GGUF model."""

    def __init__(self, settings: LlmSettings, sessions: int, model: Path, *, starter: bool, alone: bool = True) -> None:
        """`sessions` places, for `model`; not `alone` where another engine takes its place."""
        self._alone = alone
        self._settings = settings
        self._sessions = sessions
        self._model = model
        self._starter = starter
        self._free = list(range(sessions))
        self._thread: DecodeThread | None = None
        self._loaded: Loaded | None = None

    async def __aenter__(self) -> Self:
        """Load the model. Raises `SetupError` that names the file and the fix."""
        self._thread = DecodeThread()
        loading = partial(load, self._model, self._settings, self._sessions, alone=self._alone)
        self._loaded = await self._thread.load(loading)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread:
            await self._thread.stop()

    async def open(self) -> LlamaSlot:
        """See `Llm.open`."""
        if not self._free:
            raise EngineBusyError("llm", f"all {self._sessions} places are taken", retry_after_s=1.0)
        return LlamaSlot(self._running(), self._free.pop(0), self._free, self._settings)

    async def warm(self) -> None:
        """Run a short answer in a sequence of its own."""
        slot = LlamaSlot(self._running(), self._sessions, [], self._settings)
        try:
            async with aclosing(slot.generate(WARM_PROMPT)) as pieces:
                async for _ in pieces:
                    pass
        finally:
            await slot.close()

    def info(self) -> EngineInfo:
        """See `Engine.info`."""
        state = EngineState.LOADING
        if self._thread and self._loaded:
            hangs = self._thread.step_s() > self._settings.limit_s
            state = EngineState.READY if self._thread.alive and not hangs else EngineState.FAILED
        return EngineInfo(
            state=state,
            model=self._model.name,
            device=self._loaded.device if self._loaded else self._settings.device,
            workers=1,
            queue=self._thread.waiting if self._thread else 0,
            starter=self._starter,
            warnings=self._loaded.warnings if self._loaded else (),
        )

    def stats(self) -> LlmStats:
        """What has been computed so far."""
        return self._loaded.decoder.stats if self._loaded else LlmStats()

    def _running(self) -> DecodeThread:
        if not self._thread or not self._thread.alive:
            raise EngineError("llm", "the model is not loaded")
        return self._thread
