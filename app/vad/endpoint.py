"""When speech starts and ends: arithmetic on detector frames, in samples. Pure, no clock.

    silence --voiced and loud--> onset --for min_speech_ms--> speech --silence_ms unvoiced, or max_noise_s--> silence

A frame is *voiced* by its probability, with hysteresis. It is *loud* when it stands out of the noise floor. It is
*clear* when it is voiced, loud, and not much quieter than the loudest of this utterance: a television in the next room
is voiced and may be loud, but it is not clear once the caller has spoken.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from app.audio import ms_to_samples
from app.interfaces import FRAME_SAMPLES, RATE_HZ
from app.settings import VadSettings
from app.vad.floor import NoiseFloor

CALLER_RANGE_DB = 12.0
"""A clear frame is at most so far below the loudest of its utterance. No read speech of ours goes 2 s without one
(tests/vad/test_silero.py), and `max_noise_s` is far longer than that."""
_CUT_SEARCH_FRAMES = RATE_HZ // FRAME_SAMPLES
"""The last second, in which a piece without a pause is cut at the quietest frame."""
_LASTING_FRAMES = 3
"""A level that lasts less (96 ms) is a bang's: it must not make the caller, who goes on, a noise."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody speaks."""

    start_sample: int
    """With the pre-roll, which never reaches back over the previous end."""
    onset_sample: int
    """Start of the first speech frame."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a long utterance that may be transcribed already."""

    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class Paused:
    """The utterance may be over: told once in each silence."""

    end_sample: int
    """End of the last speech frame."""


@dataclass(frozen=True, slots=True)
class WentOn:
    """It was not: speech again after a pause that was told."""

    pause_samples: int


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The utterance is over. Its pieces and this rest tile it."""

    start_sample: int
    """The start of the utterance, or the end of its last piece."""
    end_sample: int
    """End of the last speech frame (but never before the last piece's end, so the rest may be empty)."""
    decided_sample: int
    """How far the audio had come when this was decided."""


Event = SpeechStarted | Piece | Paused | WentOn | SpeechEnded


@dataclass(slots=True)
class _Speech:
    """What is known of the utterance in progress."""

    start_sample: int
    """Of what is in no piece yet."""
    voiced_until: int
    clear_until: int
    loudest_dbfs: float
    paused: bool = False
    """The silence since `voiced_until` was told."""
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=_CUT_SEARCH_FRAMES))
    """Levels of the newest frames after the start or the last cut."""


