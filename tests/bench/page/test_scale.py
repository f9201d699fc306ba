"""Lines stand at round numbers within the scale, and values between its ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.page.scale import Scale, number


@given(st.floats(1e-3, 1e6), st.floats(-1e7, 1e7))
def test_a_value_lies_between_the_ends_and_larger_ones_further(most, value):
    scale = Scale(100, 900, most)
    assert 100 <= scale.x(value) <= 900 + 1e-9
    assert scale.x(value) <= scale.x(value + 1) + 1e-9
    assert (scale.x(0), scale.x(most)) == pytest.approx((100, 900))


@given(st.floats(1e-3, 1e6))
def test_a_few_lines_at_round_numbers(most):
    lines = Scale(0, 1, most).lines()
    assert 3 <= len(lines) <= 8
    assert lines[0] == 0
    assert lines[-1] <= most * (1 + 1e-6)
    assert f"{lines[1]:e}"[0] in "125"


@pytest.mark.parametrize(("most", "last"), [(3_000, 3_000), (1_705, 1_500), (0.39, 0.3), (100, 100), (7, 7)])
def test_where_the_last_line_stands(most, last):
    assert Scale(0, 1, most).lines()[-1] == pytest.approx(last)


def test_numbers_have_the_digits_that_they_are_worth():
    values = (0.0312, 3.14159, 41.26, 1234.5, -0.5)
    assert [*map(number, values)] == ["0.031", "3.14", "41.3", "1234", "-0.500"]
