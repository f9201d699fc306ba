import random

import pytest

from app.bench.dialogue.menu import parse_menu, strange_menu

ITEM = """
[[item]]
key = "coke"
name = "coke"
plural = "cokes"
price = 3
contents = "cola"
allergens = []
category = "drinks"
"""
HEAD = 'language = "en"\ncurrency = "dollars"\n'


def test_the_demo_menu_is_whole(menu):
    assert len(menu.items) == 45
    assert menu.by_key["diet_coke"].plural == "diet cokes"
    assert menu.by_name["turkish coffee"].price == 3
    assert [item.name for item in menu.sections["soups"]] == ["lentil soup", "tomato soup", "chicken soup"]
    assert all(item.name == item.name.lower() and item.price > 0 and item.contents for item in menu.items)


def test_no_name_stands_for_two_items(any_world):
    names = [name for item in any_world.menu.items for name in {item.name, item.plural, *item.also}]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("seed", range(20))
def test_strange_things_are_not_on_the_menu_but_made_of_its_words(any_world, seed):
    menu = any_world.menu
    strange = strange_menu(menu, 12, random.Random(seed))
    names = {item.name for item in strange.items}
    assert len(names) == 12
    assert not names & {item.name for item in menu.items}
    assert {word for name in names for word in name.split()} <= {w for i in menu.items for w in i.name.split()}
    assert all(len(item.plural.split()) == len(item.name.split()) for item in strange.items)
    assert not any(item.also for item in strange.items)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEAD + ITEM + ITEM, "two items with the key"),
        (HEAD + ITEM + ITEM.replace('key = "coke"', 'key = "cola"'), "two items with the name"),
        (HEAD + ITEM.replace("[]", '["wood"]'), "unknown allergens"),
    ],
)
def test_a_faulty_menu_is_refused(text, fault):
    with pytest.raises(ValueError, match=fault):
        parse_menu(text)
