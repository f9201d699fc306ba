"""The room's answer is found from what was sent and heard, whatever room it is, and our echo goes with it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.interfaces import FRAME_SAMPLES, RATE_HZ
from app.session.linear import FITTED, TAPS, behind, response, taken_off, through


def noise(samples, seed, level=0.1):
    return (level * np.random.default_rng(seed).normal(size=samples)).astype(np.float32)


def room(seed, gain_db=-6.0, ringing_s=0.2, late=100):
    """The answer to one sample: the way straight, and noise that dies away."""
    answer = noise(TAPS, seed, 1.0) * np.exp(-6.9 * np.arange(TAPS) / ringing_s / RATE_HZ)
    answer[0] = 4
    answer *= 10 ** (gain_db / 20) / np.sqrt(np.square(answer).sum())
    return np.pad(answer, (late, 0))[:TAPS].astype(np.float32)


def arriving(sent, answer):
    return np.convolve(sent, answer)[: sent.size].astype(np.float32)


def power_db(audio):
    return 10 * np.log10(np.mean(np.square(audio)) + 1e-12)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.floats(-20, 3), st.floats(0.05, 0.4), st.integers(0, 1_000))
def test_what_is_left_of_our_echo_is_little_in_any_room(seed, gain_db, ringing_s, late):
    sent = noise(FITTED + RATE_HZ, seed)
    heard = arriving(sent, room(seed + 100, gain_db, ringing_s, late)) + noise(sent.size, seed + 200, 1e-4)
    found = response(sent[:FITTED], heard[:FITTED])
    left = taken_off(heard[FITTED:], through(sent[FITTED - TAPS :], found))
    assert power_db(left) < power_db(heard[FITTED:]) - 15


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 2 * RATE_HZ), st.integers(0, 99))
def test_the_echo_is_what_a_room_would_make_of_what_was_sent(samples, seed):
    sent, answer = noise(TAPS + samples, seed), room(seed)
    np.testing.assert_allclose(through(sent, answer), arriving(sent, answer)[TAPS:], atol=1e-4)


@pytest.mark.parametrize(("ours", "theirs"), [(0.0, 0.0), (0.0, 0.1), (0.1, 0.0)], ids=["silence", "theirs", "ours"])
def test_where_nothing_goes_together_nothing_is_found(ours, theirs):
    found = response(noise(FITTED, 1, ours), noise(FITTED, 2, theirs))
    assert found.shape == (TAPS,)
    assert np.square(found).sum() < 0.05


@settings(max_examples=30, deadline=None)
@given(st.integers(1_000, 20_000), st.integers(-900, 900), st.integers(0, 99))
def test_it_is_found_how_far_an_echo_has_moved(samples, moved, seed):
    long = noise(samples + 2_000, seed)
    echo, heard = long[1_000:-1_000], np.roll(long, moved)[1_000:-1_000] + noise(samples, seed + 100, 0.01)
    assert behind(echo, heard, 900) == moved


def test_nothing_is_taken_from_a_caller_while_what_we_sent_is_not_played():
    caller, echo = noise(20 * FRAME_SAMPLES + 7, 1), noise(20 * FRAME_SAMPLES + 7, 2)
    assert power_db(taken_off(caller, echo) - caller) < power_db(caller) - 10
    np.testing.assert_array_equal(taken_off(caller, np.zeros_like(echo)), caller)


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 1), st.integers(1, 9_000), st.integers(0, 99))
def test_as_much_is_taken_off_as_is_played(gain, samples, seed):
    echo = noise(samples, seed)
    left = taken_off(np.float32(gain) * echo, echo)
    assert left.shape == (samples,)
    assert np.abs(left).max() < 1e-4
