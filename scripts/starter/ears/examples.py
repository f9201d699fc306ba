"""What the ears train on: scenes of labelled speech in rooms, cut in windows, some of them without a word."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import numpy as np

from app.bench.speech import rooms
from app.bench.speech.labels import Span, Speech, moved
from app.interfaces import RATE_HZ, FloatArray
from scripts.starter.shards import Shards

MAX_SAMPLES = 28 * RATE_HZ
_WINDOW_SHARE, _EMPTY_SHARE = 0.2, 0.03
_LONG_SHARE, _PAUSED_SHARE, _THOUGHTFUL_SHARE = 0.1, 0.3, 0.4
"""Of joined scenes, those of many utterances; of their utterances, those with a pause between two words, and those that
another follows only after a while."""
_NOISES_EACH = 8
_HEARD_SHARE = 0.6
"""A word cut by a window is in its text if this much of it is."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Audio `(n,)`, the words and phones in it, and where each utterance of it begins and ends (in words)."""

    audio: FloatArray
    words: tuple[Span, ...]
    phones: tuple[tuple[int, Span], ...]
    """With the number of the inventory that names them."""
    utterances: tuple[tuple[int, int], ...]
    torn: tuple[tuple[int, int], ...] = ()
    """Where a word is heard of which too little is left to be told (samples)."""


def source(speech: Speech) -> int:
    """0 for espeak-ng's phones, 1 for those that flite and festival share."""
    return int(not speech.voice.startswith("espeak-ng"))


def _opened(spans: tuple[Span, ...], at: int, by: int) -> tuple[Span, ...]:
    """Those from `at` on, later by so many samples."""
    return tuple(Span(each.name, each.start + by, each.end + by) if each.start >= at else each for each in spans)


