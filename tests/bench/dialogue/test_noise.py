import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.dialogue.noise import Rates, heard, load_ears, misspelt

TEXT = "can i have two cokes and a lasagna please"


@pytest.fixture(scope="module")
def ears(menu):
    return load_ears(menu)


def test_clean_is_clean(ears):
    assert heard(TEXT, ears, random.Random(1), Rates(clean=1.0)) == TEXT


def test_a_seed_makes_one_text(ears):
    texts = [heard(TEXT, ears, random.Random(seed), Rates()) for seed in range(200)]
    assert texts == [heard(TEXT, ears, random.Random(seed), Rates()) for seed in range(200)]
    assert 0.4 < sum(text == TEXT for text in texts) / len(texts) < 0.75


def test_what_is_ordered_is_never_lost(ears):
    rates = Rates(clean=0.0, confuse=0.0, misspell=0.0, flip=0.0, drop=0.9, cut=1.0, restart=0.5, filler=0.3)
    for seed in range(300):
        text = heard(TEXT, ears, random.Random(seed), rates)
        assert all(word in text for word in ("two", "cokes", "lasagna"))


@pytest.mark.parametrize("field", ["confuse", "misspell", "flip", "drop", "double", "filler", "cut", "restart"])
def test_every_fault_happens(ears, field):
    none = dict.fromkeys(("clean", "confuse", "misspell", "flip", "drop", "double", "filler", "cut", "restart"), 0.0)
    rates = Rates(**{**none, field: 0.5})
    assert any(heard(TEXT, ears, random.Random(seed), rates) != TEXT for seed in range(30))


@settings(deadline=None)  # a loaded machine is no fault
@given(st.text(max_size=40), st.integers())
def test_any_text_is_heard(menu, text, seed):
    said = text.strip()
    assert heard(said, load_ears(menu), random.Random(seed), Rates(clean=0.0)) or not said


@settings(deadline=None)  # a loaded machine is no fault
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=12), st.integers())
def test_a_misspelt_word_keeps_its_beginning(word, seed):
    text = misspelt(word, random.Random(seed))
    assert text[0] == word[0]
    assert abs(len(text) - len(word)) <= 1
