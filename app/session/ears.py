"""From what the socket received to what the detector says of it, in order, and never more than `backlog_s` behind."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np

from app.audio import level_dbfs, ms_to_samples, samples_to_ms
from app.errors import EngineError
from app.interfaces import FloatArray, Vad
from app.session.buffer import AudioBuffer
from app.session.coupling import levels
from app.session.guard import once
from app.session.hearing import Span
from app.session.ingest import Ingest, open_ingest
from app.session.loudspeaker import Loudspeaker
from app.session.own_voice import OwnVoice
from app.settings import SessionSettings, VadSettings
from app.vad.endpoint import Endpoint, Event, SpeechEnded, SpeechStarted
from app.vad.framer import Framer
from app.wire.incoming import InputFormat

TAIL_SAMPLES = 4_800
"""300 ms after the last voiced frame go to the recogniser too: the detector misses a final "s" or "t"."""
STALLED_S = 5.0
"""The audio clock stands still without audio: so long after the last of it, who was speaking has finished."""
SWITCHED_OFF_S = 1.5
"""Without audio for so long the microphone was off (push to talk): what was played meanwhile lies behind the caller,
though the clock stood still. A link that stalls is mostly back sooner, with what was heard during our reply."""
ECHO_SAMPLES = 8_000
"""500 ms: the client's buffers, the room and the way back may delay our own voice so far."""
_COMPRESSED_BYTES_PER_S = 16_000
"""What a second of a browser's Opus takes at most (128 kbit/s), where a byte count must stand for time."""
_AT_ONCE = 8_000
"""Samples, 0.5 s: 2 ms of the loop while we speak. A message may hold a minute."""


class StandstillError(Exception):
    """The audio could not be taken for `too_slow_s`."""


@dataclass(frozen=True, slots=True)
class NothingToCommit:
    """A commit came while nobody spoke."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Audio was taken and nothing was decided."""


@dataclass(frozen=True, slots=True)
class DetectorFailed:
    """Audio was taken that nobody listened to."""

    error: EngineError


class _Commit:
    """In the queue: end the turn here."""


Sound = Event | NothingToCommit | Progress | DetectorFailed
_Item = bytes | _Commit | InputFormat


