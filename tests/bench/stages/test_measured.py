"""Spreads are of the values themselves, in whatever order they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.stages.measured import Measured, percentile, spread

NUMBERS = st.floats(-1e6, 1e6)


@given(st.lists(NUMBERS, min_size=1), st.randoms())
def test_order_changes_nothing_and_every_number_is_one_of_the_values(values, dice):
    mixed = dice.sample(values, len(values))
    for more in (False, True):
        found = spread(values, more=more)
        assert found == spread(mixed, more=more)
        assert {found.p50, found.p95, found.worst} <= set(values)
        assert found.of == len(values)


@given(st.lists(NUMBERS, min_size=1))
def test_the_worst_lies_beyond_what_most_reach(values):
    assert min(values) <= spread(values).p50 <= spread(values).p95 <= spread(values).worst == max(values)
    assert spread(values, more=True).worst == min(values) <= spread(values, more=True).p95


@given(st.lists(NUMBERS, min_size=1), st.floats(0, 100))
def test_so_many_of_a_hundred_do_not_exceed_a_percentile(values, percent):
    found = percentile(values, percent)
    assert sum(value <= found for value in values) >= len(values) * percent / 100


def test_a_measurement_tells_its_spread():
    assert Measured("llm", "brain", "writing", "tokens a second", (3.0, 1.0, 2.0), more=True).spread.worst == 1.0


def test_nothing_has_no_spread():
    with pytest.raises(ValueError, match="nothing was measured"):
        spread(())
