"""Whose sound is it: what our own loudspeaker puts into the microphone, or somebody else's? Pure.

Levels are taken in bands: speech is sparse, so where two speak at once each is alone in some of them. By the level of
whole frames 7 of 20 callers 7 dB below our echo were heard within 0.5 s, by bands 19 of 20 (docs/decisions.md).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from operator import itemgetter
from typing import Final

import numpy as np

from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray
from app.session.whose import Doubt as Doubt
from app.session.whose import Verdict as Verdict
from app.session.whose import judge as judge
from app.vad.floor import NoiseFloor

EDGES_HZ: Final = (100, 250, 400, 550, 750, 950, 1_200, 1_500, 1_900, 2_400, 3_000, 3_800, 5_000, 7_000)
"""Of the bands: about as wide as those of the ear."""
BANDS: Final = len(EDGES_HZ) - 1
QUIETEST_DBFS: Final = -100.0
DELAYS: Final = 24
"""Frames, 0.77 s: up to 400 ms for the client's buffers and the network, up to 300 ms for the sound's own way."""
REVERBERATION: Final = np.array([1, 1, 0.5, 0.3, 0.2, 0.12, 0.08, 0.05, 0.03, 0.02])
"""Power that a frame of ours leaves in the next ones: the second 1 because frames of the two do not begin together."""
KEPT_FRAMES: Final = 190
"""6 s of our own sound: what is learned is forgotten as fast as a client's echo cancellation needs to adapt."""
LEARNED_FRAMES: Final = 32
"""1 s with our own sound, before any delay is believed: after half of it 7 of 10 are wrong, after it none."""
CLEAR_FRAMES: Final = 20
"""Of them, with enough of our own sound at that delay."""
LEARN_EVERY: Final = 8
"""Frames."""
FEW_FRAMES: Final = 64
OTHERS: Final = 3
"""Delays looked at in turn, besides the one that is known, once there are more frames than that."""
CANCELLED_DB: Final = -30.0
"""If no more than that arrives, the client cancels the echo: then it is even at no delay, and does not matter."""
EVEN_DB: Final = 20.0
"""Between the loudest and the softest tenth of what arrives beside what was sent. At the right delay 8 to 20 dB after a
second, at others and where a caller speaks over it 17 to 36."""
LATER_EVEN_DB: Final = 26.0
"""After `FEW_FRAMES`: then the most even delay is the right one in 19 of 20 cases, though a caller speaks over it."""
RANGE_DB: Final = 25.0
"""Frames of ours so far below the loudest teach nothing."""
AUDIBLE_DBFS: Final = -60.0
USUAL: Final = 0.9
"""Share of the frames with our own sound whose level is explained. A caller in some of them moves it little."""
MARGIN_DB: Final = 2.0
UNKNOWN_COUPLING_DB: Final = 3.0
"""Before anything is learned, the echo may be that much louder than what we sent, at any delay."""
NOISE_DB: Final = 6.0
"""Above the noise floor of its band, sound is somebody's."""
MOST_DB: Final = 12.0
"""One band proves no more than so much: a click is loud in few."""
WINDOW: Final = 8
"""Frames, 256 ms, over which the excess is taken."""
FOREIGN_DB: Final = 0.8
"""Mean over a window and its bands, above which the sound is not ours."""
GAP: Final = 4
"""Frames of a gap inside one sound: the stop of a "t" and the breath of an "uh-huh" are shorter."""
_WORDS: Final = 400
_HEARD_FRAMES: Final = 20 * RATE_HZ // FRAME_SAMPLES


