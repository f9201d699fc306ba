"""Our echo goes from what was heard where it is known how it arrives, and a caller stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.interfaces import FRAME_SAMPLES, RATE_HZ
from app.session.canceller import KEPT, Canceller, Track
from app.session.linear import TAPS

DELAY = 5
"""Frames from what we send to what arrives of it."""
SAID = 6 * RATE_HZ


def noise(samples, seed, level=0.1):
    return (level * np.random.default_rng(seed).normal(size=samples)).astype(np.float32)


def power_db(audio):
    return 10 * np.log10(np.mean(np.square(audio)) + 1e-12)


ANSWER = (noise(2_000, 9, 1.0) * np.exp(-np.arange(2_000) / 300) / 20).astype(np.float32)


def echo(sent):
    late = np.pad(sent, (DELAY * FRAME_SAMPLES, 0))
    return np.convolve(late, ANSWER)[: sent.size].astype(np.float32)


def told(sent, heard, *, at=0, canceller=None):
    made = canceller or Canceller()
    for first in range(0, sent.size, 1_280):
        made.sent.put(at + first, sent[first : first + 1_280])
    for first in range(0, heard.size, 320):
        made.heard.put(at + first, heard[first : first + 320])
    return made


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 2 * KEPT), st.integers(0, 40_000)),
            st.tuples(st.just("cut"), st.integers(0, 2 * KEPT), st.just(0)),
        ),
        max_size=12,
    ),
    st.integers(-1_000, 2 * KEPT),
    st.integers(0, 40_000),
)
def test_a_track_is_what_was_put_where_it_was_put(steps, start, samples):
    track, model, newest = Track(), np.zeros(3 * KEPT, np.float32), 0
    for seed, (kind, at, size) in enumerate(steps):
        sound = np.round(noise(size, seed) * 1_000) / 32_768
        if kind == "put":
            model[at : at + size] = sound
            newest = max(newest, at + size)
            track.put(at, sound.astype(np.float32))
        else:
            model[at:] = 0
            track.cut(at)
    model[: max(0, newest - KEPT)] = 0
    expected = np.array([model[at] if 0 <= at < model.size else 0 for at in range(start, start + samples)])
    np.testing.assert_allclose(track.get(start, start + samples), expected, atol=1e-6)


def test_our_echo_goes_and_who_speaks_over_it_stays():
    sent, start = noise(SAID, 1), 5 * RATE_HZ
    caller = np.pad(noise(SAID - start, 2, 0.02), (start, 0))
    heard = echo(sent) + caller + noise(SAID, 3, 1e-4)
    made = told(sent, heard).without(heard[start:], start, DELAY)
    assert power_db(heard[start:] - caller[start:]) > power_db(caller[start:]) + 5
    assert power_db(made - caller[start:]) < power_db(caller[start:]) - 12


def test_where_nothing_of_ours_arrives_nothing_is_known():
    heard = noise(SAID, 2)
    assert told(noise(SAID, 1), heard).without(heard[5 * RATE_HZ :], 5 * RATE_HZ, DELAY) is None
    assert Canceller().without(heard[: 2 * TAPS], TAPS, DELAY) is None


def test_what_was_too_long_ago_is_not_known():
    heard = echo(sent := noise(KEPT + 2 * RATE_HZ, 1))
    canceller = told(sent, heard)
    kept, gone = 8 * RATE_HZ, 2 * RATE_HZ + TAPS - 1
    assert canceller.without(heard[kept : kept + 512], kept, DELAY) is not None
    assert canceller.without(heard[gone : gone + 512], gone, DELAY) is None


@pytest.mark.parametrize(("moved", "louder"), [(0, 1), (700, 1), (-700, 1), (0, 4), (0, 0.1)])
@pytest.mark.parametrize("said_s", [0.8, 2.5])
def test_a_reply_is_known_from_its_begin_wherever_and_as_loud_as_it_is_played(moved, louder, said_s):
    sent = noise(SAID, 1)
    canceller = told(sent, echo(sent) + noise(SAID, 3, 1e-4))
    start = SAID - RATE_HZ
    assert canceller.without(canceller.heard.get(start, SAID), start, DELAY) is not None

    begin = int((2 + said_s) * RATE_HZ)
    later = np.pad(noise(begin, 4), (2 * RATE_HZ, 0))
    heard = louder * np.roll(echo(later), moved) + noise(later.size, 5, 1e-4)
    canceller.sent.cut(SAID)
    told(later[2 * RATE_HZ :], heard[:0], at=SAID + 2 * RATE_HZ, canceller=canceller)
    told(later[:0], heard, at=SAID, canceller=canceller)
    made = canceller.without(heard[begin:], SAID + begin, DELAY)
    assert power_db(made) < power_db(heard[begin:]) - 15


@pytest.mark.parametrize("gain", [0.25, 0.0], ids=["ducked", "paused"])
def test_softer_playing_costs_a_caller_nothing(gain):
    sent, start = noise(SAID, 1), 5 * RATE_HZ
    played = np.where(np.arange(SAID) < start + 4_000, 1, gain).astype(np.float32) * sent
    caller = np.pad(noise(SAID - start, 2, 0.02), (start, 0))
    heard = echo(played) + caller
    made = told(sent, heard).without(heard[start:], start, DELAY)
    assert power_db(made[8_000:] - caller[start + 8_000 :]) < power_db(caller[start:]) - 10


def test_what_was_found_for_a_sound_is_kept_while_it_goes_on():
    sent, start = noise(SAID, 1), 4 * RATE_HZ
    heard = echo(sent) + noise(SAID, 3, 1e-4)
    canceller = told(sent[: 5 * RATE_HZ], heard[: 5 * RATE_HZ])
    first = canceller.without(heard[start : start + 8_000], start, DELAY)
    longer = canceller.without(heard[start : start + 9_600], start, DELAY)
    np.testing.assert_allclose(longer[:6_000], first[:6_000], atol=1e-3)
