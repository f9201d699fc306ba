"""Waits, cut-offs, and curves against each other."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.endpoint.replay import Outcome
from app.bench.endpoint.score import Cuts, Point, by_place, cut_offs_at, mean_ms_at, point, quantile

NUMBERS = st.lists(st.integers(-100, 3_000), min_size=1, max_size=40)


def outcome(wait_ms, *cut):
    return Outcome("pauses 0", "pauses", "en", cut, wait_ms, "")


def at(mean_ms, cut_offs):
    return Point("ours", 10, mean_ms, mean_ms, mean_ms, cut_offs, cut_offs, 0)


def test_a_point_counts_waits_and_cuts():
    made = point("ours", [outcome(200), outcome(400, "a", "b"), outcome(None, "a"), outcome(900)])
    assert made == Point("ours", 4, 500.0, 400, pytest.approx(850), 75.0, 50.0, 1)


def test_a_rule_that_ends_nothing_is_an_error():
    with pytest.raises(ValueError, match="ours ended no turn"):
        point("ours", [outcome(None)])


@given(NUMBERS, st.floats(0, 1))
def test_quantiles_lie_between_the_ends(numbers, share):
    ordered = sorted(numbers)
    assert ordered[0] <= quantile(ordered, share) <= ordered[-1]
    assert (quantile(ordered, 0), quantile(ordered, 1)) == (ordered[0], ordered[-1])


CURVE = [at(900, 10), at(300, 50), at(500, 20)]


@pytest.mark.parametrize(
    ("mean_ms", "cut_offs"), [(200, math.inf), (300, 50), (400, 35), (500, 20), (700, 15), (900, 10), (2_000, 10)]
)
def test_cut_offs_at_a_wait(mean_ms, cut_offs):
    assert cut_offs_at(CURVE, mean_ms) == pytest.approx(cut_offs)


@pytest.mark.parametrize(
    ("cut_offs", "mean_ms"), [(60, 300), (50, 300), (35, 400), (20, 500), (12, 820), (5, math.inf)]
)
def test_the_wait_at_a_rate(cut_offs, mean_ms):
    assert mean_ms_at(CURVE, cut_offs) == pytest.approx(mean_ms)


@given(st.lists(st.tuples(st.integers(200, 2_000), st.integers(0, 100)), min_size=1, max_size=10), st.integers(0, 100))
def test_the_wait_at_a_rate_cuts_off_no_more_than_asked(points, rate):
    curve = [at(mean_ms, cut_offs) for mean_ms, cut_offs in dict(points).items()]
    mean_ms = mean_ms_at(curve, rate)
    if mean_ms == math.inf:
        assert all(each.cut_offs > rate for each in curve)
    else:
        assert cut_offs_at(curve, mean_ms) <= rate + 1e-6


def test_cuts_are_told_by_their_place(call):
    calls = [call("a b", "###...###"), call("a b c", "###...###..####")]
    calls[1] = replace(calls[1], pauses=tuple(replace(pause, place="in a number") for pause in calls[1].pauses))
    found = by_place(calls, [outcome(1, "in a number", ""), outcome(1, "in a number")])
    assert found == [Cuts("in a number", 2, 2), Cuts("", 0, 1), Cuts("elsewhere", 1, 0)]
