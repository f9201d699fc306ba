"""Scripted detector, recogniser and voice: exact in what they hear and say, as slow as a profile says."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np

from app.audio import ms_to_samples, samples_to_ms
from app.bench.simulate.device import Device, Job
from app.bench.simulate.profile import Profile
from app.bench.simulate.speech import VOICED, Lexicon, tone
from app.errors import EngineError
from app.interfaces import (
    FRAME_SAMPLES,
    RATE_HZ,
    EngineInfo,
    EngineState,
    FloatArray,
    Speech,
    SpeechJob,
    SttJob,
    SttKind,
    Transcript,
    Word,
)

CHAR_MS = 30
"""Of our own speech, for each character: twice as fast as people, so that a thousand replies take half the time."""
VOICE = 300
"""Level of our own speech: 22 dB below the caller's at least, so that nobody can take the one for the other's echo."""
STALE_S = 1.5
"""A partial that waited longer is dropped."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What all engines of a world share."""

    profile: Profile
    dice: random.Random
    faults: float = 0.0
    """Share of jobs that fail."""

    def suffer(self, engine: str) -> None:
        """Raises `EngineError` as often as `faults` says."""
        if self.faults and self.dice.random() < self.faults:
            raise EngineError(engine, "a fault of the simulator")


class Ready:
    """An engine that has nothing to load."""

    def __init__(self, workers: int = 1) -> None:
        self._workers = workers

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to free."""

    def info(self) -> EngineInfo:
        return EngineInfo(EngineState.READY, "script", "script", self._workers, self.queue, starter=False)

    @property
    def queue(self) -> int:
        """Jobs without a worker."""
        return 0

    async def warm(self) -> None:
        """It is."""


class Scripted(Ready):
    """What those of a machine have in common."""

    def __init__(self, machine: Machine, workers: int) -> None:
        super().__init__(workers)
        self._machine = machine
        self._device = Device(workers)

    @property
    def queue(self) -> int:
        """Jobs without a worker."""
        return self._device.waiting()


class Detector(Scripted):
    """Loud is speech, and a little longer."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine, 1)

    def open(self) -> DetectorStream:
        return DetectorStream(self._machine)


class DetectorStream:
    """One session's."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._hangover = round(ms_to_samples(machine.profile.hangover_ms) / FRAME_SAMPLES)
        self._left = 0

    async def probabilities(self, frames: FloatArray) -> FloatArray:
        """See `interfaces.VadStream`."""
        if seconds := self._machine.profile.vad_s(self._machine.dice):
            await asyncio.sleep(seconds)
        self._machine.suffer("vad")
        found = np.zeros(len(frames), np.float32)
        for at, voiced in enumerate((np.abs(frames).max(axis=1) > VOICED).tolist()):
            self._left = self._hangover + 1 if voiced else max(0, self._left - 1)
            found[at] = self._left > 0
        return found


class Recogniser(Scripted):
    """Hears every word that is there, and no other. Finals go before drafts, drafts before partials."""

    def __init__(self, machine: Machine, lexicon: Lexicon) -> None:
        super().__init__(machine, machine.profile.stt_workers)
        self._lexicon = lexicon
        self._newest: dict[tuple[str, SttKind], Job] = {}
        """Drafts and partials by session: a newer one replaces the older that waits."""

    @property
    def queue(self) -> int:
        """Finals and drafts without a worker."""
        return self._device.waiting(below=SttKind.PARTIAL)

    async def transcribe(self, job: SttJob) -> Transcript | None:
        """See `interfaces.Stt`."""
        words = self._lexicon.heard(job.audio)
        place = self._device.put(job.kind, self._machine.profile.stt_s(len(words), self._machine.dice))
        if job.kind is not SttKind.FINAL:
            self._replace(job, place)
        try:
            await asyncio.wait([place.done])
        except asyncio.CancelledError:
            place.done.cancel()  # nobody waits for it: as in the real pool, no worker takes it
            raise
        if place.done.cancelled():
            return None
        self._machine.suffer("stt")
        text = " ".join(word.text for word in words)
        duration_ms = samples_to_ms(len(job.audio))
        return Transcript(text, "en", 0.0 if words else 1.0, duration_ms, words)

    def commit(self, session: str) -> None:
        if (job := self._newest.get((session, SttKind.DRAFT))) and self._device.waits(job):
            job.rank = SttKind.FINAL

    def _replace(self, job: SttJob, place: Job) -> None:
        older = self._newest.get((job.session, job.kind))
        if older and self._device.waits(older):
            older.done.cancel()
        self._newest[job.session, job.kind] = place
        if job.kind is SttKind.PARTIAL:
            asyncio.get_running_loop().call_later(STALE_S, self._drop_stale, place)

    def _drop_stale(self, place: Job) -> None:
        if self._device.waits(place):
            place.done.cancel()


class Mouthpiece(Scripted):
    """Speaks at `CHAR_MS` a character."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine, machine.profile.tts_workers)

    def voices(self) -> tuple[str, ...]:
        return ("script",)

    async def speak(self, job: SpeechJob) -> Speech:
        """See `interfaces.Tts`."""
        place = self._device.put(int(job.draft), self._machine.profile.tts_s(len(job.text), self._machine.dice))
        await place.done
        self._machine.suffer("tts")
        pcm = tone(VOICE, ms_to_samples(CHAR_MS * len(job.text) / job.speed))
        words, at = list[Word](), 0
        for word in job.text.split():
            at = job.text.index(word, at)
            start, at = at, at + len(word)
            words.append(Word(word, round(start * CHAR_MS / job.speed), round(at * CHAR_MS / job.speed)))
        return Speech(pcm, RATE_HZ, tuple(words))
