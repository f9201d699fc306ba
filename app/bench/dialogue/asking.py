"""Moves that ask about the menu, and the answers to what the waiter asked."""

from __future__ import annotations

import random
from collections.abc import Sequence

from app.bench.dialogue.menu import ALLERGENS, Item
from app.bench.dialogue.moves import (
    MAX_QUANTITY,
    Act,
    Asked,
    Move,
    State,
    World,
    any_food,
    any_item,
    may_join,
    quantity,
    room,
    slots_about,
)
from app.bench.dialogue.order import NOTHING, Change, Line

NAMES = 4
"""How many items the waiter names at once."""


def _about(world: World, state: State, rng: random.Random) -> Item:
    """Mostly anything, at times what was ordered or offered."""
    known = [line.item for line in state.cart.lines] + ([state.offer] if state.offer else [])
    return rng.choice(known) if known and rng.random() < 0.25 else any_item(world, rng)


def _offering(act: str, answer: str, item: Item, slots: dict[str, str]) -> Move:
    return Move(act, answer, slots, asked=Asked.OFFER, offer=item)


def _slots(world: World, item: Item) -> dict[str, str]:
    slots = slots_about(world, item)
    return {**slots, "bare": slots["item"], "contents": item.contents}


def price(world: World, state: State, rng: random.Random) -> Move | None:
    """How much is it?"""
    item = _about(world, state, rng)
    return _offering("price", "price", item, _slots(world, item))


def contents(world: World, state: State, rng: random.Random) -> Move | None:
    """What is in it?"""
    item = _about(world, state, rng)
    return _offering("contents", "contents", item, _slots(world, item))


def vegetarian(world: World, state: State, rng: random.Random) -> Move | None:
    """Is it vegetarian?"""
    item = _about(world, state, rng)
    if item.vegetarian:
        return _offering("vegetarian", "vegetarian_yes", item, _slots(world, item))
    return Move("vegetarian", "vegetarian_no", _slots(world, item))


def spicy(world: World, state: State, rng: random.Random) -> Move | None:
    """Is it spicy?"""
    hot = [item for item in world.menu.items if item.spicy]
    item = rng.choice(hot) if rng.random() < 0.3 else _about(world, state, rng)
    return _offering("spicy", "spicy_yes" if item.spicy else "spicy_no", item, _slots(world, item))


def _allergen_slots(world: World, allergen: str) -> dict[str, str]:
    name, with_article, bare = world.phrases.allergens[allergen]
    return {"allergen": name, "a_allergen": with_article, "allergen_bare": bare}


def allergen(world: World, state: State, rng: random.Random) -> Move | None:
    """Does it contain this?"""
    item, what = _about(world, state, rng), rng.choice(ALLERGENS)
    if what in item.allergens:
        return Move("allergen", "allergen_yes", {**_slots(world, item), **_allergen_slots(world, what)})
    return _offering("allergen", "allergen_no", item, {**_slots(world, item), **_allergen_slots(world, what)})


def allergens(world: World, state: State, rng: random.Random) -> Move | None:
    """Which allergens are in it?"""
    item = _about(world, state, rng)
    names = [world.phrases.allergens[what][0] for what in item.allergens]
    if not names:
        return _offering("allergens", "allergens_none", item, _slots(world, item))
    slots = {**_slots(world, item), "allergens": world.language.joined(names)}
    return _offering("allergens", "allergens_some", item, slots)


def allergic(world: World, state: State, rng: random.Random) -> Move | None:
    """A caller who is allergic to something."""
    return Move("allergic", "allergic", _allergen_slots(world, rng.choice(ALLERGENS)), asked=Asked.NOTHING)


def have(world: World, state: State, rng: random.Random) -> Move | None:
    """Do you have this? We have."""
    item = _about(world, state, rng)
    return _offering("have", "have", item, _slots(world, item))


def _unknown(act: str, world: World, rng: random.Random) -> Move:
    food = any_food(world, rng)
    slots = {"unknown": food, "unknown_bare": food.removeprefix("a ").removeprefix("an ")}
    return Move(act, "have_not", slots, asked=Asked.MENU)


def have_not(world: World, state: State, rng: random.Random) -> Move | None:
    """Do you have this? We have not."""
    return _unknown("have_not", world, rng)


