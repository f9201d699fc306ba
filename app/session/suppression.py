"""Makes our own echo softer in what was heard, where its levels are known, so that more is understood. Pure.

Spectral suppression (Wiener's gain in bands), where the linear stage (`canceller`) finds no room that holds.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray
from app.session.coupling import BANDS, EDGES_HZ, levels

HOP: Final = FRAME_SAMPLES // 4
SOFTEST_DB: Final = -12.0
"""What is ours is not silenced: with -20 dB fewer words of a caller over it were right."""
_WINDOW: Final = (np.hanning(FRAME_SAMPLES + 1)[:-1] ** 0.5).astype(np.float32)
_CENTRES_HZ: Final = np.sqrt(np.array(EDGES_HZ[:-1]) * np.array(EDGES_HZ[1:]))
_SPREAD: Final = np.array(
    [np.interp(np.fft.rfftfreq(FRAME_SAMPLES, 1 / RATE_HZ), _CENTRES_HZ, band) for band in np.eye(BANDS)], np.float32
)
"""`(BANDS, bins)`: what is between two bands' centres has something of both."""
_PARTS: Final = FRAME_SAMPLES // HOP


def suppressed(audio: FloatArray, start: float, echo: FloatArray) -> FloatArray:
    """`(n,)` samples at 16 kHz with less of the echo, whose levels are `(frames, BANDS)` dBFS.

    `start` is where the audio begins, in frames from where those levels begin.
    """
    # Zeros around it, so that the windows over each sample add up to the same.
    padded = np.pad(audio, (FRAME_SAMPLES, FRAME_SAMPLES + -audio.size % HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME_SAMPLES)[::HOP]
    places = np.asarray(start - 1 + np.arange(len(frames)) / _PARTS, np.float32)
    gains = _gains(levels(frames.ravel()), _between(np.power(10, echo / 10, dtype=np.float32), places))
    shaped = np.fft.irfft(np.fft.rfft(frames * _WINDOW) * gains).astype(np.float32) * _WINDOW
    made = np.zeros((len(frames) + _PARTS - 1, HOP), np.float32)
    for part in range(_PARTS):
        made[part : part + len(frames)] += shaped[:, part * HOP : (part + 1) * HOP]
    made *= HOP / np.square(_WINDOW).sum()
    return made.ravel()[FRAME_SAMPLES : FRAME_SAMPLES + audio.size]


def _between(power: FloatArray, places: FloatArray) -> FloatArray:
    """`(frames, BANDS)` at places between the frames, `(places, BANDS)`; what lies outside is as the nearest."""
    at = np.clip(places, 0, len(power) - 1)
    left = np.minimum(at.astype(int), max(0, len(power) - 2))
    share = (at - left)[:, None]
    return np.asarray((1 - share) * power[left] + share * power[np.minimum(left + 1, len(power) - 1)], np.float32)


def _gains(heard_db: FloatArray, echo: FloatArray) -> FloatArray:
    """For each bin, from the levels of `(frames, BANDS)` heard and the echo's power."""
    left = np.maximum(1 - echo / 10 ** (heard_db / 10), 10 ** (SOFTEST_DB / 10)) ** 0.5
    return np.asarray(left @ _SPREAD, np.float32)