class Scenes:
    """Scenes without end from a folder of speech."""

    def __init__(self, speeches: Shards, seed: int, seldom: frozenset[str] = frozenset()) -> None:
        """Texts that are `seldom` wanted are passed over at times."""
        self._speeches, self._seldom = speeches, seldom
        self.seldom_share = 0.5
        """How many of them are taken."""
        self.placed_share = 1.0
        """How many scenes are in a room or on a line at all: ears learn faster if they hear clear speech first."""
        self.joined_share = 0.05
        """How many scenes are of several utterances."""
        self._rng = random.Random(seed)
        self._noise = np.random.default_rng(seed)
        # Noise made anew for each scene took a tenth of the training.
        self._noises = [rooms.noise(kind, MAX_SAMPLES, self._noise) for kind in rooms.NOISES * _NOISES_EACH]

    def draw(self) -> Scene:
        """One scene, after its room; sometimes nobody is there."""
        if self._rng.random() < _EMPTY_SHARE:
            return Scene(self._emptiness(), (), (), ())
        scene = self.draw_unplaced()
        placed = self._rng.random() < self.placed_share
        return replace(scene, audio=self._placed(scene.audio)) if placed else scene

    def draw_unplaced(self) -> Scene:
        """One scene as it was recorded."""
        rng, count = self._rng, 1
        if rng.random() < self.joined_share:
            count = rng.randint(8, 13) if rng.random() < _LONG_SHARE else rng.randint(2, 4)
        scene = self._joined(count)
        if count < 8 and rng.random() < _WINDOW_SHARE:
            scene = self._window(scene)
        return scene

    def text(self) -> str:
        """What one of the utterances says."""
        return self._speeches.text(self._rng.randrange(len(self._speeches)))

    def _speech(self) -> Speech:
        speech = self._speeches[self._rng.randrange(len(self._speeches))]
        if speech.text in self._seldom and self._rng.random() >= self.seldom_share:
            return self._speech()
        return speech

    def _joined(self, count: int) -> Scene:
        """Utterances one after another with pauses between, silence before and after."""
        parts, words, phones, ends = (
            [self._silence(0.0, 0.25)],
            list[Span](),
            list[tuple[int, Span]](),
            list[tuple[int, int]](),
        )
        at, rng = len(parts[0]), self._rng
        for _ in range(count):
            speech = self._speech()
            if count > 1 and rng.random() < _PAUSED_SHARE:
                speech = self._paused(speech)
            thoughtful = count > 1 and rng.random() < _THOUGHTFUL_SHARE
            gap = self._silence(0.35, 1.5) if thoughtful else self._silence(0.02, 0.35)
            if at + len(speech.audio) + len(gap) > MAX_SAMPLES:
                break
            first, length = len(words), at + len(speech.audio)
            words += moved(speech.words, at, 1.0, length)
            phones += [(source(speech), phone) for phone in moved(speech.phones, at, 1.0, length)]
            ends.append((first, len(words)))
            parts += [speech.audio, gap]
            at = length + len(gap)
        return Scene(np.concatenate(parts), tuple(words), tuple(phones), tuple(ends))

    def _paused(self, speech: Speech) -> Speech:
        """With silence between two of its words, as somebody speaks who thinks."""
        at, gap = self._rng.choice(speech.words).end, self._silence(0.3, 1.5)
        audio = np.concatenate([speech.audio[:at], gap, speech.audio[at:]])
        words, phones = (_opened(spans, at, len(gap)) for spans in (speech.words, speech.phones))
        return replace(speech, audio=audio, words=words, phones=phones)

    def _window(self, scene: Scene) -> Scene:
        """A window of at most 2 s somewhere, as live text and doubts take them; what is cut of a word may stay."""
        length = min(len(scene.audio), int(self._rng.uniform(0.4, 2.2) * RATE_HZ))
        start = self._rng.randint(0, len(scene.audio) - length)

        def inside(span: Span) -> float:
            return (min(span.end, start + length) - max(span.start, start)) / max(1, span.end - span.start)

        kept = [inside(word) >= _HEARD_SHARE for word in scene.words]
        words = moved(tuple(word for word, keep in zip(scene.words, kept, strict=True) if keep), -start, 1.0, length)
        phones = [(origin, phone) for origin, phone in scene.phones if inside(phone) > 0]
        shifted = moved(tuple(phone for _, phone in phones), -start, 1.0, length)
        torn = [
            (max(0, word.start - start), min(length, word.end - start))
            for word, keep in zip(scene.words, kept, strict=True)
            if not keep and inside(word) > 0
        ]
        ends = [(sum(kept[:first]), sum(kept[:last])) for first, last in scene.utterances]
        return Scene(
            scene.audio[start : start + length],
            words,
            tuple((origin, phone) for (origin, _), phone in zip(phones, shifted, strict=True)),
            tuple(end for end in ends if end[1] > end[0]),
            tuple(torn),
        )

    def _silence(self, least_s: float, most_s: float) -> FloatArray:
        return np.zeros(int(self._rng.uniform(least_s, most_s) * RATE_HZ), np.float32)

    def _emptiness(self) -> FloatArray:
        audio = self._silence(0.5, 3.0)
        if self._rng.random() < 0.2:
            return audio
        return rooms.at_level(self._sound(len(audio)), self._rng.uniform(-70, -15))

    def _sound(self, samples: int) -> FloatArray:
        """Noise of a kind, sometimes people talking far away."""
        if self._rng.random() < 0.25:
            return self._babble(samples)
        made, start = self._rng.choice(self._noises), self._rng.randint(0, MAX_SAMPLES - samples)
        return made[start : start + samples]

    def _babble(self, samples: int) -> FloatArray:
        """Many people, or one: a neighbour, or our own voice from the loudspeaker."""
        heard = np.zeros(samples, np.float32)
        for _ in range(self._rng.choice((1, 6))):
            audio = self._speech().audio
            heard += np.resize(np.roll(audio, self._rng.randint(0, len(audio))), samples)
        return heard

    def _placed(self, audio: FloatArray) -> FloatArray:
        """In a room or on a line, with noise, at a level."""
        rng = self._rng
        if rng.random() < 0.25:
            audio = rooms.echoing(audio, rng.uniform(0.1, 0.6), self._noise, wet=rng.uniform(0.1, 0.8))
        if rng.random() < 0.65:
            audio = rooms.mixed(audio, self._sound(len(audio)), rng.triangular(3, 40, 15))
        if rng.random() < 0.12:
            audio = rooms.banded(audio, rng.uniform(100, 350), rng.uniform(3_000, 6_000))
        loud = audio * np.float32(10 ** (rng.uniform(-20, 12) / 20))
        return np.asarray(np.clip(loud, -1, 1), np.float32)
