"""What was heard before is not transcribed again: an engine in front of an engine.

Final passes and drafts share their entries: a draft's text is the final one where nothing was said after it. Live text
is left out: its windows slide, and of 37 in eight turns none came twice, though the turns were four recordings only.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType
from typing import Literal, Self

from app.interfaces import EngineInfo, Stt, SttJob, SttKind, Transcript
from app.lru import Lru

MAX_ENTRIES = 256


@dataclass(frozen=True, slots=True)
class _Key:
    """What decides a transcript. Which session asked does not."""

    audio: bytes
    language: str | None
    task: Literal["transcribe", "translate"]


class TranscriptCache:
    """`engine` with the transcripts of the last `keep_s` seconds, in memory only: the words are the caller's.

    What is older is never given out, and is gone from memory `keep_s` seconds later at the latest.
    """

    def __init__(self, engine: Stt, keep_s: float) -> None:
        self._engine = engine
        self._keep_s = keep_s
        self._heard: Lru[_Key, Transcript] = Lru(MAX_ENTRIES, keep_s)
        self._expiry: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._engine.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._expiry:
            self._expiry.cancel()
        await self._engine.__aexit__(kind, error, trace)

    def info(self) -> EngineInfo:
        return self._engine.info()

    async def warm(self) -> None:
        """The engine itself, never the cache."""
        await self._engine.warm()

    async def transcribe(self, job: SttJob) -> Transcript | None:
        """See `Stt.transcribe`."""
        if job.kind is SttKind.PARTIAL:
            return await self._engine.transcribe(job)
        # 30 s of audio: 5 ms
        key = _Key(sha256(job.audio.tobytes()).digest(), job.language, job.task)
        clock = asyncio.get_running_loop().time
        if heard := self._heard.get(key, clock()):
            return heard
        transcript = await self._engine.transcribe(job)
        if transcript is not None:
            self._heard.put(key, transcript, 1, clock())
            self._expire_later()
        return transcript

    def commit(self, session: str) -> None:
        """See `Stt.commit`."""
        self._engine.commit(session)

    def _expire_later(self) -> None:
        """Old words go in time, whether or not anybody speaks."""
        if not self._expiry:
            self._expiry = asyncio.get_running_loop().call_later(self._keep_s, self._expire)

    def _expire(self) -> None:
        self._expiry = None
        self._heard.expire(asyncio.get_running_loop().time())
        if len(self._heard):
            self._expire_later()
