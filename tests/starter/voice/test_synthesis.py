"""Sound from envelope, pitch and breath."""

import numpy as np
import torch

from scripts.starter.voice.shape import BANDS, BREATHS, HOP, RATE_HZ, band_hz
from scripts.starter.voice.synthesis import Synthesis

FRAMES = 100


def made(pitch_hz: float, envelope: np.ndarray, breath: float, voiced: float) -> np.ndarray:
    shape = torch.ones(1, FRAMES)
    points = torch.from_numpy(envelope.astype(np.float32)).expand(1, FRAMES, BANDS)
    sound = Synthesis()(pitch_hz * shape, points, torch.full((1, FRAMES, BREATHS), breath), voiced * shape)
    return sound[0].numpy()


def spectrum(audio: np.ndarray) -> np.ndarray:
    return np.abs(np.fft.rfft(audio[2_000:8_000] * np.hanning(6_000)))


def test_a_flat_envelope_gives_power_1_voiced_or_not() -> None:
    flat = np.zeros(BANDS)
    for breath, voiced in ((0.0, 1.0), (1.0, 1.0), (0.0, 0.0)):
        audio = made(200.0, flat, breath, voiced)
        assert audio.shape == (FRAMES * HOP,)
        assert 0.85 < audio[1_000:-1_000].std() < 1.15


def test_the_harmonics_are_those_of_the_pitch() -> None:
    size = spectrum(made(240.0, np.zeros(BANDS), 0.0, 1.0))
    step = RATE_HZ / 6_000
    for harmonic in (1, 5, 20):
        at = round(240 * harmonic / step)
        assert size[at] > 20 * size[at - round(120 / step)]


def test_the_envelope_shapes_noise() -> None:
    hill = -4 * np.abs(band_hz() - 3_000) / 3_000
    size = spectrum(made(200.0, np.maximum(hill, -8), 0.0, 0.0))
    bands = [np.sqrt(np.mean(size[at - 60 : at + 60] ** 2)) for at in (250, 750, 1_500)]
    assert bands[1] > 4 * bands[0]
    assert bands[1] > 4 * bands[2]


def test_the_same_text_gives_the_same_audio() -> None:
    assert np.array_equal(made(200.0, np.zeros(BANDS), 0.5, 1.0), made(200.0, np.zeros(BANDS), 0.5, 1.0))
