"""Things of the dictionary: nothing that the menu has, nothing that is held out, nothing in a language without it."""

import random
from dataclasses import replace

import pytest

from app.bench.dialogue.menu import load_menu
from app.bench.dialogue.patterns import choose
from app.bench.texts.sentences import STARTER
from app.errors import SetupError
from scripts.starter.brain import things
from tests.support.packages import needing_packages


@pytest.fixture(scope="module")
def menu():
    return load_menu(STARTER / "menu.toml")


@pytest.fixture(scope="module")
def found(menu):
    return needing_packages(lambda: things.things(menu, frozenset({"goulash"})))


def test_nothing_is_on_the_menu_or_held_out(menu, found):
    rng = random.Random(1)
    said = [f" {choose(pattern, rng)} " for pattern in found]
    names = {f" {name} " for item in menu.items for name in (item.name, item.plural, *item.also)} | {" goulash "}
    assert len(said) > 2_000
    assert not any(name in text for text in said for name in names)


def test_an_article_is_what_it_must_be(found):
    assert "(an |)omelet" in found
    assert "(a |)pretzel" in found


def test_other_languages_have_none(menu):
    assert things.things(replace(menu, language="tr"), frozenset()) == ()


def test_without_the_dictionary_it_says_what_to_install(menu, monkeypatch, tmp_path):
    monkeypatch.setattr(things, "_NOUNS", tmp_path / "nothing")
    with pytest.raises(SetupError, match="WordNet") as error:
        things.things(menu, frozenset())
    assert "wordnet-base" in error.value.fix
