import random

from hypothesis import given
from hypothesis import strategies as st

from scripts.starter.brain.mishearings import learned

WORDS = st.lists(st.sampled_from(["put", "me", "down", "for", "two", "black", "teas"]), min_size=1, max_size=6).map(
    " ".join
)


@given(st.lists(WORDS), st.integers())
def test_what_was_always_heard_well_is_heard_well(said, seed):
    faults = learned((text, text) for text in said)
    assert all(faults.sentence(text, random.Random(seed)) == text for text in said)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1), WORDS, st.integers())
def test_something_is_always_left_and_nothing_comes_from_nowhere(pairs, text, seed):
    heard = learned(pairs).sentence(text, random.Random(seed))
    assert heard
    assert set(heard.split()) <= set(text.split()) | {word for _, other in pairs for word in other.split()}


def test_faults_come_as_often_as_they_did():
    pairs = [("two black teas", "two black teas")] * 60 + [("two black teas", "to black tease")] * 40
    faults, rng = learned(pairs), random.Random(1)
    heard = [faults.sentence("two black teas", rng) for _ in range(2_000)]
    assert 0.3 < sum("to " in text for text in heard) / 2_000 < 0.45
    assert 0.3 < sum("tease" in text for text in heard) / 2_000 < 0.45
    both = sum(text == "to black tease" for text in heard) / 2_000
    assert both > 0.25, "they come together, in the same sentences"


def test_phrases_are_misheard_as_a_whole():
    faults = learned([("put me down", "thought me about")] * 50)
    rng = random.Random(2)
    assert "thought me about" in {faults.sentence("put me down", rng) for _ in range(50)}


def test_added_words_come_behind_the_word_that_they_came_behind():
    faults = learned([("a coke", "a coke um")] * 50 + [("tea", "a tea")] * 50)
    rng = random.Random(3)
    assert {faults.sentence("coke", rng) for _ in range(200)} == {"coke", "coke um"}
    assert {faults.sentence("tea", rng) for _ in range(200)} == {"tea", "a tea"}
