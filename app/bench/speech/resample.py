"""Speech of any synthesiser at Parlor's rate, with FFmpeg's resampler as sessions do it."""

from __future__ import annotations

import av
import numpy as np

from app.interfaces import RATE_HZ, FloatArray


def at_16_khz(audio: FloatArray, rate_hz: int) -> FloatArray:
    """Floats `(n,)` at `rate_hz` to 16 kHz; nothing moves in time."""
    if rate_hz == RATE_HZ or not len(audio):
        return audio
    resampler = av.AudioResampler("flt", "mono", RATE_HZ)
    frame = av.AudioFrame.from_ndarray(audio.astype(np.float32)[None], format="flt", layout="mono")
    frame.sample_rate = rate_hz
    parts = [part.to_ndarray()[0] for part in (*resampler.resample(frame), *resampler.resample(None))]
    return np.concatenate(parts).astype(np.float32)
