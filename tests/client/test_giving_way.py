"""Softer as soon as somebody else is heard."""

from hypothesis import given
from hypothesis import strategies as st

from app.client.giving_way import BUDGET_S, HOLD_S, LOUD_DBFS, ONSET_S, SOFTER, GivingWay

BLOCK_S = 0.01
LOUD, QUIET = LOUD_DBFS + 1, LOUD_DBFS
ONSET, HOLD, BUDGET = (round(s / BLOCK_S) for s in (ONSET_S, HOLD_S, BUDGET_S))


def gains(*levels):
    way = GivingWay()
    return [way.gain(level, BLOCK_S) for level in levels]


def test_a_sound_that_lasts_makes_it_softer_until_it_is_long_over():
    found = gains(*[LOUD] * ONSET, *[QUIET] * (HOLD + 1))
    assert found == [1.0] * (ONSET - 1) + [SOFTER] * HOLD + [1.0] * 2


def test_a_click_does_not():
    assert set(gains(*([LOUD] * (ONSET - 1) + [QUIET]) * 5)) == {1.0}


def test_while_it_is_softer_the_shortest_sound_holds_it():
    found = gains(*[LOUD] * ONSET, *[QUIET] * (HOLD - 2), LOUD, *[QUIET] * (HOLD - 2))
    assert set(found[ONSET:]) == {SOFTER}


def test_a_television_does_not_keep_it_soft():
    way = GivingWay()
    found = [way.gain(LOUD, BLOCK_S) for _ in range(500)]
    assert found.count(SOFTER) == BUDGET
    assert set(found[ONSET - 1 + BUDGET :]) == {1.0}
    way.forget()
    assert SOFTER in [way.gain(LOUD, BLOCK_S) for _ in range(ONSET)]


def test_forgetting_begins_anew():
    way = GivingWay()
    for _ in range(ONSET):
        way.gain(LOUD, BLOCK_S)
    way.forget()
    assert way.gain(LOUD, BLOCK_S) == 1.0


@given(st.lists(st.booleans(), max_size=200))
def test_softer_only_within_reach_of_an_onset(loud):
    found = gains(*(LOUD if each else QUIET for each in loud))
    for at, gain in enumerate(found):
        near = loud[max(0, at - HOLD + 1) : at + 1]
        if gain == SOFTER:
            assert any(near)
        if all(loud[max(0, at - ONSET + 1) : at + 1]) and at >= ONSET - 1 and found[:at].count(SOFTER) < BUDGET:
            assert gain == SOFTER
