"""Pauses are as long as is written."""

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.calls.lengths import BETWEEN_TURNS, THINKING, slowness


@given(st.integers(0, 10_000), st.floats(0.5, 2))
def test_lengths_lie_within_their_bounds(seed, slow):
    for length, least, most in ((THINKING, 300, 1_500), (BETWEEN_TURNS, 200, 3_000)):
        assert least <= length.draw(random.Random(seed), slow) <= most


def test_three_in_eight_thinking_pauses_are_longer_than_800_ms():
    rng = random.Random(3)
    drawn = [THINKING.draw(rng, slowness(rng)) for _ in range(4_000)]
    assert statistics.median(drawn) == pytest.approx(700, rel=0.05)
    assert sum(each > 800 for each in drawn) / len(drawn) == pytest.approx(0.375, abs=0.03)


def test_slow_people_pause_longer():
    def mean(slow):
        rng = random.Random(4)
        return statistics.mean(THINKING.draw(rng, slow) for _ in range(500))

    assert mean(0.8) < mean(1.0) < mean(1.3)
