"""From the voice's rate to the client's: chunking never matters, and a tone stays a tone."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.session.resample import Resampler

RATES = st.sampled_from([8_000, 16_000, 22_050, 24_000, 44_100, 48_000])


def noise(samples):
    return np.random.default_rng(samples).integers(-20_000, 20_000, samples).astype(np.int16)


def resampled(pcm, from_hz, to_hz, cuts=()):
    resampler = Resampler(from_hz, to_hz)
    parts = [resampler.feed(part) for part in np.split(pcm, sorted(cuts))]
    return np.concatenate([*parts, resampler.flush()])


@settings(deadline=None, max_examples=50)
@given(RATES, RATES, st.integers(0, 5_000), st.lists(st.integers(0, 5_000), max_size=8))
def test_chunking_never_matters(from_hz, to_hz, samples, cuts):
    pcm = noise(samples)
    cut = resampled(pcm, from_hz, to_hz, [min(at, samples) for at in cuts])
    assert cut.dtype == np.int16
    assert np.array_equal(cut, resampled(pcm, from_hz, to_hz))


@settings(deadline=None, max_examples=50)
@given(RATES, RATES, st.integers(1, 20_000))
@example(22_050, 8_000, 61)
def test_it_lasts_as_long_as_before(from_hz, to_hz, samples):
    made = resampled(noise(samples), from_hz, to_hz).size
    # Less than 2.8 ms in all is shorter than the filter, and nothing of it comes out.
    assert abs(made - samples * to_hz / from_hz) <= 0.003 * to_hz


def test_equal_rates_pass_through():
    resampler, pcm = Resampler(16_000, 16_000), noise(100)
    assert resampler.feed(pcm) is pcm
    assert resampler.flush().size == 0


@pytest.mark.parametrize("to_hz", [8_000, 16_000, 48_000])
def test_nothing_in_is_nothing_out(to_hz):
    resampler = Resampler(16_000, to_hz)
    assert resampler.feed(np.empty(0, np.int16)).size == 0
    assert resampler.flush().size == 0


@pytest.mark.parametrize("to_hz", [8_000, 16_000, 24_000, 48_000])
def test_a_tone_keeps_its_pitch_and_level(to_hz):
    tone = (10_000 * np.sin(2 * np.pi * 1_000 * np.arange(22_050) / 22_050)).astype(np.int16)
    made = resampled(tone, 22_050, to_hz)[:to_hz]
    spectrum = np.abs(np.fft.rfft(made)) / made.size * 2
    assert np.argmax(spectrum) * to_hz / made.size == pytest.approx(1_000, abs=2)
    assert spectrum.max() == pytest.approx(10_000, rel=0.02)


def test_little_stays_inside():
    resampler = Resampler(22_050, 48_000)
    out = sum(resampler.feed(noise(441)).size for _ in range(50))
    assert out >= (50 * 441 / 22_050 - 0.002) * 48_000


@pytest.mark.parametrize("to_hz", [16_000, 22_050, 48_000])
def test_another_voice_may_speak_on(to_hz):
    resampler = Resampler(22_050, to_hz)
    first = resampler.feed(noise(22_050))
    resampler.take(16_000)
    last = np.concatenate([resampler.feed(noise(16_000)), resampler.flush()])
    assert first.size + last.size == pytest.approx(2 * to_hz, abs=to_hz // 250)
