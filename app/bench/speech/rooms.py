"""What a room, a line and a microphone do to speech: noise, echo, telephone. Pure, seeded by numpy's generators."""

from __future__ import annotations

import numpy as np

from app.audio import level_dbfs
from app.interfaces import RATE_HZ, FloatArray

COLOURS = {"white": 0.0, "pink": 0.5, "brown": 1.0}
"""Noise by how its amplitude falls with frequency: f to the power of minus this."""
NOISES = (*COLOURS, "hum", "clatter")


def noise(kind: str, samples: int, rng: np.random.Generator) -> FloatArray:
    """Noise `(samples,)` at -23 dBFS: a colour, a machine's hum, or the clatter of dishes."""
    if kind in COLOURS:
        made = _coloured(samples, COLOURS[kind], rng)
    elif kind == "hum":
        time = np.arange(samples) / RATE_HZ
        base = rng.uniform(45, 160)
        made = 0.3 * _coloured(samples, 1.0, rng)
        for overtone in range(1, 9):
            tone = rng.uniform(0.2, 1) / overtone * np.sin(2 * np.pi * base * overtone * time + rng.uniform(0, 7))
            made += tone.astype(np.float32)
    elif kind == "clatter":
        made = 0.15 * _coloured(samples, 0.5, rng)
        for _ in range(max(1, int(samples / RATE_HZ * rng.uniform(1, 5)))):
            _strike(made, rng)
    else:
        raise ValueError(f"no noise is called {kind}; there are {', '.join(NOISES)}")
    return at_level(np.asarray(made, np.float32), -23.0)


def _coloured(samples: int, slope: float, rng: np.random.Generator) -> FloatArray:
    spectrum = np.fft.rfft(rng.standard_normal(samples).astype(np.float32))
    falling = np.maximum(np.arange(len(spectrum)), 20 * samples / RATE_HZ) ** -slope
    made = np.fft.irfft(spectrum * falling, samples)
    return np.asarray(made / max(1e-9, float(np.std(made))), np.float32)


def _strike(into: FloatArray, rng: np.random.Generator) -> None:
    """A dish: a few ringing tones that die within a tenth of a second."""
    length = int(RATE_HZ * rng.uniform(0.02, 0.15))
    at = int(rng.integers(0, max(1, len(into) - length)))
    time = np.arange(min(length, len(into) - at)) / RATE_HZ
    tones = np.sin(2 * np.pi * time[None] * rng.uniform(800, 6_000, (4, 1))).sum(0)
    loud = rng.uniform(0.3, 2.5) * np.exp(-time * rng.uniform(30, 120))
    into[at : at + len(time)] += (loud * tones).astype(np.float32)


def at_level(audio: FloatArray, dbfs: float) -> FloatArray:
    """The audio at another level; silence stays silence."""
    if not audio.any():
        return audio
    return np.asarray(audio * 10 ** ((dbfs - level_dbfs(audio)) / 20), np.float32)


def mixed(speech: FloatArray, other: FloatArray, snr_db: float) -> FloatArray:
    """`other` (n,) under `speech` (n,) at a ratio of their levels."""
    return speech + at_level(other, level_dbfs(speech) - snr_db)


def echoing(audio: FloatArray, seconds: float, rng: np.random.Generator, *, wet: float = 0.5) -> FloatArray:
    """In a room whose sound dies by 60 dB within `seconds`; `wet` is the room's level beside the speaker's."""
    length = max(2, int(seconds * RATE_HZ))
    tail = rng.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[: RATE_HZ // 400] = 0
    tail *= wet / max(1e-9, float(np.sqrt(np.sum(tail**2))))
    tail[0] = 1.0
    size = 1 << (len(audio) + length - 1).bit_length()
    made = np.fft.irfft(np.fft.rfft(audio, size) * np.fft.rfft(tail, size), size)
    return np.asarray(made[: len(audio)], np.float32)


def banded(audio: FloatArray, low_hz: float = 300.0, high_hz: float = 3_400.0) -> FloatArray:
    """Nothing below or above, as on a telephone."""
    spectrum = np.fft.rfft(audio)
    hz = np.fft.rfftfreq(len(audio), 1 / RATE_HZ)
    spectrum *= (
        1 / (1 + np.exp(np.clip((low_hz - hz) / 30, -50, 50))) / (1 + np.exp(np.clip((hz - high_hz) / 100, -50, 50)))
    )
    return np.asarray(np.fft.irfft(spectrum, len(audio)), np.float32)
