"""The numbers that every part of the voice agrees on, and the features of one utterance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.interfaces import FloatArray

RATE_HZ = 24_000
"""Of the voice's audio: brighter than telephone-like 16 kHz, and still 0.03 of one core."""
HOP = 120
"""Samples of a frame: 5 ms."""
BANDS = 64
"""Points of the spectral envelope, evenly spaced on the warped axis from 0 Hz to half the rate."""
BREATHS = 4
"""Bands of aperiodicity; their centres are `BREATH_HZ`."""
BREATH_HZ = (500.0, 2_000.0, 4_500.0, 9_000.0)
WARP = 0.42
"""All-pass constant of the warped axis: about mel at 24 kHz."""
SILENCE = -14.0
"""Log amplitude below which the envelope says nothing; full scale is 0."""
SLT, ESPEAK = 0, 1
"""The speakers: HTS's, whose sound every voice has, and espeak-ng's, which knows more languages."""
SPEAKERS = 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the network learns from. Frames are 5 ms."""

    text: str
    ids: NDArray[np.int64]
    """Piper's phoneme ids `(n,)`, from ^ to $, without pads."""
    frames: NDArray[np.int64]
    """Frames of each id `(n,)`; 0 for stress marks and spaces."""
    envelope: FloatArray
    """Log amplitude `(frames, BANDS)`."""
    pitch: FloatArray
    """Natural logarithm of the fundamental in Hz `(frames,)`, interpolated where there is none."""
    voiced: FloatArray
    """1 or 0 `(frames,)`."""
    breath: FloatArray
    """Share of noise in the amplitude `(frames, BREATHS)`, 0 to 1."""
    speaker: int = SLT


def warped(hz: FloatArray, rate_hz: int, alpha: float) -> FloatArray:
    """Angle in radians, 0 to pi, of frequencies on the axis that the all-pass constant warps."""
    angle = 2 * np.pi * np.asarray(hz, np.float64) / rate_hz
    return np.asarray(angle + 2 * np.arctan(alpha * np.sin(angle) / (1 - alpha * np.cos(angle))), np.float32)


def band_hz() -> FloatArray:
    """The frequencies of the envelope's points `(BANDS,)`. The inverse of a warp is the warp by the negative."""
    even = np.linspace(0, RATE_HZ / 2, BANDS, dtype=np.float32)
    return warped(even, RATE_HZ, -WARP) * np.float32(RATE_HZ / (2 * np.pi))
