"""What the starter ears are measured on: seeded sets of synthetic callers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from app.bench.speech import rooms
from app.bench.speech.callers import Studio, callers
from app.bench.speech.labels import Span, Speech, moved
from app.bench.texts import sentences
from app.interfaces import RATE_HZ, FloatArray

_AROUND = RATE_HZ // 4
"""Silence before and after what is said."""


class Sets:
    """Sets of one language; the same seed gives the same callers."""

    def __init__(self, language: str, seed: int) -> None:
        self._language, self._seed, self._studio = language, seed, Studio()
        self._sets: dict[str, tuple[Callable[[random.Random], str], bool, bool]] = {
            "voices seen": (sentences.training(language).sentence, True, False),
            "voices never heard": (sentences.training(language).sentence, False, True),
            "templates never seen": (sentences.unseen_templates(language).sentence, True, True),
            "items never seen together": (sentences.unseen_pairs(language).sentence, True, True),
            "10 dB of noise": (sentences.training(language).sentence, True, True),
            "open vocabulary": (self._quotation, True, True),
        }
        self._quotations = sentences.quotations(held=True, language=language)

    @property
    def names(self) -> tuple[str, ...]:
        """All sets."""
        return tuple(self._sets)

    def _quotation(self, rng: random.Random) -> str:
        return rng.choice(self._quotations)

    def speeches(self, name: str) -> Iterator[Speech]:
        """A set without end: sentences by callers, with a quarter of a second of silence around."""
        sentence, seen, unseen = self._sets[name]
        rng, noise = random.Random(f"{self._seed} {name}"), np.random.default_rng(self._seed)
        held = sentences.held_out(self._language)
        groups = [callers(rng, held, self._language, unseen=which) for which in (False, True) if (seen, unseen)[which]]
        while True:
            for group in groups:
                try:
                    speech = around(self._studio.record(sentence(rng), next(group)))
                except ValueError:
                    continue
                yield noisy(speech, noise) if name == "10 dB of noise" else speech


def around(speech: Speech) -> Speech:
    """With silence before and after."""
    audio = np.pad(speech.audio, _AROUND)
    words, phones = (moved(spans, _AROUND, 1.0, len(audio)) for spans in (speech.words, speech.phones))
    return replace(speech, audio=audio, words=words, phones=phones)


def noisy(speech: Speech, rng: np.random.Generator) -> Speech:
    """10 dB above a noise of any kind."""
    kind = rooms.NOISES[int(rng.integers(len(rooms.NOISES)))]
    # The level is that of the words: silence around them is no part of it.
    inner = speech.audio[_AROUND:-_AROUND]
    made = rooms.noise(kind, len(speech.audio), rng)
    under = rooms.mixed(inner, made[: len(inner)], 10.0) - inner
    scale = float(np.std(under)) / max(1e-9, float(np.std(made[: len(inner)])))
    return replace(speech, audio=np.clip(speech.audio + np.float32(scale) * made, -1, 1).astype(np.float32))


def nothings(seed: int, seconds: float) -> Iterator[FloatArray]:
    """Silence and noise of every kind and level without end, `seconds` each."""
    rng, samples = np.random.default_rng(seed), int(seconds * RATE_HZ)
    while True:
        yield np.zeros(samples, np.float32)
        for kind in rooms.NOISES:
            yield rooms.at_level(rooms.noise(kind, samples, rng), float(rng.uniform(-65, -20)))


def joined(speeches: Iterator[Speech], seconds: float) -> Speech:
    """Utterances one after another until they take `seconds`."""
    parts, words, at = list[FloatArray](), list[Span](), 0
    while at < seconds * RATE_HZ:
        speech = next(speeches)
        parts.append(speech.audio)
        words += moved(speech.words, at, 1.0, at + len(speech.audio))
        at += len(speech.audio)
    return Speech(" ".join(word.name for word in words), "several", np.concatenate(parts), tuple(words), ())