def order_not(world: World, state: State, rng: random.Random) -> Move | None:
    """An order for what we have not."""
    return _unknown("order_not", world, rng)


def _named(world: World, items: Sequence[Item]) -> str:
    """The first few of the items, and that there are others."""
    others = [world.phrases.words["others"][0]] if len(items) > NAMES else []
    return world.language.joined([item.name for item in items[:NAMES]] + others)


def section(world: World, state: State, rng: random.Random) -> Move | None:
    """What drinks do you have?"""
    name = rng.choice(list(world.menu.sections))
    slots = {
        "section": rng.choice(world.phrases.section_names[name]),
        "one_of": world.phrases.sections[name],
        "names": _named(world, world.menu.sections[name]),
    }
    return Move("section", "section", slots)


def menu(world: World, state: State, rng: random.Random) -> Move | None:
    """What is there?"""
    return Move("menu", "menu")


def recommend(world: World, state: State, rng: random.Random) -> Move | None:
    """What do you recommend? One thing, the same to everybody: the first of the main dishes."""
    item = world.menu.sections[_main_section(world)][0]
    return _offering("recommend", "recommend", item, _slots(world, item))


def _main_section(world: World) -> str:
    return world.phrases.words["main_section"][0]


def recommend_section(world: World, state: State, rng: random.Random) -> Move | None:
    """Which dessert do you recommend? The first."""
    name = rng.choice(list(world.menu.sections))
    item = world.menu.sections[name][0]
    slots = {**_slots(world, item), "one_of": world.phrases.sections[name]}
    return _offering("recommend_section", "recommend", item, slots)


def vegetarian_options(world: World, state: State, rng: random.Random) -> Move | None:
    """What is there without meat?"""
    dishes = [items[0] for items in world.menu.sections.values() if items[0].vegetarian]
    return Move("vegetarian_options", "vegetarian_options", {"names": _named(world, dishes)})


def yes(world: World, state: State, rng: random.Random) -> Move | None:
    """Yes to whatever was asked."""
    if state.asked is Asked.OFFER and state.offer is not None:
        return _taken("yes", world, state, Line(state.offer, 1))
    if state.asked is Asked.RIGHT:
        return Move("right", "right", asked=Asked.NOTHING, done=True)
    if state.asked is Asked.MENU:
        return Move("yes", "menu_yes")
    return Move("yes", "yes") if state.asked is Asked.MORE else None


def yes_count(world: World, state: State, rng: random.Random) -> Move | None:
    """ "Two please", to "would you like one?"."""
    if state.asked is not Asked.OFFER or state.offer is None:
        return None
    return _taken("yes_count", world, state, Line(state.offer, quantity(rng)))


def _taken(act: str, world: World, state: State, line: Line) -> Move | None:
    known = state.cart.quantity(line.item)
    fits = known or (room(state.cart) > 0 and may_join(world, state.cart.keys(), line.item))
    if not fits or known + line.quantity > MAX_QUANTITY:
        return None
    slots = {"n": world.language.number(line.quantity), "said": world.language.counted(line.item, line.quantity)}
    return Move(act, "add", slots, change=Change(add=(line,)), last=line)


def no(world: World, state: State, rng: random.Random) -> Move | None:
    """No to whatever was asked; to "anything else?" it is the end of ordering, planned there."""
    if state.asked is Asked.RIGHT:
        return Move("wrong", "wrong", asked=Asked.NOTHING, change=NOTHING)
    if state.asked in (Asked.OFFER, Asked.MENU):
        return Move("no", "no_offer")
    return None


ACTS: dict[str, tuple[float, Act]] = {
    "price": (4, price),
    "contents": (3, contents),
    "vegetarian": (1.5, vegetarian),
    "spicy": (1, spicy),
    "allergen": (3, allergen),
    "allergens": (1, allergens),
    "allergic": (0.7, allergic),
    "have": (2.5, have),
    "have_not": (2.5, have_not),
    "order_not": (3, order_not),
    "section": (3, section),
    "menu": (1.2, menu),
    "recommend": (1.2, recommend),
    "recommend_section": (1.2, recommend_section),
    "vegetarian_options": (0.7, vegetarian_options),
    "yes": (7, yes),
    "yes_count": (4, yes_count),
    "no": (3, no),
}
"""Each move and how often it is tried."""
