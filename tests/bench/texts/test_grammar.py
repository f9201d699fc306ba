"""Templates to sentences."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.texts.grammar import Choices, Grammar

SLOTS = {
    "food": Choices.of(["soup *3", "apple pie", "one pot dish"]),
    "order": Choices.of(["a {food}", "a {food} and a {food}"]),
}
GROUPS = {"order": Choices.of(["{order} please", "i want {order}"]), "reply": Choices.of(["yes *2", "no"])}
GRAMMAR = Grammar(GROUPS, {"order": 1.0, "reply": 1.0}, SLOTS)


def test_weights_follow_the_text():
    assert Choices.of(["yes *2", "no"]) == Choices(("yes", "no"), (2.0, 1.0))


def test_some_choices_can_be_kept_apart():
    choices = Choices.of(["a", "b *2", "c"])
    assert choices.without(["b"]) == Choices(("a", "c"), (1.0, 1.0))
    assert choices.only(["b", "never there"]) == Choices(("b",), (2.0,))


@given(st.integers())
def test_every_slot_is_filled(seed):
    text = GRAMMAR.sentence(random.Random(seed))
    assert "{" not in text
    assert set(text.split()) <= GRAMMAR.words() | {"an"}


@given(st.integers())
def test_the_same_seed_says_the_same(seed):
    assert GRAMMAR.sentence(random.Random(seed)) == GRAMMAR.sentence(random.Random(seed))


@pytest.mark.parametrize(
    ("template", "text"),
    [("a apple pie", "an apple pie"), ("a one pot dish", "a one pot dish"), ("a soup", "a soup")],
)
def test_articles_fit_what_follows(template, text):
    assert GRAMMAR.fill(template, random.Random(0)) == text


@given(st.integers())
def test_pairs_that_are_held_apart_never_meet(seed):
    apart = Grammar(GROUPS, {"order": 1.0}, SLOTS, apart=[("soup", "apple pie")])
    text = apart.sentence(random.Random(seed))
    assert not ("soup" in text and "apple pie" in text)


@given(st.integers())
def test_pairs_can_be_asked_for(seed):
    together = Grammar(GROUPS, {"order": 1.0}, SLOTS, apart=[("soup", "apple pie")], together=True)
    text = together.sentence(random.Random(seed))
    assert "soup" in text
    assert "apple pie" in text


def test_a_group_without_templates_is_never_drawn():
    grammar = Grammar({**GROUPS, "order": Choices.of([])}, {"order": 9.0, "reply": 1.0}, SLOTS)
    assert {grammar.sentence(random.Random(seed)) for seed in range(20)} == {"yes", "no"}
