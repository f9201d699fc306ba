"""Places what we send on the session's audio clock, where the caller's loudspeaker plays it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from app.audio import ms_to_samples, to_float
from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray, Word
from app.session.coupling import levels
from app.session.own_voice import OwnVoice, PlayedWord
from app.session.resample import Resampler
from app.tts.playout import MAX_LEAD_MS
from app.wire.codec import AudioFrame

_KEPT = ms_to_samples(MAX_LEAD_MS) // FRAME_SAMPLES
"""Frames that a client may hold unplayed."""
_SLIP = ms_to_samples(100)
"""A frame that is played so far from where the last one ended follows a pause."""


class Loudspeaker:
    """The caller's, as far as we can know it. Positions in a reply and on the clock are samples at 16 kHz."""

    def __init__(self, own: OwnVoice) -> None:
        self.sounds_until = -RATE_HZ
        """On the clock."""
        self._own = own
        self._turn: int | None = None
        self._resampler = Resampler(RATE_HZ, RATE_HZ)
        self._rest = np.empty(0, np.float32)
        self._reply_at = 0
        """Where in the reply `_rest` begins."""
        self._clock_at = 0
        self._frames: deque[tuple[int, FloatArray, FloatArray]] = deque(maxlen=_KEPT)
        """Newest frames of the reply, by their place in it: levels and samples."""
        self._words: deque[Word] = deque(maxlen=_KEPT)

    def sent(self, frame: AudioFrame, at: int, words: Sequence[Word]) -> None:
        """`frame`, with the words that begin in it (in ms of the reply), is played from sample `at` of the clock on."""
        place = round(frame.offset * RATE_HZ / frame.rate_hz)
        pcm = np.frombuffer(frame.pcm, "<i2")
        if frame.turn != self._turn:
            self._frames.clear()
            self._words.clear()
        if frame.turn != self._turn or abs(at - self._clock_at - self._rest.size) > _SLIP:
            self._turn, self._reply_at, self._clock_at = frame.turn, place, at
            self._resampler = Resampler(frame.rate_hz, RATE_HZ)
            self._rest = np.empty(0, np.float32)
        self.sounds_until = max(self.sounds_until, at + round(pcm.size * RATE_HZ / frame.rate_hz))
        self._rest = np.append(self._rest, to_float(self._resampler.feed(pcm)))
        whole = levels(self._rest)
        taken = len(whole) * FRAME_SAMPLES
        for number, (level, sound) in enumerate(zip(whole, self._rest[:taken].reshape(-1, FRAME_SAMPLES), strict=True)):
            self._frames.append((self._reply_at + number * FRAME_SAMPLES, level, sound))
        self._words.extend(words)
        shift = at - place
        self._own.played(self._clock_at, whole, [_played(word, shift) for word in words])
        self._own.canceller.sent.put(self._clock_at, self._rest[:taken])
        self._rest = self._rest[taken:]
        self._reply_at += taken
        self._clock_at += taken

    def stopped(self, at: int) -> None:
        """Nothing is played from there on."""
        self.sounds_until = min(self.sounds_until, at)
        self._own.stopped(at)
        self._own.canceller.sent.cut(at)

    def ducked(self, at: int, gain_db: float) -> None:
        """What is played from there on is softer; with 0 it is as loud as it was sent again, wherever it is played."""
        self._own.ducked(at, gain_db)

    def goes_on(self, place: int, at: int) -> None:
        """What was held back from `place` of the reply on is played now."""
        shift = at - place
        frames = [frame for frame in self._frames if frame[0] >= place]
        if frames:
            starts, heard, sounds = zip(*frames, strict=True)
            words = [_played(word, shift) for word in self._words if ms_to_samples(word.start_ms) >= place]
            self._own.played(starts[0] + shift, np.stack(heard), words)
            self._own.canceller.sent.put(starts[0] + shift, np.concatenate(sounds))
        self._clock_at = self._reply_at + shift
        self.sounds_until = max(self.sounds_until, self._clock_at)


def _played(word: Word, shift: int) -> PlayedWord:
    return PlayedWord(word.text, ms_to_samples(word.start_ms) + shift, ms_to_samples(word.end_ms) + shift)