def levels(audio: FloatArray) -> FloatArray:
    """Whole frames of `(n,)` floats at 16 kHz to `(n // 512, BANDS)` levels in dBFS."""
    frames = audio[: audio.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    power = np.abs(np.fft.rfft(frames * _WINDOW)) ** 2 * (2 / FRAME_SAMPLES**2 / np.mean(_WINDOW**2))
    bands = np.add.reduceat(power, _BINS, axis=1)[:, :BANDS]
    return np.asarray(10 * np.log10(np.maximum(bands, 10 ** (QUIETEST_DBFS / 10))), np.float32)


_WINDOW = np.hanning(FRAME_SAMPLES).astype(np.float32)
_BINS = np.searchsorted(np.fft.rfftfreq(FRAME_SAMPLES, 1 / RATE_HZ), EDGES_HZ)


@dataclass(frozen=True, slots=True)
class PlayedWord:
    """A word of ours, in samples of the session's audio clock."""

    text: str
    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that ours does not explain, in samples."""

    start_sample: int
    end_sample: int


@dataclass(frozen=True, slots=True)
class Coupling:
    """How our sound arrives."""

    delay: int
    """Frames."""
    gain_db: FloatArray
    """`(BANDS,)`: what arrives is mostly not louder than that beside what was sent."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A frame with our own sound."""

    frame: int
    own: FloatArray
    """What could have arrived without loss, by delay and band."""
    heard: FloatArray


class OwnVoice:
    """What our own loudspeaker can have put into the microphone.

    Times are samples of the session's audio clock. What comes in may be chunked in any way. Frames are given in their
    order; of what we play, before the microphone's frames of the same time.
    """

    def __init__(self) -> None:
        self.coupling: Coupling | None = None
        """What is learned; None before."""
        self._played: dict[int, FloatArray] = {}
        """Power of frames that are not heard yet."""
        self._words: deque[PlayedWord] = deque(maxlen=_WORDS)
        self._recent: deque[FloatArray] = deque(maxlen=len(REVERBERATION))
        self._own = np.full((DELAYS, BANDS), QUIETEST_DBFS, np.float32)
        """What would arrive now without loss, by delay."""
        self._pairs: deque[_Pair] = deque(maxlen=KEPT_FRAMES)
        self._unlearned = 0
        self._looked = 0
        self._floors = [NoiseFloor() for _ in range(BANDS)]
        self._excess: deque[float] = deque(maxlen=_HEARD_FRAMES)
        self._now = 0
        """Frames that were heard."""

    @property
    def sounding(self) -> bool:
        """Whether what we played may be in the microphone now."""
        return float(self._own.max()) > AUDIBLE_DBFS

    def played(self, start_sample: int, levels: FloatArray, words: Sequence[PlayedWord] = ()) -> None:
        """What we sent: `(n, BANDS)` levels from where it is taken to be played, at most 0.4 s too early.

        Frames that were given before are replaced.
        """
        first = round(start_sample / FRAME_SAMPLES)
        for frame, power in enumerate(10 ** (np.asarray(levels, np.float32) / 10), first):
            if frame >= self._now:
                self._played[frame] = power
        self._words.extend(words)

    def stopped(self, sample: int) -> None:
        """What was to be played from `sample` on is not."""
        self._played = {frame: power for frame, power in self._played.items() if frame * FRAME_SAMPLES < sample}
        self._words = deque((word for word in self._words if word.start_sample < sample), _WORDS)

    def hear(self, start_sample: int, levels: FloatArray, *, voiced: Sequence[bool]) -> None:
        """The microphone's next frames: `(n, BANDS)` levels, and which of them the detector takes for speech.

        Raises `ValueError` for a frame that is not the next.
        """
        if start_sample != self._now * FRAME_SAMPLES:
            raise ValueError(f"frame {self._now} is next, not sample {start_sample}")
        for level, speech in zip(np.asarray(levels, np.float32), voiced, strict=True):
            self._hear(level, voiced=speech)

    def disown(self, start_sample: int) -> None:
        """From there on the caller spoke: what was heard since is no echo, and nothing is learned from it."""
        while self._pairs and self._pairs[-1].frame * FRAME_SAMPLES >= start_sample:
            self._pairs.pop()
        self.coupling = _learned(self._pairs)

    def excess_db(self, start_sample: int, end_sample: int) -> float:
        """How far what was heard there lies above what our own sound explains, in its loudest 256 ms.

        Mean over bands, each up to `MOST_DB`. Minus infinity where we, or noise, explain it all; before anything is
        learned that is all that is not louder than we play.
        """
        first, last = self._frames(start_sample - (WINDOW - 1) * FRAME_SAMPLES, end_sample)
        total, most = 0.0, 0.0
        for at in range(first, last):
            total += self._excess[at] - (self._excess[at - WINDOW] if at - WINDOW >= first else 0.0)
            most = max(most, total / WINDOW)
        return most if most >= FOREIGN_DB else -inf

    def foreign(self) -> Sound | None:
        """The newest sound that is not ours, back to its begin: there may be gaps in it, and it may be over."""
        excess, at, end = list(self._excess), len(self._excess), 0
        for number in range(len(excess), 0, -1):
            if excess[number - 1] >= FOREIGN_DB:
                end, at = end or number, number - 1
            elif end and at - number >= GAP:
                break
        if not end:
            return None
        dropped = self._now - len(excess)
        return Sound((dropped + at) * FRAME_SAMPLES, (dropped + end) * FRAME_SAMPLES)

    def words(self, start_sample: int, end_sample: int) -> tuple[str, ...]:
        """Those of ours that can be in the microphone's sound there."""
        late = DELAYS * FRAME_SAMPLES
        return tuple(w.text for w in self._words if w.start_sample < end_sample and w.end_sample + late > start_sample)

    def _hear(self, level: FloatArray, *, voiced: bool) -> None:
        self._advance()
        floors = np.array([floor.dbfs for floor in self._floors], np.float32)
        excess = np.clip(level - np.maximum(self._explained(), floors + NOISE_DB), 0, MOST_DB)
        self._excess.append(float(excess.mean()) if voiced else 0.0)
        for floor, each in zip(self._floors, level.tolist(), strict=True):
            floor.follow(each, voiced=voiced)
        if self.sounding:
            self._pairs.append(_Pair(self._now - 1, self._own.copy(), np.maximum(level, floors)))
            self._unlearned += 1
            if self._unlearned >= LEARN_EVERY:
                self._unlearned = 0
                self._learn()

    def _learn(self) -> None:
        """All delays at once may take 10 ms and would hold others up: later a few at a time, and what is known."""
        delays = set(range(DELAYS))
        if len(self._pairs) > FEW_FRAMES:
            delays = set(range(self._looked, self._looked + OTHERS))
            self._looked = (self._looked + OTHERS) % DELAYS
            if self.coupling:
                delays |= {*range(max(0, self.coupling.delay - 1), min(DELAYS, self.coupling.delay + 2))}
        self.coupling = _learned(self._pairs, sorted(delays)) or self.coupling

    def _advance(self) -> None:
        self._recent.appendleft(self._played.pop(self._now, _SILENCE))
        power = sum((share * each for share, each in zip(REVERBERATION, self._recent, strict=False)), start=_SILENCE)
        self._own = np.roll(self._own, 1, axis=0)
        self._own[0] = 10 * np.log10(power)
        self._now += 1

    def _explained(self) -> FloatArray:
        if self.coupling is None:
            return np.asarray(self._own.max(axis=0) + UNKNOWN_COUPLING_DB, np.float32)
        near = self._own[max(0, self.coupling.delay - 1) : self.coupling.delay + 2].max(axis=0)
        return np.asarray(near + self.coupling.gain_db + MARGIN_DB, np.float32)

    def _frames(self, start_sample: int, end_sample: int) -> tuple[int, int]:
        """Places in `_excess`."""
        dropped = self._now - len(self._excess)
        first, last = start_sample // FRAME_SAMPLES - dropped, -(-end_sample // FRAME_SAMPLES) - dropped
        return max(0, first), min(last, len(self._excess))


_SILENCE = np.full(BANDS, 10 ** (QUIETEST_DBFS / 10), np.float32)


def _learned(pairs: Sequence[_Pair], delays: Iterable[int] = range(DELAYS)) -> Coupling | None:
    """By the delay, of these, at which what arrives differs most evenly from what was sent; None where at none."""
    if len(pairs) < LEARNED_FRAMES:
        return None
    heard = np.stack([pair.heard for pair in pairs], axis=1)
    found = [_at(delay, np.stack([pair.own[delay] for pair in pairs], axis=1), heard) for delay in delays]
    spread, best = min(found, key=itemgetter(0))
    even = spread <= (EVEN_DB if len(pairs) <= FEW_FRAMES else LATER_EVEN_DB)
    return best if best and (even or float(best.gain_db.mean()) <= CANCELLED_DB) else None


def _at(delay: int, sent: FloatArray, heard: FloatArray) -> tuple[float, Coupling | None]:
    """From `(BANDS, n)` levels: how uneven it is, and what it would be."""
    loudest = sent.max(axis=0)
    clear = loudest > max(float(loudest.max()) - RANGE_DB, AUDIBLE_DBFS)
    count = int(np.count_nonzero(clear))
    if count < CLEAR_FRAMES:
        return inf, None
    places = [int(share * (count - 1)) for share in (1 - USUAL, 0.5, USUAL)]
    ordered = np.partition((heard - sent)[:, clear], places, axis=1)
    low, middle, high = (ordered[:, place] for place in places)
    # A caller whom nobody noticed raises only the upper half.
    return float(np.mean(high - low)), Coupling(delay, np.minimum(high, 2 * middle - low))
