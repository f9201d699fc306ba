from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from app.bench.dialogue.phrases import load_held_out
from scripts.starter.brain.corpus import DRILLED, load_corpus
from tests.support.packages import needing_packages

MENU = Path(__file__).parents[3] / "models/starter/menu.toml"


@pytest.fixture(scope="module")
def corpus():
    return needing_packages(lambda: load_corpus(MENU))


@pytest.fixture(scope="module")
def examples(corpus):
    return list(islice(corpus.examples(DRILLED), 400))


def test_a_number_makes_one_example(corpus, examples):
    assert corpus.example(DRILLED + 7) == examples[7]
    assert list(islice(corpus.examples(DRILLED + 5), 2)) == examples[5:7]


def test_the_first_are_short_with_the_order_told(corpus, examples):
    turn, told = ("user", "assistant"), ("system", "user", "assistant")
    drills = Counter(tuple(part.role for part in corpus.example(number)) for number in range(100))
    assert drills.keys() == {("system", *told), ("system", *turn, *told)}
    assert drills["system", *told] > 70
    assert sum(len(example) > 4 for example in examples) > 150


def test_an_example_is_a_conversation(examples):
    for example in examples:
        roles = [part.role for part in example]
        assert roles[0] == "system"
        assert roles[-1] == "assistant"
        told = [at for at, role in enumerate(roles[1:], 1) if role == "system"]
        assert told in ([], [len(roles) - 3])
        assert "".join(role[0] for role in roles[1:] if role != "system") == "ua" * ((len(roles) - 1) // 2)


def test_answers_are_taught_and_nothing_else(examples):
    assert all(part.role == "assistant" for example in examples for part in example if part.taught)
    assert all(example[-1].taught for example in examples)
    shown = sum(part.role == "assistant" and not part.taught for example in examples for part in example)
    assert 0 < shown < len(examples)


def test_training_holds_no_evaluation(corpus):
    assert corpus.world.unseen == 0
    assert corpus.world.apart == load_held_out("en").pairs


def test_some_orders_are_of_things_that_no_menu_has(corpus):
    names = {name for item in corpus.world.menu.items for name in (item.name, item.plural)}
    told = [corpus.example(number)[-3].text.removeprefix("Order so far: ").split(". Total")[0] for number in range(300)]
    things = [line.partition(" ")[2] for order in told if order != "nothing." for line in order.split(", ")]
    strange = sum(thing not in names for thing in things)
    assert 0.15 < strange / len(things) < 0.45
