"""Word errors."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.score import Errors, Figure, aligned, missed, word_errors

words = st.lists(st.sampled_from(["a", "b", "c", "soup"]), max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("two soups please", "two soups please", 0),
        ("two soups please", "two soup please", 1),
        ("two soups please", "soups please", 1),
        ("two soups", "two hot soups please", 2),
        ("", "you", 1),
        ("yes", "", 1),
    ],
)
def test_known_errors(said, heard, wrong):
    assert word_errors(said, heard) == Errors(wrong, len(said.split()))


@given(words, words)
def test_errors_are_a_distance(one, two):
    there = word_errors(one, two).wrong
    assert there == word_errors(two, one).wrong
    assert (there == 0) == (one == two)
    assert there <= max(len(one.split()), len(two.split()))


@given(words, words, words)
def test_no_way_round_is_shorter(one, two, three):
    assert word_errors(one, three).wrong <= word_errors(one, two).wrong + word_errors(two, three).wrong


@given(words, words)
def test_missed_words_are_no_more_than_the_errors(said, heard):
    kept = frozenset({"soup"})
    found = missed(said, heard, kept)
    assert found.words == said.split().count("soup")
    assert found.wrong <= word_errors(said, heard).wrong


@given(words, words)
def test_aligned_words_are_the_same_and_in_order(one, two):
    said, heard = one.split(), two.split()
    pairs = aligned(said, heard)
    assert all(said[i] == heard[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
    assert len(aligned(said, said)) == len(said)


def test_errors_add_up():
    assert (Errors(1, 4) + Errors(2, 6)).rate == 30.0
    assert Errors().rate == 0.0


@pytest.mark.parametrize(
    ("value", "bar", "least", "met"),
    [
        (3.0, 3.0, False, True),
        (3.1, 3.0, False, False),
        (90.0, 90.0, True, True),
        (89.0, 90.0, True, False),
        (9.0, None, False, True),
    ],
)
def test_a_figure_knows_its_bar(value, bar, least, met):
    assert Figure("f", value, "%", 1, bar, least).met is met
