"""People stop where they say they do."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.calls.phrases import load_phrases
from app.bench.calls.places import ELSEWHERE, FILLER, LIKELY, PLACES, REPEAT, place, with_stops

ENGLISH = load_phrases("en")
WORDS = ["i", "want", "a", "the", "two", "five", "b", "x", "and", "pizza", "green", "salad", "because", "with"]


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ("b", "x", "in a spelling"),
        ("five", "two", "in a number"),
        ("and", "a", "after a conjunction"),
        ("pizza", "and", "before a conjunction"),
        ("the", "salad", "after a determiner"),
        ("want", "pizza", "before a content word"),
        ("to", "the", ELSEWHERE),
        ("green", "salad", ELSEWHERE),
    ],
)
def test_a_place_is_named_by_the_words_around_it(before, after, where):
    assert place(before, after, ENGLISH) == where


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=14), st.integers(0, 4), st.integers(0, 999))
def test_what_is_said_is_kept_and_stops_lie_within(words, count, seed):
    said, stops = with_stops(words, ENGLISH, count, random.Random(seed))
    rest = iter(said)
    assert all(word in rest for word in words)
    assert len(stops) <= count
    assert [stop.after for stop in stops] == sorted({stop.after for stop in stops})
    assert all(stop.after < len(said) - 1 and stop.place in PLACES for stop in stops)
    for stop in stops:
        if stop.place == REPEAT:
            assert said[stop.after] == said[stop.after + 1]
        elif stop.place == FILLER:
            assert any(" ".join(said[: stop.after + 1]).endswith(text) for text in ENGLISH.fillers.texts)
        else:
            assert stop.place == place(said[stop.after], said[stop.after + 1], ENGLISH)


def test_one_word_has_no_place_to_stop():
    assert with_stops(["yes"], ENGLISH, 3, random.Random(1)) == (("yes",), ())


def test_all_places_are_used():
    rng = random.Random(2)
    found = {
        stop.place for _ in range(400) for stop in with_stops([rng.choice(WORDS) for _ in range(9)], ENGLISH, 3, rng)[1]
    }
    assert found == set(PLACES) > set(LIKELY)
