"""Sentences as the teacher says them: espeak's phonemes, spoken by HTS with times that are exact. Policy is pure.

The teacher is told espeak's own phonemes and nothing else, so that everything it does can be learned from them: no
word is said otherwise than Piper's runtime will ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP, phonemes_to_ids
from piper.phonemize_espeak import ESPEAK_DATA_DIR, EspeakPhonemizer

from app.interfaces import FloatArray
from scripts.starter.voice import hts
from scripts.starter.voice.context import Label, labels
from scripts.starter.voice.english import ENGLISH
from scripts.starter.voice.reading import Phrase, phrases
from scripts.starter.voice.shape import BREATHS, SILENCE, Utterance, band_hz, warped

SPEED = 0.8
"""About 165 words a minute."""
_ESPEAK_VOICE = "en-us"
LEAD, TAIL = 6, 14
"""Frames of silence kept before and after a sentence: 30 and 70 ms."""
LONGEST_PAUSE = 50
"""Frames of a pause within a sentence: 250 ms."""
FORMANTS = 1.1
"""The teacher's formants are lowered by this factor: pocketsphinx's word errors fall from 15 % to 7 %."""
LOWER = 1 / 12
"""Octaves that the pitch is lowered by, to suit the larger head that the formants speak of."""
RISE = 0.35
"""Of the logarithm of the pitch over the last 300 ms of a question without a question word: 6 semitones."""
RISING = 60
"""Frames."""
_QUESTION_WORDS = ("w ah t", "w eh r", "w eh n", "w ay", "hh uw", "w ih ch", "hh aw", "w ah t s")
_BREATH = {
    "voiced fricative": (0.3, 0.5, 0.8, 0.95),
    "voiced stop": (0.2, 0.4, 0.7, 0.9),
    "other": (0.05, 0.12, 0.35, 0.7),
}
_KIND = dict.fromkeys(("v", "z", "dh", "zh", "ð", "ʒ", "ɣ"), "voiced fricative")
_KIND |= dict.fromkeys(("b", "d", "g", "jh", "ɡ", "dʒ", "ɟ"), "voiced stop")
"""In the CMU set and in IPA."""


class Teacher:
    """espeak's phonemiser and HTS's engine; one for a process."""

    def __init__(self, speed: float = SPEED) -> None:
        """`speed` 1 is the speaker's own, a hurried 210 words a minute. Raises `SetupError`."""
        self._phonemiser = EspeakPhonemizer(ESPEAK_DATA_DIR)
        self._engine = hts.Hts(speed)

    def say(self, text: str) -> list[Utterance]:
        """The sentences of a text. Raises `ValueError` for one with sounds of another language."""
        found = self._phonemiser.phonemize(_ESPEAK_VOICE, text)
        return [self._sentence(text, sentence) for sentence in found if sentence]

    def _sentence(self, text: str, phonemes: Sequence[str]) -> Utterance:
        said = phrases(phonemes, ENGLISH)
        if not said:
            raise ValueError("there is nothing to say")
        segments = labels(said)
        spoken = self._engine.say([segment.text for segment in segments])
        kept = kept_frames(segments, spoken.frames)
        rows = np.concatenate([np.arange(start, start + count) for start, count in kept])
        counts = np.array([count for _, count in kept])
        ids = np.array(phonemes_to_ids(list(phonemes), DEFAULT_PHONEME_ID_MAP)[::2], np.int64)
        pitch = spoken.pitch[rows]
        return Utterance(
            text,
            ids,
            shared(segments, counts, len(phonemes)),
            envelope(spoken.cepstrum[rows], np.repeat([segment.phone is None for segment in segments], counts)),
            with_rise(filled(pitch - np.float32(LOWER * np.log(2))), said, int(counts[-1])),
            np.isfinite(pitch).astype(np.float32),
            np.repeat([breath(segment) for segment in segments], counts, axis=0).astype(np.float32),
        )


def kept_frames(segments: Sequence[Label], frames: NDArray[np.int64]) -> list[tuple[int, int]]:
    """First frame and count of each segment, long silences cut short: at the ends and in between."""
    ends = np.cumsum(frames)
    kept = []
    for index, (segment, end, count) in enumerate(zip(segments, ends, frames, strict=True)):
        limit = LEAD if index == 0 else TAIL if index == len(segments) - 1 else LONGEST_PAUSE
        size = min(int(count), limit) if segment.phone is None else int(count)
        kept.append((int(end) - size if index == 0 else int(end - count), size))
    return kept


def shared(segments: Sequence[Label], counts: NDArray[np.int64], phonemes: int) -> NDArray[np.int64]:
    """Frames of each of Piper's ids: the letters of a unit share its frames, a pause is its mark's.

    `phonemes` counts the letters; the result has two more, for the silence before and after.
    """
    frames = np.zeros(phonemes + 2, np.int64)
    frames[0] = counts[0]
    units = dict[tuple[int, ...], int]()
    for segment, count in zip(segments[1:], counts[1:], strict=True):
        letters = segment.phone.letters if segment.phone else (segment.place if segment.place >= 0 else phonemes,)
        units[letters] = units.get(letters, 0) + int(count)
    for letters, total in units.items():
        for index, letter in enumerate(letters):
            frames[letter + 1] += total * (index + 1) // len(letters) - total * index // len(letters)
    return frames


def envelope(cepstrum: FloatArray, silent: NDArray[np.bool_]) -> FloatArray:
    """Log amplitude at the envelope's points `(frames, BANDS)`, full scale 0."""
    angle = np.outer(np.arange(cepstrum.shape[1]), warped(band_hz() * np.float32(FORMANTS), hts.RATE_HZ, hts.WARP))
    points = cepstrum @ np.cos(angle) - np.log(32_768)
    points[silent] -= 1.0
    return np.asarray(np.maximum(points, SILENCE), np.float32)


def filled(pitch: FloatArray) -> FloatArray:
    """The logarithm of the pitch `(frames,)`, drawn straight through what has none."""
    sounding = np.flatnonzero(np.isfinite(pitch))
    if not sounding.size:
        return np.full(len(pitch), np.log(180.0), np.float32)
    return np.interp(np.arange(len(pitch)), sounding, pitch[sounding]).astype(np.float32)


def with_rise(pitch: FloatArray, said: Sequence[Phrase], tail: int) -> FloatArray:
    """A question that asks for yes or no ends high; HTS's speaker read none aloud."""
    first = " ".join(phone.name for syllable in said[0].words[0].syllables for phone in syllable.phones)
    if said[-1].ends != "?" or first in _QUESTION_WORDS:
        return pitch
    end = len(pitch) - tail
    ramp = np.clip((np.arange(len(pitch)) - (end - RISING)) / RISING, 0, 1)
    return (pitch + np.float32(RISE) * ramp**1.5).astype(np.float32)


def breath(segment: Label) -> tuple[float, ...]:
    """The noise in a segment's voice; `BREATHS` values."""
    kind = _KIND.get(segment.phone.name, "other") if segment.phone else "other"
    values = _BREATH[kind]
    assert len(values) == BREATHS
    return values
