"""Parlor's own voice as one that the ears hear: from a loudspeaker, in a test, and when it is judged by them."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from app.bench.speech.labels import Span, Speech, levelled, moved, trimmed
from app.bench.speech.resample import at_16_khz
from app.interfaces import RATE_HZ
from app.tts.voice import Voice

_PACE, _THROAT = (0.8, 1.25), (0.93, 1.08)
_MAX_S = 10.0


def speeches(voice: Voice, said: Iterator[str], rng: random.Random) -> Iterator[Speech]:
    """The sentences with the times of their words, without those of phones, at many paces and pitches.

    What has more or fewer spoken groups than words, or takes too long, is left out.
    """
    for text in said:
        names = text.split()
        audio, groups = voice.say(text, rng.uniform(*_PACE))
        if len(groups) != len(names):
            continue
        rate_hz = round(voice.rate_hz * rng.uniform(*_THROAT))
        heard = at_16_khz(np.asarray(audio, np.float32), rate_hz)
        words = tuple(Span(name, group.start, group.end) for name, group in zip(names, groups, strict=True))
        placed = moved(words, 0, RATE_HZ / rate_hz, len(heard))
        speech = levelled(trimmed(Speech(text, "parlor", heard, placed, ())))
        if 0 < len(speech.audio) <= _MAX_S * RATE_HZ:
            yield speech
