"""Sample arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.audio import SILENCE_DBFS, level_dbfs, ms_to_samples, samples_to_ms, to_float, to_pcm

PCM = arrays(np.int16, st.integers(0, 200))


@given(PCM)
def test_pcm_to_float_and_back_loses_nothing(pcm):
    audio = to_float(pcm)
    assert audio.dtype == np.float32
    assert np.all((audio >= -1) & (audio < 1))
    assert np.array_equal(to_pcm(audio), pcm)


@given(arrays(np.float32, st.integers(0, 50), elements=st.floats(-1e6, 1e6, width=32)))
def test_what_is_too_loud_is_clipped(audio):
    pcm = to_pcm(audio)
    assert pcm.dtype == np.int16
    assert np.all(pcm[audio >= 1] == 32_767)
    assert np.all(pcm[audio <= -1] == -32_768)


@given(st.integers(0, 10**9), st.integers(8_000, 48_000))
def test_times_and_samples_agree(ms, rate_hz):
    assert ms - 1 <= samples_to_ms(ms_to_samples(ms, rate_hz), rate_hz) <= ms


@pytest.mark.parametrize(("ms", "rate_hz", "samples"), [(1000, 16_000, 16_000), (0.5, 22_050, 11), (32, 16_000, 512)])
def test_times_in_samples_are_rounded_down(ms, rate_hz, samples):
    assert ms_to_samples(ms, rate_hz) == samples
    assert samples_to_ms(samples, rate_hz) == int(ms)


@pytest.mark.parametrize(
    ("audio", "level"),
    [([], SILENCE_DBFS), ([0.0] * 9, SILENCE_DBFS), ([1.0, -1.0], 0.0), ([0.1] * 4, -20.0), ([1e-9], SILENCE_DBFS)],
)
def test_level(audio, level):
    assert level_dbfs(np.array(audio, np.float32)) == pytest.approx(level, abs=1e-4)


@given(arrays(np.float32, st.integers(1, 100), elements=st.floats(-1, 1, width=32)))
def test_level_lies_between_silence_and_full_scale(audio):
    assert SILENCE_DBFS <= level_dbfs(audio) <= 1e-6
