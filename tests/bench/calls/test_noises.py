"""Coughs and hums sound as such, by their numbers."""

import numpy as np
import pytest

from app.audio import level_dbfs
from app.bench.calls.noises import LEVEL_DBFS, cough, hum
from app.interfaces import RATE_HZ


def made(kind, seed):
    rng = np.random.default_rng(seed)
    return cough(rng) if kind == "cough" else hum(rng, 120.0)


@pytest.mark.parametrize("kind", ["cough", "hum"])
@pytest.mark.parametrize("seed", range(5))
def test_they_are_short_and_at_their_level(kind, seed):
    audio = made(kind, seed)
    assert audio.dtype == np.float32
    assert 0.1 < len(audio) / RATE_HZ < 1.8
    assert level_dbfs(audio) == pytest.approx(LEVEL_DBFS, abs=0.2)
    assert np.array_equal(audio, made(kind, seed))


def test_a_hum_is_low_and_a_cough_is_not():
    def low_share(audio):
        power = np.abs(np.fft.rfft(audio)) ** 2
        return power[: int(600 * len(audio) / RATE_HZ)].sum() / power.sum()

    assert all(low_share(made("hum", seed)) > 0.7 for seed in range(5))
    assert all(low_share(made("cough", seed)) < 0.7 for seed in range(5))


def test_a_cough_bursts_out_and_dies_away():
    audio = made("cough", 1)[: RATE_HZ // 10]
    first, last = audio[: RATE_HZ // 20], audio[RATE_HZ // 20 :]
    assert level_dbfs(first) > level_dbfs(last)
