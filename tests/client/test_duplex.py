"""When the microphone is turned down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.duplex import PROTECTED_GAIN, PROTECTED_S, TAIL_S, Duplex

LATENCY_S = 0.04


def test_who_plays_nothing_hears_everything():
    assert Duplex(half=True).gain(0.0) == 1.0


def test_half_duplex_hears_nothing_while_it_sounds_and_shortly_after():
    duplex = Duplex(half=True)
    duplex.sounded(0.01, 5.0 + LATENCY_S)
    end = 5.0 + LATENCY_S + 0.01 + TAIL_S
    assert (duplex.gain(5.0), duplex.gain(end - 0.001), duplex.gain(end)) == (0.0, 0.0, 1.0)


def test_an_echo_canceller_is_protected_until_it_is_practised():
    duplex, now = Duplex(half=False), 0.0
    while now < PROTECTED_S - 0.02:
        duplex.sounded(0.01, now)
        now += 0.01
        assert duplex.gain(now) == PROTECTED_GAIN
    assert duplex.sounds(now)
    assert not duplex.practised
    assert not duplex.sounds(now + TAIL_S + 1.0)
    assert duplex.gain(now + TAIL_S + 1.0) == 1.0, "between replies it hears everything"
    for _ in range(5):
        duplex.sounded(0.01, now)
        now += 0.01
    assert duplex.practised
    assert duplex.gain(now) == 1.0


def test_half_duplex_is_never_practised():
    duplex = Duplex(half=True)
    duplex.sounded(PROTECTED_S + 1.0, 0.0)
    assert not duplex.practised


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60), st.booleans(), st.floats(0, 1_000))
def test_the_moment_it_began_changes_nothing(steps, half, begin):
    def gains(shift):
        duplex, now, found = Duplex(half=half), 1.0 + shift, []
        for wait, sounds in steps:
            now += round(wait * 1024) / 1024  # exact, whatever was added
            if sounds:
                duplex.sounded(0.25, now)
            found.append(duplex.gain(now))
        return found

    whole = float(int(begin))
    assert gains(0.0) == gains(whole)
    assert set(gains(0.0)) <= ({0.0, 1.0} if half else {PROTECTED_GAIN, 1.0})


@pytest.mark.parametrize("half", [True, False])
def test_an_earlier_sound_never_opens_it(half):
    duplex = Duplex(half=half)
    duplex.sounded(0.01, 9.0)
    duplex.sounded(0.01, 1.0)
    assert duplex.gain(8.9) < 1.0
