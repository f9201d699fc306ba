"""What was spoken before is not spoken again: an engine in front of an engine.

Memory holds whatever was said; the disk holds sentences of the configuration and no others, so that nothing a caller
said, or was told, is ever written down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import NamedTuple, Protocol, Self, TypeVar

from app.errors import EngineError
from app.interfaces import EngineInfo, Speech, SpeechJob, Tts
from app.lru import Lru
from app.tts.disk import Disk
from app.tts.once import Once
from app.tts.packed import name_of
from app.tts.speakable import speakable
from app.workers import Workers

log = logging.getLogger(__name__)
T = TypeVar("T")
_ENTRY_BYTES = 2_000
"""What an entry takes beside its samples: 0.9 to 1.6 KB of words and text in clauses of 4 to 13 words."""
_DISK_LIMIT_S = 5.0
"""100 KB take 0.1 ms; a network drive that hangs is not waited for."""


class _Key(NamedTuple):
    """What decides a sound: tags of one language are spoken alike, engines that take each other's place are not."""

    text: str
    language: str
    voice: str | None
    speed: float
    model: str


class Speaker(Tts, Protocol):
    """A voice engine whose speech may be kept for another day."""

    async def source(self, job: SpeechJob) -> str | None:
        """What decides the sound besides text and speed: engine, version, voice file. None: no voice speaks it."""


class SpeechCache:
    """`engine` with a memory of `memory_bytes`, and with `phrases` kept on `disk` too, where there is one.

    `phrases` are spoken in the background after the first `warm`, as drafts: a caller's sentence goes first.
    """

    def __init__(
        self, engine: Speaker, memory_bytes: int, phrases: Sequence[SpeechJob] = (), disk: Disk | None = None
    ) -> None:
        self.filled = asyncio.Event()
        """Set when every phrase has been spoken or read."""
        self._engine = engine
        self._memory: Lru[_Key, Speech] = Lru(memory_bytes)
        self._phrases = tuple(phrases)
        self._texts = frozenset(phrase.text for phrase in phrases)
        self._disk = disk
        self._files = Workers("tts", 1, len(phrases) + 1, _DISK_LIMIT_S)
        self._stack = AsyncExitStack()
        self._tasks = asyncio.TaskGroup()
        self._once: Once[_Key, Speech] = Once(self._tasks)
        self._filling: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._engine)
            if self._disk:
                await stack.enter_async_context(self._files)
            await stack.enter_async_context(self._tasks)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._once.close()
        if self._filling:
            self._filling.cancel()
        await self._stack.aclose()

    def info(self) -> EngineInfo:
        return self._engine.info()

    def voices(self) -> tuple[str, ...]:
        return self._engine.voices()

    async def warm(self) -> None:
        """The engine itself, never the cache."""
        await self._engine.warm()
        if not self._filling:
            self._filling = self._tasks.create_task(self._fill())

    async def speak(self, job: SpeechJob) -> Speech:
        """See `Tts.speak`. Its samples are shared: they cannot be written to."""
        info = self._engine.info()
        key = _Key(job.text, job.language.partition("-")[0].lower(), job.voice, job.speed, info.model)
        if speech := self._memory.get(key):
            return speech
        work = partial(self._made, key, job)
        return await self._once.run(key, work, draft=job.draft, queued=info.queue > 0)

    async def _fill(self) -> None:
        for phrase in self._phrases:
            try:
                if await self._engine.source(phrase) is not None:
                    await self.speak(replace(phrase, draft=True))
            except EngineError as error:
                log.warning("a phrase of the configuration could not be spoken ahead: %s", error.message)
        self.filled.set()

    async def _made(self, key: _Key, job: SpeechJob) -> Speech:
        name = await self._name(job)
        speech = await self._on_disk(lambda disk: disk.read(name)) if name else None
        if speech is None:
            said = speech = await self._engine.speak(job)
            if name:
                await self._on_disk(lambda disk: disk.write(name, said))
        speech.pcm.setflags(write=False)
        self._memory.put(key, speech, speech.pcm.nbytes + _ENTRY_BYTES)
        return speech

    async def _name(self, job: SpeechJob) -> str | None:
        """Its file; None for what must not be on disk."""
        if not self._disk or job.text not in self._texts:
            return None
        try:
            source = await self._engine.source(job)
        except EngineError:  # what is wrong shows when the engine is asked to speak
            return None
        return source and name_of(speakable(job.text, job.language), job.speed, source)

    async def _on_disk(self, work: Callable[[Disk], T]) -> T | None:
        if not self._disk:
            return None
        try:
            return await self._files.run(partial(work, self._disk))
        except EngineError as error:
            log.warning("the speech cache in %s is given up: %s", self._disk.folder, error.message)
            self._disk = None
            return None
