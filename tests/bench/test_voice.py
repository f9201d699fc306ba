"""Figures of a voice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.voice import speed, timing

TIMES = st.lists(st.floats(0, 10_000), min_size=1, max_size=20)


@settings(deadline=None)
@given(TIMES, st.floats(0, 29.9))
def test_a_small_shift_is_within_30_ms(begins: list[float], shift: float) -> None:
    apart = timing(begins, [begin + shift for begin in begins])
    assert apart.median_ms == pytest.approx(shift, abs=1e-6)
    assert apart.worst_ms >= apart.median_ms - 1e-6
    assert (apart.within_30_ms, apart.of) == (1, len(begins))


def test_timing_and_speed() -> None:
    apart = timing([0, 100, 200], [10, 100, 300])
    assert (apart.median_ms, apart.within_30_ms, apart.worst_ms) == (10, pytest.approx(2 / 3), 100)
    cost = speed([0.1, 0.2, 0.3], [2, 2, 2])
    assert cost.real_time_factor == pytest.approx(0.1)
    assert cost.first_clause_ms == pytest.approx(200)


@settings(deadline=None)
@given(TIMES.filter(lambda times: sum(times) > 1e-3), st.floats(0.01, 0.5))
def test_the_factor_is_that_of_all_sentences(speech: list[float], factor: float) -> None:
    assert speed([factor * each for each in speech], speech).real_time_factor == pytest.approx(factor)


def test_what_cannot_be_measured_is_refused() -> None:
    with pytest.raises(ValueError, match="beginning"):
        timing([1], [])
    with pytest.raises(ValueError, match="spoken"):
        speed([1], [0])
