"""Speech with the exact times of its words and phones. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.audio import level_dbfs
from app.interfaces import RATE_HZ, FloatArray

PAUSE = "_"
"""The phone of silence, whatever the synthesiser calls it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A word or a phone; `start` and `end` are samples."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Speech:
    """An utterance: floats `(n,)` at 16 kHz; `phones` cover it without a gap, `words` lie within it in order."""

    text: str
    voice: str
    audio: FloatArray
    words: tuple[Span, ...]
    phones: tuple[Span, ...]


def spelled(text: str) -> str:
    """Letters and digits of a word, lower case: what two spellings of it share."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def named(text: str, spoken: list[Span]) -> tuple[Span, ...] | None:
    """The words of `text` with the times of the synthesiser's own words, which may be parts of them ("that", "'s").

    Nothing if the two do not spell the same.
    """
    words, rest = [], list(spoken)
    for word in text.split():
        target, parts = spelled(word), list[Span]()
        while rest and len("".join(spelled(part.name) for part in parts)) < len(target):
            parts.append(rest.pop(0))
        if not parts or "".join(spelled(part.name) for part in parts) != target:
            return None
        words.append(Span(word, parts[0].start, parts[-1].end))
    return None if rest else tuple(words)


def moved(spans: tuple[Span, ...], by: int, scale: float, length: int) -> tuple[Span, ...]:
    """The spans at another rate and offset, within `length` samples."""

    def at(sample: int) -> int:
        return min(length, max(0, round(sample * scale) + by))

    return tuple(Span(span.name, at(span.start), at(span.end)) for span in spans)


def trimmed(speech: Speech, keep: int = RATE_HZ // 20) -> Speech:
    """Without silence before the first and after the last sound, but for `keep` samples."""
    loud = np.flatnonzero(np.abs(speech.audio) > 0.01 * max(1e-6, float(np.abs(speech.audio).max(initial=0.0))))
    if not loud.size:
        return speech
    start, end = max(0, int(loud[0]) - keep), min(len(speech.audio), int(loud[-1]) + keep)
    audio = speech.audio[start:end]
    words, phones = (moved(spans, -start, 1.0, len(audio)) for spans in (speech.words, speech.phones))
    return replace(speech, audio=audio, words=words, phones=phones)


def levelled(speech: Speech, dbfs: float = -23.0) -> Speech:
    """At a level of `dbfs`, below clipping."""
    if not speech.audio.any():
        return speech
    gain = 10 ** ((dbfs - level_dbfs(speech.audio)) / 20)
    gain = min(gain, 0.95 / float(np.abs(speech.audio).max()))
    return replace(speech, audio=(speech.audio * np.float32(gain)).astype(np.float32))
