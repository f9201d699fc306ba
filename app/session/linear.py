"""How a room answers to our loudspeaker, found from what was sent and what arrived, and our echo made by it. Pure.

Regularised least squares over some seconds at once, where an adaptive filter would have to run all the time, for every
caller, and be kept from learning whoever speaks over us. Both are whitened by what was sent: speech has most of its
power below 1 kHz, and what lies above would be found last.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from app.audio import ms_to_samples
from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray

TAPS: Final = 4_096
"""256 ms: what a room adds later is 20 dB softer."""
_SIZE: Final = 1 << 16
FITTED: Final = _SIZE - TAPS
"""Samples, 3.8 s, that are fitted: 24 dB of an echo go in the median. With 1.8 s it is 16; with 7.9 s 25, in twice the
time."""
_STEPS: Final = 40
"""Of the conjugate gradients: 20 leave 3 dB more, 150 no less."""
_FADED: Final = ms_to_samples(100)
_BIN: Final = 256
"""Bins, 62 Hz, over which the power of what was sent is smoothed."""
_LEAST: Final = 1e-4
"""Of the strongest of them: what is weaker by more is mostly noise."""
_SILENCE: Final = 1e-6
"""Less power than the rounding to 16 bits leaves in a bin."""
_NOISE: Final = 0.1
"""Power of what is not our echo, beside it."""
_RINGING_S: Final = 0.4
"""Until the room is expected to be 60 dB softer."""
_PRIOR: Final = np.exp(-6 * np.log(10) / _RINGING_S / RATE_HZ * np.arange(TAPS))
_PENALTY: Final = np.asarray(_NOISE / FITTED * _PRIOR.sum() / _PRIOR, np.float32)
"""Of each tap, beside the power of what was sent: what is expected to be small must prove itself."""
_SMOOTHED: Final = 5
"""Frames over which it is found how much of the echo there is."""


def response(sent: FloatArray, heard: FloatArray) -> FloatArray:
    """The room's impulse response, `(TAPS,)`, from `(FITTED,)` samples of what was sent and what arrived, at 16 kHz."""
    fade = np.minimum(1, np.arange(FITTED, dtype=np.float32) / _FADED)
    fade *= fade[::-1]
    ours, theirs = np.fft.rfft(sent * fade, _SIZE), np.fft.rfft(heard * fade, _SIZE)
    power = np.asarray(np.square(np.abs(ours)) + _SILENCE, np.float32)
    weight = 1 / _smooth(power)
    return _solved(*(np.fft.irfft(each * weight)[:TAPS].astype(np.float32) for each in (power, ours.conj() * theirs)))


def through(sent: FloatArray, answer: FloatArray) -> FloatArray:
    """What of `(TAPS + n,)` samples arrives at the newest `(n,)`."""
    size = 1 << (sent.size - 1).bit_length()
    return np.asarray(np.fft.irfft(np.fft.rfft(sent, size) * np.fft.rfft(answer, size))[TAPS : sent.size], np.float32)


def behind(echo: FloatArray, heard: FloatArray, most: int) -> int:
    """By how many of `(n,)` samples, at most `most`, what was heard lies behind the echo that goes with it."""
    size = 1 << (echo.size + most - 1).bit_length()
    together = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(echo, size).conj())
    return int(np.argmax(np.concatenate((together[-most:], together[: most + 1])))) - most


def taken_off(heard: FloatArray, echo: FloatArray) -> FloatArray:
    """`(n,)` samples without as much of the echo as is in them: a client plays softer, or nothing, as it was told."""
    frames = -(-heard.size // FRAME_SAMPLES)
    ours, theirs = (np.pad(each, (0, -each.size % FRAME_SAMPLES)).reshape(frames, -1) for each in (echo, heard))
    near = np.ones(_SMOOTHED)
    both, power = (np.convolve((ours * each).sum(axis=1), near)[2:-2] for each in (theirs, ours))
    share = np.clip(both / np.maximum(power, 1e-9), 0, 1)
    middles = (np.arange(frames) + 0.5) * FRAME_SAMPLES
    return np.asarray(heard - np.interp(np.arange(heard.size), middles, share) * echo, np.float32)


def _smooth(power: FloatArray) -> FloatArray:
    """Of each bin, with those about it."""
    means = power[:-1].reshape(-1, _BIN).mean(axis=1)
    smooth = np.interp(np.arange(power.size), (np.arange(means.size) + 0.5) * _BIN, means)
    return np.asarray(smooth + _LEAST * means.max(), np.float32)


def _solved(auto: FloatArray, cross: FloatArray) -> FloatArray:
    """The taps of which the correlation `auto` makes `cross`, by conjugate gradients (Hestenes and Stiefel, 1952)."""
    toeplitz = np.fft.rfft(np.concatenate((auto, auto[:1] * 0, auto[:0:-1])))
    penalty = _PENALTY * auto[0]
    diagonal = auto[0] + penalty
    taps, left = np.zeros_like(cross), cross.copy()
    step = near = left / diagonal
    size = left @ near
    for _ in range(_STEPS):
        if size <= np.finfo(np.float32).tiny:
            break
        made = np.fft.irfft(np.fft.rfft(step, 2 * TAPS) * toeplitz)[:TAPS] + penalty * step
        length = size / (step @ made)
        taps += length * step
        left -= length * made
        near = left / diagonal
        before, size = size, left @ near
        step = near + size / before * step
    return taps
