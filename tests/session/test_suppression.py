"""Our echo becomes softer, and nothing else changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.interfaces import FRAME_SAMPLES, RATE_HZ
from app.session.coupling import BANDS, levels
from app.session.own_voice import OwnVoice
from app.session.suppression import SOFTEST_DB, suppressed

NOTHING = -100.0


def noise(samples, seed, level=0.1):
    return (level * np.random.default_rng(seed).normal(size=samples)).astype(np.float32)


def low(samples, seed):
    """Nothing above 800 Hz."""
    spectrum = np.fft.rfft(noise(samples, seed))
    spectrum[np.fft.rfftfreq(samples, 1 / RATE_HZ) > 800] = 0
    return np.fft.irfft(spectrum, samples).astype(np.float32)


def power_db(audio):
    return 10 * np.log10(np.mean(np.square(audio)))


@settings(max_examples=30)
@given(st.integers(1, 9_000), st.floats(0, 20), st.integers(1, 30), st.integers(0, 99))
def test_where_nothing_of_ours_arrives_nothing_changes(samples, start, frames, seed):
    audio = noise(samples, seed)
    made = suppressed(audio, start, np.full((frames, BANDS), NOTHING, np.float32))
    np.testing.assert_allclose(made, audio, atol=1e-3)


def test_what_is_all_ours_becomes_as_soft_as_it_may():
    echo = noise(20 * FRAME_SAMPLES, 1)
    softer = power_db(suppressed(echo, 0, levels(echo) + 3)) - power_db(echo)
    assert softer == pytest.approx(SOFTEST_DB, abs=2)


def test_a_caller_elsewhere_in_the_spectrum_stays():
    ours, caller = low(40 * FRAME_SAMPLES, 1), noise(40 * FRAME_SAMPLES, 2) - low(40 * FRAME_SAMPLES, 2)
    made = suppressed(ours + caller, 0, levels(ours))
    assert power_db(made - caller) < power_db(ours) - 6


def told(sent, heard, start):
    """Somebody who heard all that arrived of `sent` from sample `start` on."""
    voice = OwnVoice()
    voice.played(start, levels(sent))
    voice.hear(0, levels(heard), voiced=[True] * (len(heard) // FRAME_SAMPLES))
    return voice


def syllables(frames, seed):
    """Noise that comes and goes five times a second."""
    loud = np.repeat(np.random.default_rng(seed).uniform(0.01, 1, frames // 6 + 1), 6 * FRAME_SAMPLES)
    return noise(frames * FRAME_SAMPLES, seed) * loud[: frames * FRAME_SAMPLES].astype(np.float32)


def test_a_session_hears_less_of_what_it_said_once_it_knows_how_that_arrives():
    before, late = 20 * FRAME_SAMPLES, 5 * FRAME_SAMPLES
    sent = syllables(90, 3)
    heard = noise(len(sent) + before + 60 * FRAME_SAMPLES, 4, 1e-4)
    heard[before + late :][: len(sent)] += sent / 2
    voice = told(sent, heard, before)
    newest = slice(before + len(sent) - 20 * FRAME_SAMPLES, before + len(sent))
    assert power_db(voice.without(heard[newest], newest.start)) < power_db(heard[newest]) - 6
    for quiet in (slice(0, before), slice(len(heard) - 9 * FRAME_SAMPLES + 7, len(heard))):
        assert voice.without(heard[quiet], quiet.start) is not heard
        np.testing.assert_array_equal(voice.without(heard[quiet], quiet.start), heard[quiet])


def test_it_does_not_matter_where_it_is_cut():
    sent = syllables(120, 5)
    heard = np.pad(sent / 2, (6 * FRAME_SAMPLES, 0))[: len(sent)] + noise(len(sent), 6, 1e-4)
    voice = told(sent, heard, 0)
    whole = voice.without(heard, 0)
    for start in (70 * FRAME_SAMPLES, 70 * FRAME_SAMPLES + 333):
        part = voice.without(heard[start : start + 16_000], start)
        inside = slice(2 * FRAME_SAMPLES, -2 * FRAME_SAMPLES)
        np.testing.assert_allclose(part[inside], whole[start : start + 16_000][inside], atol=2e-2)