class Ears:
    """One session's audio. `put` is the socket's side, `listen` the session's."""

    def __init__(self, vad: Vad, vad_settings: VadSettings, settings: SessionSettings) -> None:
        self.received = 0
        """Samples at 16 kHz that were taken: the session's audio clock."""
        self.own = OwnVoice()
        self.loudspeaker = Loudspeaker(self.own)
        self._settings = settings
        self._threshold = vad_settings.threshold
        self._framed = 0
        """Samples at 16 kHz that the detector heard."""
        self._stream = vad.open()
        self._limit_s = vad_settings.limit_s
        self._framer = Framer()
        self._endpoint = Endpoint(vad_settings)
        self._buffer = AudioBuffer(settings.buffer_bytes)
        self._format = InputFormat()
        self._ingest: Ingest | None = None
        self._queue: deque[tuple[_Item, float]] = deque()
        """What was put, with the seconds of audio in it."""
        self._waiting_s = 0.0
        self._failing = False
        self._spoken = False
        """Since the last commit."""
        self._put_at = asyncio.get_running_loop().time()
        self._filled = asyncio.Event()
        self._taken = asyncio.Event()

    @property
    def at_ms(self) -> int:
        return samples_to_ms(self.received)

    @property
    def noise_dbfs(self) -> float:
        """How loud it is when nobody speaks."""
        return self._endpoint.noise_dbfs

    @property
    def silent(self) -> bool:
        """Whether nobody speaks at this instant."""
        return self._endpoint.silent

    @property
    def buffered(self) -> tuple[int, int]:
        """Chunks and bytes of audio kept for transcription."""
        return self._buffer.chunks, self._buffer.bytes

    # ---- the socket's side

    async def put(self, data: bytes) -> None:
        """Queue audio; waits while `backlog_s` of it are untaken. Raises `StandstillError`."""
        self._append(data, self._seconds(data))
        now = asyncio.get_running_loop().time()
        if now - self._put_at > SWITCHED_OFF_S:
            self.loudspeaker.stopped(self.received - ECHO_SAMPLES)
        deadline = now + self._settings.too_slow_s
        while self._waiting_s > self._settings.backlog_s:
            self._taken.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._taken.wait()
            except TimeoutError as error:
                raise StandstillError from error
        self._put_at = asyncio.get_running_loop().time()  # that we were slow does not mean that nothing came

    def commit(self) -> None:
        """End the turn after all audio that was put so far."""
        self._append(_Commit(), 0.0)

    def configure(self, form: InputFormat) -> None:
        """The audio that is put from now on is a new stream; whatever was being said ended with the old one."""
        self._append(form, 0.0)
        self._format = form

    # ---- the session's side

    async def listen(self) -> AsyncIterator[Sound]:
        """What is heard, for ever. Raises `CallerError` `audio_undecodable`, `BufferFullError`, `EngineError`."""
        try:
            while True:
                while not self._queue:
                    if await self._nothing_comes() and (ended := self.end_speech()):
                        yield ended
                item, seconds = self._queue.popleft()
                self._waiting_s -= seconds
                if isinstance(item, bytes):
                    audio = await self._decoded(item)
                    for at in range(0, audio.size, _AT_ONCE):
                        for sound in await self._take(audio[at : at + _AT_ONCE]):
                            yield sound
                        yield Progress()
                        await asyncio.sleep(0)
                elif over := self._ended_by(item):
                    yield over
                if isinstance(item, InputFormat):
                    await self._change(item)
                self._taken.set()
        finally:
            if self._ingest:
                await self._ingest.close()

    def end_speech(self) -> SpeechEnded | None:
        """Whatever is being said ends here; None when nothing is."""
        return self._endpoint.commit()

    def _ended_by(self, item: _Commit | InputFormat) -> SpeechEnded | NothingToCommit | None:
        """What a commit, or a new stream, ends; nothing where the detector did a moment before."""
        ended, spoken, self._spoken = self.end_speech(), self._spoken, False
        return ended or (None if spoken or isinstance(item, InputFormat) else NothingToCommit())

    def wait(self, ms: int) -> SpeechEnded | None:
        """The present pause ends the speech after so long, which may be now."""
        return self._endpoint.wait(ms_to_samples(ms))

    def audio(self, span: Span) -> FloatArray:
        """`(samples,)` at 16 kHz, with our own echo softer."""
        return self.own.without(self._buffer.slice(span.start, span.end), span.start)

    def forget_before(self, sample: int) -> None:
        """Nobody needs audio before `sample`, except for what a later start may reach back to."""
        self._buffer.drop_before(min(sample, self._endpoint.keep_from))

    def doubtful(self, sample: int) -> bool:
        """Whether a sound at `sample` may be our own, or its echo."""
        return sample < self.loudspeaker.sounds_until + ECHO_SAMPLES

    async def _nothing_comes(self) -> bool:
        """Wait for more; True when somebody was speaking and the microphone has stopped."""
        self._filled.clear()
        try:
            async with asyncio.timeout(STALLED_S if self._endpoint.speaking else None):
                await self._filled.wait()
        except TimeoutError:
            return True
        return False

    async def _decoded(self, data: bytes) -> FloatArray:
        if self._ingest is None:
            self._ingest = open_ingest(self._format)
        return await self._ingest.feed(data)

    async def _take(self, audio: FloatArray) -> list[Sound]:
        self._buffer.append(audio)
        self.received += audio.size
        frames = self._framer.feed(audio)
        if not frames.size:
            return []
        failed: list[Sound] = []
        try:
            probabilities = await once("vad", lambda: self._stream.probabilities(frames), self._limit_s)
            self._failing = False
        except EngineError as error:
            probabilities = np.zeros(len(frames), np.float32)  # unheard, but counted: the clock must not slip
            failed = [] if self._failing else [DetectorFailed(error)]
            self._failing = True
        voiced = (probabilities >= self._threshold).tolist()
        self.own.canceller.heard.put(self._framed, frames.ravel())
        self.own.hear(self._framed, levels(frames.ravel()), voiced=voiced)
        self._framed += frames.size
        events = self._endpoint.feed(probabilities.tolist(), [level_dbfs(frame) for frame in frames])
        self._spoken |= any(isinstance(event, SpeechStarted) for event in events)
        return [*failed, *events]

    async def _change(self, form: InputFormat) -> None:
        if self._ingest:
            await self._ingest.close()
        self._ingest = open_ingest(form)

    def _append(self, item: _Item, seconds: float) -> None:
        self._queue.append((item, seconds))
        self._waiting_s += seconds
        self._filled.set()

    def _seconds(self, data: bytes) -> float:
        if self._format.codec == "pcm16":
            return len(data) / (2 * self._format.rate)
        return len(data) / _COMPRESSED_BYTES_PER_S
