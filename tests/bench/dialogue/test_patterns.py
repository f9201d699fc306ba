import random

import pytest

from app.bench.dialogue.patterns import Pool, choose, divide, fill, slots_of


def test_every_alternative_is_chosen():
    texts = {choose("(a|b(c|d)|) {x}", random.Random(seed)) for seed in range(60)}
    assert texts == {"a {x}", "bc {x}", "bd {x}", " {x}"}


def test_slots_are_filled():
    assert fill("{x}, {Y} and {y}", {"x": "one", "y": "two"}) == "one, Two and two"
    assert slots_of("{x} and {Y}") == {"x", "Y"}
    with pytest.raises(KeyError):
        fill("{z}", {"x": "one"})


def test_what_is_held_out_is_picked_only_when_asked():
    pool = divide(["a", "b", "c"], frozenset({"b"}))
    assert pool == Pool(["a", "c"], ["b"])
    assert {pool.pick(random.Random(seed)) for seed in range(30)} == {("a", False), ("c", False)}
    assert pool.pick(random.Random(1), unseen=1.0) == ("b", True)
    assert Pool(["a"]).pick(random.Random(1), unseen=1.0) == ("a", False)
    with pytest.raises(ValueError, match="held out"):
        divide(["a"], frozenset({"a"}))
