"""Sounds of a throat that are no words: coughs, and a hum of assent. Pure, seeded by numpy's generators."""

from __future__ import annotations

import numpy as np

from app.bench.speech.rooms import at_level
from app.interfaces import RATE_HZ, FloatArray

LEVEL_DBFS = -23.0
_RESONANCES_HZ = ((500.0, 250.0), (1_400.0, 500.0), (3_200.0, 900.0))
"""Where the open throat of a cough is loud, and how wide."""
_NASAL_HZ = (250.0, 120.0)
"""The one resonance of a closed mouth."""


def cough(rng: np.random.Generator) -> FloatArray:
    """One to three coughs `(n,)`: air that bursts out within 10 ms and dies away, then a short rasp of the voice."""
    count = int(rng.integers(1, 4))
    parts = list[FloatArray]()
    for _ in range(count):
        parts += [_burst(rng), np.zeros(int(RATE_HZ * rng.uniform(0.06, 0.2)), np.float32)]
    return at_level(np.concatenate(parts[:-1]), LEVEL_DBFS)


def _burst(rng: np.random.Generator) -> FloatArray:
    air = int(RATE_HZ * rng.uniform(0.12, 0.28))
    rasp = int(RATE_HZ * rng.uniform(0.03, 0.1))
    time = np.arange(air + rasp) / RATE_HZ
    shape = np.minimum(1.0, time / 0.01) * np.exp(-time * rng.uniform(8, 18))
    noise = rng.standard_normal(air + rasp) * shape
    pitch_hz = rng.uniform(120, 260)
    voice = np.sign(np.sin(2 * np.pi * pitch_hz * time)) * (time > air / RATE_HZ) * shape
    return _resonant(noise + 0.7 * voice, _RESONANCES_HZ)


def hum(rng: np.random.Generator, pitch_hz: float) -> FloatArray:
    """ "mm-hmm" `(n,)`: two hums with a breath between, the second higher."""
    first, breath, second = (int(RATE_HZ * rng.uniform(*span)) for span in ((0.12, 0.2), (0.04, 0.08), (0.18, 0.3)))
    low = _buzz(first, pitch_hz, pitch_hz * 0.95)
    air = 0.05 * rng.standard_normal(breath)
    high = _buzz(second, pitch_hz * 1.1, pitch_hz * rng.uniform(1.2, 1.4))
    return at_level(_resonant(np.concatenate([low, air, high]), (_NASAL_HZ,)), LEVEL_DBFS)


def _buzz(samples: int, start_hz: float, end_hz: float) -> FloatArray:
    """What vocal folds do: a sawtooth that glides, soft at both ends."""
    phase = np.cumsum(np.linspace(start_hz, end_hz, samples)) / RATE_HZ
    soft = np.minimum(1.0, np.minimum(np.arange(samples), np.arange(samples)[::-1]) / (0.03 * RATE_HZ))
    return np.asarray((2 * (phase % 1.0) - 1) * soft, np.float32)


def _resonant(audio: FloatArray, resonances_hz: tuple[tuple[float, float], ...]) -> FloatArray:
    spectrum = np.fft.rfft(audio)
    hz = np.fft.rfftfreq(len(audio), 1 / RATE_HZ)
    gain = sum(1 / (1 + ((hz - centre) / width) ** 2) for centre, width in resonances_hz)
    return np.asarray(np.fft.irfft(spectrum * gain, len(audio)), np.float32)
