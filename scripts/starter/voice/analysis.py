"""Pitch and spectral envelope of clean synthetic speech, every 5 ms. Pure.

WORLD would do it as well, but its Python package needs a part of setuptools that newer ones lack.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.interfaces import FloatArray

FRAMES_A_SECOND = 200
LOW_HZ, HIGH_HZ = 90.0, 480.0
"""Between them the pitch is sought."""
UNVOICED_HZ = 200.0
"""What the envelope's windows are made for where there is no pitch."""
_SIZE = 1_024
"""Samples of a frame: at 22,050 Hz and 90 Hz four periods."""
_PERIODIC = 0.55
"""Of a frame's power that its own delayed copy explains: below, it is noise."""
_OCTAVE = 0.88
"""The shortest period that explains this much of what the best one does is taken: twice the period does as well."""
_QUIET = 1e-3
"""RMS below which nothing is voiced."""
_FLOOR = 1e-12
Array = NDArray[np.float64]


def framed(audio: FloatArray, rate_hz: int) -> Array:
    """`(frames, _SIZE)` samples around every 5 ms from 0 on."""
    padded = np.pad(audio.astype(np.float64), _SIZE // 2)
    count = len(audio) * FRAMES_A_SECOND // rate_hz + 1
    starts = np.arange(count) * rate_hz // FRAMES_A_SECOND
    return np.asarray(padded[starts[:, None] + np.arange(_SIZE)[None]])


def pitch_hz(frames: Array, rate_hz: int) -> Array:
    """The fundamental of each frame `(frames,)`, nan where there is none; single outliers are removed."""
    window = np.hanning(_SIZE)
    spectrum = np.abs(np.fft.rfft(frames * window, 2 * _SIZE)) ** 2
    own = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * _SIZE)) ** 2)[:_SIZE]
    shift = np.fft.irfft(spectrum)[:, :_SIZE] / own.clip(min=own[0] * 1e-3)
    shift = shift / np.maximum(shift[:, :1], _FLOOR)
    low, high = int(rate_hz / HIGH_HZ), int(rate_hz / LOW_HZ)
    part = shift[:, low:high]
    peak = (part > np.roll(shift, 1, 1)[:, low:high]) & (part >= np.roll(shift, -1, 1)[:, low:high])
    best = np.where(peak, part, 0).max(1, keepdims=True)
    lag = np.argmax(peak & (part >= _OCTAVE * best), 1) + low
    loud = np.sqrt(np.mean(frames**2, 1)) > _QUIET
    voiced = (best[:, 0] > _PERIODIC) & loud
    return _steady(np.where(voiced, rate_hz / _between(shift, lag), np.nan))


def _between(shift: Array, lag: NDArray[np.intp]) -> Array:
    """The peak of the parabola through a lag and its neighbours."""
    rows = np.arange(len(lag))
    before, here, after = (shift[rows, lag + step] for step in (-1, 0, 1))
    bend = np.minimum(before - 2 * here + after, -_FLOOR)
    return np.asarray(lag - 0.5 * (after - before) / bend)


def _steady(hz: Array) -> Array:
    """A frame is unvoiced unless a neighbour has nearly its pitch."""
    known = np.nan_to_num(hz)
    near = [np.abs(np.roll(known, step) - known) < 0.15 * known for step in (-1, 1)]
    return np.where(near[0] | near[1], hz, np.nan)


def envelope(frames: Array, hz: Array, at_hz: FloatArray, rate_hz: int) -> FloatArray:
    """Log amplitude `(frames, points)` at the frequencies `at_hz`, harmonics smoothed away.

    A window of three periods, then the mean power within half a harmonic on each side; above half the rate it stays as
    it is there.
    """
    tone = np.where(np.isfinite(hz), hz, UNVOICED_HZ)[:, None]
    from_middle = np.abs(np.arange(_SIZE) - _SIZE // 2)[None]
    half = 1.5 * rate_hz / tone
    window = np.where(from_middle < half, 0.5 + 0.5 * np.cos(np.pi * from_middle / half), 0.0)
    power = np.abs(np.fft.rfft(frames * window)) ** 2 / (window**2).sum(1, keepdims=True)
    summed = np.pad(np.cumsum(power, 1), ((0, 0), (1, 0)))
    middle = np.minimum(at_hz[None], (rate_hz - tone) / 2)
    low, high = (np.clip((middle + side * tone / 2) * _SIZE / rate_hz + 0.5, 0, _SIZE / 2 + 1) for side in (-1, 1))
    return np.asarray(0.5 * np.log((_sum(summed, high) - _sum(summed, low)) / (high - low) + _FLOOR), np.float32)


def _sum(summed: Array, edge: Array) -> Array:
    """The power of the bins before a fractional one."""
    low = np.minimum(edge.astype(np.int64), summed.shape[1] - 2)
    rows = np.arange(len(summed))[:, None]
    return np.asarray(summed[rows, low] + (edge - low) * (summed[rows, low + 1] - summed[rows, low]))
