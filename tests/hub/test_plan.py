"""The plan in words and figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import SetupError
from app.hub.plan import MARGIN_BYTES, Item, amount, check_space, told

SIZES = st.just(0) | st.integers(0, 10**11)
ITEMS = st.lists(st.builds(Item, st.text("abc", min_size=1), SIZES, SIZES), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (483_546_902, "483.5 MB"), (999_949_000, "999.9 MB"),
     (999_960_000, "1.0 GB"), (5_000_000_000, "5.0 GB"), (10**13, "10.0 TB"), (10**19, "10000.0 PB")],
)  # fmt: skip
def test_bytes_for_people(size, words):
    assert amount(size) == words


@given(st.integers(1000, 10**17))
def test_amounts_are_right_to_a_tenth(size):
    number, unit = amount(size).split()
    factor = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15}[unit]
    assert abs(float(number) * factor - size) <= 0.0501 * factor + 1


@given(ITEMS, st.integers(0, 10**12))
def test_space_is_enough_exactly_when_the_sum_and_the_margin_fit(items, free):
    fetch = sum(item.fetch for item in items)
    lacks = fetch + MARGIN_BYTES - free
    if lacks <= 0 or not fetch:
        check_space(items, free, "/models")
        return
    with pytest.raises(SetupError, match="/models") as error:
        check_space(items, free, "/models")
    assert f"Free {amount(lacks)} " in error.value.fix


@given(ITEMS, st.integers(0, 10**12))
def test_the_plan_names_every_model_and_the_sum(items, free):
    *lines, last = told(items, "https://hub", free).splitlines()
    assert len(lines) == len(items)
    for line, item in zip(lines, items, strict=True):
        assert item.name in line
    assert last.startswith(f"To fetch: {amount(sum(item.fetch for item in items))} from https://hub;")
    assert last.endswith(f"free disk: {amount(free)}")


def test_what_is_here_is_said():
    text = told([Item("a", 0, 5), Item("b", 7, 5), Item("c", 7, 0)], "hub", 9)
    assert "a  5 B, here already" in text
    assert "b  7 B (5 B more are here)" in text
    assert "c  7 B\n" in text
