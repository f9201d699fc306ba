"""Where words begin and end: Whisper gives the silence between two words to one of them, and the first begins at 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from app.interfaces import RATE_HZ, FloatArray, Word

FRAME_MS = 10
_FRAME = RATE_HZ * FRAME_MS // 1000
BELOW_LOUDEST_DB, ABOVE_FLOOR_DB, LEAST_RANGE_DB = 40.0, 6.0, 15.0
"""Speech is at most so far below the loudest frame, and so far above the noise between words; where that is loud, all
is speech that is less than the last below the loudest."""
FLOOR_PART = 10
"""In a hundred: frames that are taken for the noise between words."""


def audible(audio: FloatArray) -> NDArray[np.bool_]:
    """Which frames of `(samples,)` at 16 kHz are no silence, `(samples / 160,)`."""
    frames = audio[: audio.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not frames.size:
        return np.zeros(0, np.bool_)
    levels = 10 * np.log10(np.mean(np.square(frames), axis=1) + 1e-12)
    loudest, floor = float(levels.max()), float(np.percentile(levels, FLOOR_PART))
    limit = max(loudest - BELOW_LOUDEST_DB, min(floor + ABOVE_FLOOR_DB, loudest - LEAST_RANGE_DB))
    return np.asarray(levels > limit)


def drawn_in(words: Iterable[Word], audio: FloatArray) -> Iterator[Word]:
    """The words without the silence at their edges; one that is silent altogether stays where it is."""
    heard = audible(audio)
    for word in words:
        first = word.start_ms // FRAME_MS
        found = np.flatnonzero(heard[first : -(-word.end_ms // FRAME_MS)])
        if not found.size:
            yield word
            continue
        start_ms, end_ms = (int(first + at) * FRAME_MS for at in (found[0], found[-1] + 1))
        yield replace(word, start_ms=max(word.start_ms, start_ms), end_ms=min(word.end_ms, end_ms))
