"""Noise, echo and lines are what they are called."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio import level_dbfs
from app.bench.speech import rooms
from app.interfaces import RATE_HZ


@pytest.mark.parametrize("kind", rooms.NOISES)
@pytest.mark.parametrize("samples", [1_600, 32_000])
def test_noise_has_its_length_and_level_and_comes_from_its_seed(kind, samples):
    made, again = (rooms.noise(kind, samples, np.random.default_rng(1)) for _ in range(2))
    assert made.shape == (samples,)
    assert made.dtype == np.float32
    assert abs(level_dbfs(made) + 23) < 0.1
    assert np.array_equal(made, again)


def test_an_unknown_noise_is_named():
    with pytest.raises(ValueError, match="no noise is called purple; there are white, pink"):
        rooms.noise("purple", 100, np.random.default_rng(1))


def test_colours_fall_as_they_should():
    def low_share(kind):
        power = np.abs(np.fft.rfft(rooms.noise(kind, RATE_HZ, np.random.default_rng(1)))) ** 2
        return power[:500].sum() / power.sum()

    assert low_share("white") < 0.1 < low_share("pink") < 0.9 < low_share("brown")


@given(st.floats(-10, 40))
def test_a_mix_has_its_ratio(snr_db):
    rng = np.random.default_rng(2)
    speech, noise = (rooms.at_level(rng.standard_normal(8_000).astype(np.float32), level) for level in (-20, -40))
    under = rooms.mixed(speech, noise, snr_db) - speech
    assert abs(level_dbfs(speech) - level_dbfs(under) - snr_db) < 0.2


def test_an_echo_follows_and_adds_no_length():
    click = np.zeros(RATE_HZ, np.float32)
    click[100] = 1
    made = rooms.echoing(click, 0.3, np.random.default_rng(3), wet=0.5)
    assert len(made) == RATE_HZ
    assert np.abs(made[:100]).max() < 1e-4
    assert made[100] == pytest.approx(1, abs=1e-3)
    assert np.sqrt(np.sum(made[101:] ** 2)) == pytest.approx(0.5, abs=0.02)
    assert np.abs(made[RATE_HZ // 2 :]).max() < 1e-3


def test_a_telephone_passes_voices_only():
    time = np.arange(RATE_HZ) / RATE_HZ
    kept = {hz: level_dbfs(rooms.banded(np.sin(2 * np.pi * hz * time).astype(np.float32))) for hz in (60, 1_000, 6_000)}
    assert kept[1_000] > -4
    assert max(kept[60], kept[6_000]) < -30


def test_silence_has_no_level_to_change():
    assert not rooms.at_level(np.zeros(10, np.float32), -20).any()
