import random

import pytest

from app.bench.dialogue.english import English

ENGLISH = English()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "zero"),
        (12, "twelve"),
        (20, "twenty"),
        (34, "thirty four"),
        (100, "one hundred"),
        (215, "two hundred fifteen"),
    ],
)
def test_numbers_are_words(value, words):
    assert ENGLISH.number(value) == words


def test_no_number_is_guessed():
    with pytest.raises(ValueError, match="beyond"):
        ENGLISH.number(100_000)
    assert len({ENGLISH.number(value) for value in range(1200)}) == 1200


def test_items_are_counted(menu):
    coke, fries = menu.by_key["coke"], menu.by_key["french_fries"]
    assert ENGLISH.counted(coke, 1) == "one coke"
    assert ENGLISH.counted(coke, 2) == "two cokes"
    assert ENGLISH.counted_more(coke, 2) == "two more cokes"
    assert ENGLISH.counted(fries, 2) == "two french fries"
    assert ENGLISH.forms(fries, 1)["is"] == "are"
    assert ENGLISH.forms(menu.by_key["iced_tea"], 1)["a"] == "an iced tea"
    assert ENGLISH.forms(coke, 2)["the"] == "the cokes"


def test_lists_are_joined():
    assert ENGLISH.joined(["a"]) == "a"
    assert ENGLISH.joined(["a", "b", "c"]) == "a, b and c"
    assert ENGLISH.strung(["a"], random.Random(1)) == "a"
    assert "," not in ENGLISH.strung(["a", "b", "c"], random.Random(1))


@pytest.mark.parametrize("quantity", [1, 2, 3, 10])
def test_what_callers_ask_for_names_the_item(menu, quantity):
    for seed in range(200):
        rng = random.Random(seed)
        item = rng.choice(menu.items)
        names = (item.name, item.plural, *item.also)
        for text in (ENGLISH.asked(item, quantity, rng), ENGLISH.more(item, quantity, rng)):
            assert any(name in text for name in names)


def test_a_sentence_begins_with_a_capital():
    assert ENGLISH.capital("two Cokes") == "Two Cokes"
    assert ENGLISH.capital("") == ""
