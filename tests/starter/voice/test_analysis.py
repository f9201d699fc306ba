"""Pitch and envelope of sounds that are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.starter.voice import analysis

RATE = 22_050


def harmonics(hz: float, slope_db: float) -> np.ndarray:
    """Half a second of a voice whose harmonics fall by `slope_db` for each 1,000 Hz."""
    time = np.arange(RATE // 2) / RATE
    tones = hz * np.arange(1, int(RATE / 2 / hz))
    return sum(10 ** (-slope_db * tone / 20_000) * 0.01 * np.cos(2 * np.pi * tone * time) for tone in tones)


@settings(max_examples=15, deadline=None)
@given(st.floats(100, 450))
def test_the_pitch_of_a_voice(hz: float) -> None:
    found = analysis.pitch_hz(analysis.framed(harmonics(hz, 3.0), RATE), RATE)[10:-10]
    assert found == pytest.approx(hz, rel=0.01)


def test_noise_and_silence_have_no_pitch() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal(RATE // 2)
    for audio in (noise, np.zeros(RATE // 2), 1e-4 * harmonics(200, 3.0)):
        assert np.isnan(analysis.pitch_hz(analysis.framed(audio, RATE), RATE)).mean() > 0.95


@pytest.mark.parametrize("hz", [110.0, 220.0, 330.0])
def test_the_envelope_is_the_harmonics_without_their_teeth(hz: float) -> None:
    at = np.linspace(500, 9_500, 60, dtype=np.float32)
    frames = analysis.framed(harmonics(hz, 6.0), RATE)[10:-10]
    found = analysis.envelope(frames, np.full(len(frames), hz), at, RATE)
    decibels = found.mean(0) * 20 / np.log(10)
    slope, _ = np.polyfit(at / 1_000, decibels, 1)
    assert slope == pytest.approx(-6.0, abs=0.2)
    assert np.abs(decibels - np.polyval(np.polyfit(at, decibels, 1), at)).max() < 1.5


def test_the_envelope_stays_as_it_is_above_half_the_rate() -> None:
    frames = analysis.framed(harmonics(200, 0.0), RATE)
    found = analysis.envelope(frames, np.full(len(frames), 200.0), np.array([10_950, 11_900], np.float32), RATE)
    assert np.isfinite(found).all()
    assert found[:, 0] == pytest.approx(found[:, 1])
