import random
import re

import pytest

from app.bench.dialogue.generate import ACTS
from app.bench.dialogue.patterns import choose
from app.bench.dialogue.phrases import HELD_OUT, load_held_out, load_phrases, parse_held_out, parse_phrases


@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_held_out_template_is_one_that_callers_use(language):
    pools = load_phrases(language).user.values()
    unseen = {pattern for pool in pools for pattern in pool.unseen}
    assert unseen == load_held_out(language).templates
    assert not unseen & {pattern for pool in pools for pattern in pool.seen}


def texts(pattern):
    """All that `pattern` stands for, whatever fills its slots."""
    if not (group := re.search(r"\(([^()]*)\)", pattern)):
        return {" ".join(re.sub(r"\{\w+\}", "{}", pattern).split())}
    before, behind = pattern[: group.start()], pattern[group.end() :]
    return set().union(*(texts(f"{before}{each}{behind}") for each in group[1].split("|")))


@pytest.mark.parametrize("language", ["en", "tr"])
def test_what_is_held_out_is_not_said_in_other_patterns_of_its_act(language):
    for act, pool in load_phrases(language).user.items():
        seen, unseen = (set().union(*map(texts, patterns)) for patterns in (pool.seen, pool.unseen))
        assert not seen & unseen, act


def test_every_held_out_pair_is_on_the_menu(any_world):
    pairs = load_held_out(any_world.menu.language).pairs
    assert len(pairs) >= 30
    assert all(len(pair) == 2 and pair <= set(any_world.menu.by_key) for pair in pairs)


def test_nothing_held_out_is_nothing():
    assert parse_held_out("", "en").templates == frozenset()
    assert HELD_OUT.name == "held_out.toml"


def test_every_section_and_allergen_has_words(any_world):
    menu, phrases = any_world.menu, any_world.phrases
    assert set(menu.sections) == set(phrases.sections) == set(phrases.section_names)
    assert set(phrases.allergens) == {"nuts", "milk", "gluten", "egg", "fish"}
    assert set(ACTS) <= {*phrases.user, "aside", "unclear", "no"}


def test_a_language_without_phrases_is_refused():
    with pytest.raises(OSError, match="xx"):
        load_phrases("xx")
    with pytest.raises(KeyError):
        parse_phrases("", "", load_held_out("en"))


def test_what_we_have_not_is_not_on_the_menu(any_world):
    rng, foods = random.Random(1), any_world.phrases.foods
    named = {choose(pattern, rng) for pattern in (*foods.seen, *foods.unseen) for _ in range(100)}
    sold = {name for item in any_world.menu.items for name in (item.name, *item.also)}
    assert not {name.removeprefix("a ").removeprefix("an ") for name in named} & sold
