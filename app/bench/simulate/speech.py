"""Speech that says of itself which word it is: each word sounds at a level of its own. Pure.

What a recogniser makes of a piece of it is therefore a matter of which samples it was given, and nothing else: a word
that is cut away is lost, one that is in two pieces is heard twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.audio import ms_to_samples, samples_to_ms, to_pcm
from app.interfaces import RATE_HZ, FloatArray, Pcm, Word

NOISE = 3_800
"""Level of what is loud and no word."""
LOWEST, WORDS = 4_000, 12_000
"""Level of the first word, and how many there can be: all within the 12 dB in which a caller's voice is clear."""
LETTER_MS = 65
LEAST_MS = 160
"""The shortest word: whatever the frames, the detector takes it for speech."""
_NOISE = np.where(np.random.default_rng(1).random(RATE_HZ) < 0.5, -1, 1).astype(np.int16)
"""What sounds at a level: of all frequencies alike, as whoever tells voices apart by them must hear it."""
VOICED = 0.1
"""Of full scale: what a scripted detector takes for speech."""


@dataclass(frozen=True, slots=True)
class Said:
    """A word as it sounds."""

    text: str
    pcm: Pcm
    """`(n,)` at 16 kHz."""


class Lexicon:
    """All words that are spoken in a world, each as often as it is."""

    def __init__(self) -> None:
        self._words: list[Said] = []

    def say(self, text: str, slowness: float = 1.0) -> Said:
        """`text`, one word, at the next level. Raises `ValueError` when there is none left."""
        if len(self._words) >= WORDS:
            raise ValueError(f"more than {WORDS} words")
        samples = ms_to_samples(max(LEAST_MS, LETTER_MS * len(text) * slowness))
        said = Said(text, tone(LOWEST + len(self._words), samples))
        self._words.append(said)
        return said

    def heard(self, audio: FloatArray) -> tuple[Word, ...]:
        """The words of `(n,)` floats at 16 kHz of which more than half is there, with their place in ms."""
        pcm = np.abs(to_pcm(audio))
        if not pcm.size:
            return ()
        starts = np.concatenate(([0], np.flatnonzero(np.diff(pcm)) + 1))
        ends = np.append(starts[1:], pcm.size)
        found = list[Word]()
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            number = int(pcm[start]) - LOWEST
            if 0 <= number < len(self._words) and 2 * (end - start) > self._words[number].pcm.size:
                found.append(Word(self._words[number].text, samples_to_ms(start), samples_to_ms(end)))
        return tuple(found)


def tone(level: int, samples: int) -> Pcm:
    """`(samples,)` at `level`, positive or negative."""
    return level * np.resize(_NOISE, samples)


def cough(ms: float) -> Pcm:
    """Loud, and no word."""
    return tone(NOISE, ms_to_samples(ms))


def silence(ms: float) -> Pcm:
    """Nothing."""
    return np.zeros(ms_to_samples(ms), np.int16)
