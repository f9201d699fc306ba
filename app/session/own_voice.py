"""Whose sound is it: what our own loudspeaker puts into the microphone, or somebody else's? Pure.

Levels are taken in bands: speech is sparse, so where two speak at once each is alone in some of them. By the level of
whole frames 7 of 20 callers 7 dB below our echo were heard within 0.5 s, by bands 19 of 20 (docs/decisions.md).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Final

import numpy as np

from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray
from app.session.canceller import Canceller
from app.session.coupling import AUDIBLE_DBFS, BANDS, DELAYS, QUIETEST_DBFS, Coupling, Learner
from app.session.suppression import suppressed
from app.session.whose import Doubt as Doubt
from app.session.whose import Verdict as Verdict
from app.session.whose import judge as judge
from app.vad.floor import NoiseFloors

REVERBERATION: Final = np.array([1, 1, 0.5, 0.3, 0.2, 0.12, 0.08, 0.05, 0.03, 0.02])
"""Power that a frame of ours leaves in the next ones: the second 1 because frames of the two do not begin together."""
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
_NOTHING: Final = np.full(BANDS, QUIETEST_DBFS, np.float32)
_SILENCE: Final = 10 ** (QUIETEST_DBFS / 10)
_LASTING: Final = len(REVERBERATION) + DELAYS
"""Frames after which nothing of one of ours arrives any more."""
_WORDS: Final = 400
_HEARD_FRAMES: Final = 20 * RATE_HZ // FRAME_SAMPLES


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


class OwnVoice:
    """What our own loudspeaker can have put into the microphone.

    Times are samples of the session's audio clock. What comes in may be chunked in any way. Frames are given in their
    order; of what we play, before the microphone's frames of the same time.
    """

    def __init__(self) -> None:
        self.canceller = Canceller()
        """What is told and asked here in levels, in sound."""
        self._played: dict[int, FloatArray] = {}
        """Power of frames that are not heard yet."""
        self._words: deque[PlayedWord] = deque(maxlen=_WORDS)
        self._recent = np.full((len(REVERBERATION), BANDS), _SILENCE)
        """Power of the newest frames, the newest first."""
        self._own = np.full((DELAYS, BANDS), QUIETEST_DBFS, np.float32)
        """What would arrive now without loss, by delay."""
        self._lasting = 0
        """Frames for which what we played may still arrive."""
        self._ducked: tuple[int, float] | None = None
        """From which frame on what we play is softer than it was sent, and by how much, in dB."""
        self._learner = Learner()
        self._floors = NoiseFloors(BANDS)
        self._excess: deque[float] = deque(maxlen=_HEARD_FRAMES)
        self._heard: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=_HEARD_FRAMES)
        """Levels of what may be speech, and the noise floors of then."""
        self._echo: deque[FloatArray | None] = deque(maxlen=_HEARD_FRAMES)
        """Levels of what arrived of ours, where that is known and can be heard."""
        self._now = 0
        """Frames that were heard."""

    @property
    def coupling(self) -> Coupling | None:
        """How our own sound arrives; None while that is not known."""
        return self._learner.coupling

    @property
    def unlike(self) -> bool:
        """Whether what arrives while we sound goes like nothing of ours, at any delay."""
        return self._learner.unlike

    @property
    def sounding(self) -> bool:
        """Whether what we played may be in the microphone now."""
        return self._lasting > 0 and float(self._own.max()) > AUDIBLE_DBFS

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
        """What was to be played from `sample` on is not; what is played later is as loud as it is sent."""
        self._ducked = None
        self._played = {frame: power for frame, power in self._played.items() if frame * FRAME_SAMPLES < sample}
        self._words = deque((word for word in self._words if word.start_sample < sample), _WORDS)

    def ducked(self, sample: int, gain_db: float) -> None:
        """What is played from `sample` on is softer by `gain_db`; with 0 it is as loud as it was sent, and was at once:
        what was placed too early may be."""
        if gain_db < 0:
            self._ducked = self._ducked or (-(-sample // FRAME_SAMPLES) + 1, gain_db)
        elif self._ducked:
            (first, softer_db), self._ducked = self._ducked, None
            young = max(0, self._now - first)
            self._recent[:young] *= 10 ** (-softer_db / 10)
            self._own[:young] -= softer_db

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
        self._learner.disown(-(-start_sample // FRAME_SAMPLES))

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

    def without(self, audio: FloatArray, start_sample: int) -> FloatArray:
        """What was heard from there on, `(n,)` samples, with less of ours in it, as far as is known how it arrives."""
        first, last = self._frames(start_sample, start_sample + audio.size)
        known = [at for at in range(first, last) if self._echo[at] is not None]
        if not known:
            return audio
        coupling = self.coupling
        if coupling and (cleaned := self.canceller.without(audio, start_sample, coupling.delay)) is not None:
            return cleaned
        # What lies two frames away from all of ours comes out as it went in, and is not touched.
        first, last = max(first, known[0] - 2), min(last, known[-1] + 3)
        echo = np.stack([_NOTHING if level is None else level for level in islice(self._echo, first, last)])
        begin = (self._now - len(self._echo) + first) * FRAME_SAMPLES - start_sample
        part = slice(max(0, begin), begin + len(echo) * FRAME_SAMPLES)
        made = audio.copy()
        made[part] = suppressed(audio[part], max(0, -begin) / FRAME_SAMPLES, echo)
        return made

    def _hear(self, level: FloatArray, *, voiced: bool) -> None:
        self._advance()
        floors = self._floors.dbfs
        sounding = self.sounding
        self._heard.append((level if voiced else _NOTHING, floors))
        self._echo.append(None)
        self._excess.append(0.0)
        self._judge(-1, self._own if sounding else None)
        if sounding:
            known = self.coupling
            self._learner.add(self._now - 1, self._own, np.maximum(level, floors))
            if self._learned_otherwise(known):
                self._look_back()
        self._floors.follow(level, voiced=voiced)

    def _judge(self, at: int, sent: FloatArray | None) -> None:
        """One frame by noise, and by what we sent, `(DELAYS, BANDS)`."""
        (level, floors), coupling = self._heard[at], self.coupling
        usual = floors + NOISE_DB
        if sent is not None and coupling is None:
            usual = np.maximum(usual, sent.max(axis=0) + UNKNOWN_COUPLING_DB)
        elif sent is not None and coupling is not None:
            echo = np.asarray(sent[max(0, coupling.delay - 1) : coupling.delay + 2].max(axis=0) + coupling.gain_db)
            usual = np.maximum(usual, echo + MARGIN_DB)
            self._echo[at] = echo if echo.max() > AUDIBLE_DBFS else None
        self._excess[at] = float(np.clip(level - usual, 0, MOST_DB).sum()) / BANDS

    def _learned_otherwise(self, known: Coupling | None) -> bool:
        """Whether what was known explains other sounds. Later, an echo that moves has moved only now."""
        if known is None or self.coupling is None:
            return known is not self.coupling
        return self._learner.young and abs(known.delay - self.coupling.delay) > 1

    def _look_back(self) -> None:
        """What was heard before it was known how ours arrives is judged by that too.

        Where that turns out to be wrong, what spoke for somebody else stays.
        """
        dropped = self._now - len(self._heard)
        for frame, sent in self._learner.kept(dropped):
            at = frame - dropped
            before, self._echo[at] = self._excess[at], None
            self._judge(at, sent)
            if self.coupling is None:
                self._excess[at] = max(before, self._excess[at])

    def _advance(self) -> None:
        """On to the next frame; where nothing of ours has sounded for long there is nothing to move."""
        self._now += 1
        played = self._played.pop(self._now - 1, None)
        if played is not None and not self._lasting and self._learner.failed:
            self._learner = Learner()  # what a caller spoke over who was not understood teaches nothing
        self._lasting = _LASTING if played is not None else max(0, self._lasting - 1)
        if not self._lasting:
            return
        self._recent[1:] = self._recent[:-1]
        if played is not None and self._ducked and self._now > self._ducked[0]:
            played = played * np.float32(10 ** (self._ducked[1] / 10))
        self._recent[0] = _SILENCE if played is None else played
        self._own[1:] = self._own[:-1]
        self._own[0] = 10 * np.log10(REVERBERATION @ self._recent + _SILENCE)

    def _frames(self, start_sample: int, end_sample: int) -> tuple[int, int]:
        """Places in `_excess`."""
        dropped = self._now - len(self._excess)
        first, last = start_sample // FRAME_SAMPLES - dropped, -(-end_sample // FRAME_SAMPLES) - dropped
        return max(0, first), min(last, len(self._excess))
