"""The demo restaurant's menu."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

ALLERGENS = ("nuts", "milk", "gluten", "egg", "fish")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be ordered."""

    key: str
    name: str
    """As spoken, lower case."""
    plural: str
    price: int
    """Whole units of the menu's currency."""
    contents: str
    allergens: tuple[str, ...]
    """Of `ALLERGENS`."""
    category: str
    vegetarian: bool = False
    spicy: bool = False
    compound: bool = False
    """Turkish: the name ends with a possessive suffix."""
    also: tuple[str, ...] = ()
    """Other names that callers use."""


@dataclass(frozen=True)
class Menu:
    """All items, in the menu's order."""

    language: str
    """ISO 639-1."""
    currency: str
    """As spoken after a number."""
    items: tuple[Item, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Item]:
        """Each item by its key."""
        return {item.key: item for item in self.items}

    @cached_property
    def by_name(self) -> Mapping[str, Item]:
        """Each item by its name, as the kiosk's JSON spells it."""
        return {item.name: item for item in self.items}

    @cached_property
    def sections(self) -> Mapping[str, tuple[Item, ...]]:
        """The items of each category."""
        names = dict.fromkeys(item.category for item in self.items)
        return {name: tuple(item for item in self.items if item.category == name) for name in names}


def parse_menu(text: str) -> Menu:
    """A menu from TOML. Raises `ValueError` for a key, name or allergen that is wrong or there twice."""
    data = tomllib.loads(text)
    items = tuple(_item(entry) for entry in data["item"])
    for field in ("key", "name"):
        values = [getattr(item, field) for item in items]
        if twice := {value for value in values if values.count(value) > 1}:
            raise ValueError(f"the menu has two items with the {field} {sorted(twice)}")
    if unknown := {allergen for item in items for allergen in item.allergens} - set(ALLERGENS):
        raise ValueError(f"the menu names unknown allergens: {sorted(unknown)}")
    return Menu(data["language"], data["currency"], items)


def load_menu(path: Path) -> Menu:
    """The menu in a file. Raises `OSError`, `ValueError`."""
    return parse_menu(path.read_text("utf-8"))


def strange_menu(menu: Menu, count: int, rng: random.Random) -> Menu:
    """`count` things that `menu` does not have, of its words: the first ones of one, the last one of another."""
    items: dict[str, Item] = {}
    while len(items) < count:
        first, last = rng.choice(menu.items), rng.choice(menu.items)
        begin, end = first.name.rpartition(" ")[0] or first.name, last.name.split()[-1]
        name = f"{begin} {end}"
        if begin != end and name not in menu.by_name:
            plural = f"{begin} {last.plural.split()[-1]}"
            items[name] = replace(last, key=name, name=name, plural=plural, price=first.price, also=())
    return replace(menu, items=tuple(items.values()))


def _item(entry: Mapping[str, Any]) -> Item:
    lists = {name: tuple(entry.get(name, ())) for name in ("allergens", "also")}
    return Item(**{**entry, **lists})
