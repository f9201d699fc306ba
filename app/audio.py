"""Sample arithmetic: PCM16 and floats, levels, times. Pure."""

from __future__ import annotations

import numpy as np

from app.interfaces import RATE_HZ, FloatArray, Pcm

_FULL_SCALE = 32_768.0
SILENCE_DBFS = -100.0
"""What `level_dbfs` says of digital silence."""


def to_float(pcm: Pcm) -> FloatArray:
    """PCM16 `(n,)` to floats in [-1, 1)."""
    return (pcm.astype(np.float32)) / np.float32(_FULL_SCALE)


def to_pcm(audio: FloatArray) -> Pcm:
    """Floats `(n,)` to PCM16; what lies outside [-1, 1) is clipped."""
    scaled: FloatArray = np.clip(np.rint(audio * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
    return scaled.astype(np.int16)


def ms_to_samples(ms: float, rate_hz: int = RATE_HZ) -> int:
    """Milliseconds to samples, rounded down."""
    return int(ms * rate_hz / 1000)


def samples_to_ms(samples: int, rate_hz: int = RATE_HZ) -> int:
    """Samples to whole milliseconds, rounded down."""
    return samples * 1000 // rate_hz


def level_dbfs(audio: FloatArray) -> float:
    """Root mean square of `(n,)` floats in dB of full scale; `SILENCE_DBFS` for nothing."""
    if not audio.size:
        return SILENCE_DBFS
    power = float(np.mean(np.square(audio, dtype=np.float64)))
    return max(SILENCE_DBFS, 10.0 * float(np.log10(power))) if power > 0 else SILENCE_DBFS