class Endpoint:
    """One session's endpointing. Sample positions count from the first frame ever fed, across `commit` and `reset`."""

    def __init__(self, settings: VadSettings) -> None:
        self._settings = settings
        self._min_speech = ms_to_samples(settings.min_speech_ms)
        self._silence = ms_to_samples(settings.silence_ms)
        self._wait = self._silence
        """Of the present pause."""
        self._pause = ms_to_samples(settings.pause_ms)
        self._pre_roll = ms_to_samples(settings.pre_roll_ms)
        self._max_noise = ms_to_samples(settings.max_noise_s * 1000)
        self._piece_after = ms_to_samples(settings.piece_after_s * 1000)
        self._piece_pause = ms_to_samples(settings.piece_pause_ms)
        self._max_piece = ms_to_samples(settings.max_piece_s * 1000)
        self._floor = NoiseFloor()
        self._voiced = False
        self._now = 0
        self._last_end = 0
        self._onset: int | None = None
        self._speech: _Speech | None = None

    @property
    def noise_dbfs(self) -> float:
        """The noise floor."""
        return self._floor.dbfs

    @property
    def speaking(self) -> bool:
        """Whether an utterance is open."""
        return self._speech is not None

    @property
    def silent(self) -> bool:
        """Whether the newest frame is no speech."""
        return not self._voiced

    @property
    def keep_from(self) -> int:
        """The earliest sample that a later event can name: older audio may be dropped."""
        if self._speech:
            return self._speech.start_sample
        onset = self._now if self._onset is None else self._onset
        return max(self._last_end, onset - self._pre_roll)

    def feed(self, probabilities: Iterable[float], levels_dbfs: Iterable[float]) -> list[Event]:
        """What follows from these consecutive 512-sample frames: each one's speech probability and level."""
        events = (self._frame(p, level) for p, level in zip(probabilities, levels_dbfs, strict=True))
        return [event for event in events if event]

    def wait(self, samples: int) -> SpeechEnded | None:
        """This pause, but no later one, ends the utterance when it has lasted so long; it may have already."""
        self._wait = samples
        speech = self._speech
        return self._end(speech, speech.voiced_until) if speech and self._waited(speech) else None

    def commit(self) -> SpeechEnded | None:
        """End the utterance here (push to talk); None when nobody speaks. The next one's pre-roll starts here."""
        ended = self._end(self._speech, self._speech.voiced_until) if self._speech else None
        self.reset()
        return ended

    def reset(self) -> None:
        """Forget an utterance in progress, without an event. The noise floor stays."""
        self._silent_from(self._now)

    def _frame(self, probability: float, level_dbfs: float) -> Event | None:
        self._now += FRAME_SAMPLES
        if probability >= self._settings.threshold:
            self._voiced = True
        elif probability < self._settings.release_threshold:
            self._voiced = False
        loud = self._voiced and level_dbfs >= self._floor.dbfs + self._settings.noise_margin_db
        self._floor.follow(level_dbfs, voiced=self._voiced)
        if self._speech:
            return self._hear(self._speech, level_dbfs, loud=loud)
        return self._await_speech(level_dbfs, loud=loud)

    def _await_speech(self, level_dbfs: float, *, loud: bool) -> SpeechStarted | None:
        if not loud:
            self._onset = None
            return None
        if self._onset is None:
            self._onset = self._now - FRAME_SAMPLES
        if self._now - self._onset < self._min_speech:
            return None
        started = SpeechStarted(self.keep_from, self._onset)
        self._speech = _Speech(started.start_sample, self._now, self._now, level_dbfs)
        return started

    def _hear(self, speech: _Speech, level_dbfs: float, *, loud: bool) -> Event | None:
        speech.recent.append(level_dbfs)
        pause = self._now - FRAME_SAMPLES - speech.voiced_until
        if self._voiced:
            speech.voiced_until = self._now
            lasting = min(islice(reversed(speech.recent), _LASTING_FRAMES))
            speech.loudest_dbfs = max(speech.loudest_dbfs, lasting)
        if loud and level_dbfs >= speech.loudest_dbfs - CALLER_RANGE_DB:
            speech.clear_until = self._now
        if self._waited(speech):
            return self._end(speech, speech.voiced_until)
        if self._now - speech.clear_until >= self._max_noise:
            # What came long after the last clear frame was the noise; a trailing quiet syllable was not.
            return self._end(speech, min(speech.voiced_until, speech.clear_until + self._silence))
        if speech.paused and self._voiced:
            speech.paused = False
            self._wait = self._silence
            return WentOn(pause)
        if not speech.paused and self._now - speech.voiced_until >= self._pause:
            speech.paused = True
            return Paused(speech.voiced_until)
        return self._piece(speech)

    def _waited(self, speech: _Speech) -> bool:
        return not self._voiced and self._now - speech.voiced_until >= self._wait

    def _piece(self, speech: _Speech) -> Piece | None:
        length = self._now - speech.start_sample
        pause = self._now - max(speech.voiced_until, speech.start_sample)
        if length >= self._piece_after and pause >= self._piece_pause:
            cut = self._now - self._piece_pause // 2  # silence on both sides, which Whisper likes
        elif length >= self._max_piece:
            back = min(range(len(speech.recent)), key=lambda i: speech.recent[-1 - i])
            cut = self._now - back * FRAME_SAMPLES - FRAME_SAMPLES // 2
        else:
            return None
        piece = Piece(speech.start_sample, cut)
        speech.start_sample = cut
        speech.recent.clear()
        return piece

    def _end(self, speech: _Speech, end_sample: int) -> SpeechEnded:
        end = max(end_sample, speech.start_sample)
        self._silent_from(end)
        return SpeechEnded(speech.start_sample, end, self._now)

    def _silent_from(self, sample: int) -> None:
        self._speech = None
        self._wait = self._silence
        self._onset = None
        self._voiced = False
        self._last_end = sample
