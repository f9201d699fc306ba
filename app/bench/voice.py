"""What speaking costs and how true its word times are. Pure: what was measured comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Timing:
    """How far apart two sets of word beginnings are, in milliseconds."""

    median_ms: float
    within_30_ms: float
    """Share."""
    worst_ms: float
    of: int
    """Words."""


@dataclass(frozen=True, slots=True)
class Speed:
    """What speaking costs."""

    real_time_factor: float
    """Seconds of work for a second of speech, over all sentences."""
    first_clause_ms: float
    """The median of whole sentences' work."""


def timing(ours_ms: Sequence[float], theirs_ms: Sequence[float]) -> Timing:
    """Of beginnings in the same order. Raises `ValueError` for none or for different numbers of them."""
    if not ours_ms or len(ours_ms) != len(theirs_ms):
        raise ValueError("each word needs a beginning from both")
    apart = np.abs(np.array(ours_ms) - np.array(theirs_ms))
    return Timing(float(np.median(apart)), float(np.mean(apart <= 30)), float(apart.max()), len(apart))


def speed(work_s: Sequence[float], speech_s: Sequence[float]) -> Speed:
    """From seconds of work and of speech for each sentence. Raises `ValueError` without speech."""
    if not sum(speech_s):
        raise ValueError("nothing was spoken")
    return Speed(sum(work_s) / sum(speech_s), float(np.median(work_s)) * 1000)
