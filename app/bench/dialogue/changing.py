"""Moves that take back or change what was ordered."""

from __future__ import annotations

import random

from app.bench.dialogue.language import Language
from app.bench.dialogue.menu import Item
from app.bench.dialogue.moves import (
    Act,
    Move,
    State,
    World,
    any_item,
    counted,
    may_join,
    quantity,
    room,
)
from app.bench.dialogue.order import Cart, Change, Line


def remove(world: World, state: State, rng: random.Random) -> Move | None:
    """All of one item, or of one that was never ordered."""
    if rng.random() < (0.12 if state.cart else 0.25):
        item = rng.choice([item for item in world.menu.items if not state.cart.quantity(item)])
        return Move("remove", "remove_not", _naming(world.language, item, rng.choice((1, 2)), rng))
    if not state.cart:
        return None
    line = rng.choice(state.cart.lines)
    slots = {**_naming(world.language, line.item, line.quantity, rng), **_given_up(world, line)}
    return Move("remove", "remove", slots, change=Change(set=(Line(line.item, 0),)))


def remove_some(world: World, state: State, rng: random.Random) -> Move | None:
    """So many of one item; that may be all."""
    if not state.cart:
        return None
    line = rng.choice(state.cart.lines)
    less = Line(line.item, rng.randint(1, min(3, line.quantity)))
    slots = dict.fromkeys(("count", "removed"), counted(world, (less,)))
    return Move("remove_some", "remove_some", slots, change=Change(remove=(less,)))


def remove_last(world: World, state: State, rng: random.Random) -> Move | None:
    """ "Cancel that": what was just ordered."""
    if state.last is None or state.cart.quantity(state.last.item) != state.last.quantity:
        return None
    slots = _given_up(world, state.last)
    return Move("remove_last", "remove", slots, change=Change(set=(Line(state.last.item, 0),)))


def set_last(world: World, state: State, rng: random.Random) -> Move | None:
    """ "Make it three": what was just ordered."""
    if state.last is None or state.cart.quantity(state.last.item) != state.last.quantity:
        return None
    return _set("set_last", world, state.last, rng)


def set_any(world: World, state: State, rng: random.Random) -> Move | None:
    """ "Three cokes, not two"."""
    return _set("set", world, rng.choice(state.cart.lines), rng) if state.cart else None


def _set(act: str, world: World, old: Line, rng: random.Random) -> Move | None:
    new = Line(old.item, quantity(rng))
    if new.quantity == old.quantity:
        return None
    number = world.language.number
    slots = {
        **world.language.forms(new.item, old.quantity),
        "n": number(new.quantity),
        "old_n": number(old.quantity),
        "count": counted(world, (new,)),
        "said": counted(world, (new,)),
    }
    return Move(act, "set", slots, change=Change(set=(new,)))


def swap(world: World, state: State, rng: random.Random) -> Move | None:
    """Something else instead of something ordered."""
    return _swap("swap", world, state.cart, rng.choice(state.cart.lines), rng) if state.cart else None


def swap_last(world: World, state: State, rng: random.Random) -> Move | None:
    """ "Sorry, I meant": something else instead of what was just ordered."""
    if state.last is None or state.cart.quantity(state.last.item) != state.last.quantity:
        return None
    return _swap("swap_last", world, state.cart, state.last, rng)


def both(world: World, state: State, rng: random.Random) -> Move | None:
    """Something more and something less in one sentence."""
    if not state.cart or room(state.cart) == 0:
        return None
    return _swap("both", world, state.cart, rng.choice(state.cart.lines), rng)


def _swap(act: str, world: World, cart: Cart, old: Line, rng: random.Random) -> Move | None:
    item = any_item(world, rng)
    if cart.quantity(item) or not may_join(world, cart.keys(), item):
        return None
    new = Line(item, old.quantity if act == "swap" else quantity(rng))
    language = world.language
    forms = language.forms(old.item, old.quantity)
    slots = {
        **{f"old_{name}": text for name, text in forms.items()},
        **{f"new_{name}": text for name, text in language.forms(item, new.quantity).items()},
        "old": forms["the"],
        "old_bare": _bare(language, old.item, old.quantity),
        "new": _instead(language, new, rng) if act == "swap" else language.asked(new.item, new.quantity, rng),
        "new_count": counted(world, (new,)),
        "said": counted(world, (new,)),
        **_given_up(world, old),
    }
    answer, last = "both" if act == "both" else "swap", new if act == "swap_last" else None
    return Move(act, answer, slots, change=Change(add=(new,), set=(Line(old.item, 0),)), last=last)


def _given_up(world: World, line: Line) -> dict[str, str]:
    """A whole line, by its name or with its number."""
    return {"gone": line.item.plural, "removed": counted(world, (line,))}


def _instead(language: Language, new: Line, rng: random.Random) -> str:
    """What callers want in the place of as many of something else: the number goes without saying, at times."""
    if new.quantity > 1 and rng.random() < 0.3:
        return language.forms(new.item, new.quantity)["plural"]
    return language.asked(new.item, new.quantity, rng)


def _bare(language: Language, item: Item, count: int) -> str:
    forms = language.forms(item, count)
    return forms["item"] if count == 1 else forms["plural"]


def _naming(language: Language, item: Item, count: int, rng: random.Random) -> dict[str, str]:
    """The slots of a whole line: callers are not always right about whether it is one or several."""
    spoken = count if rng.random() < 0.85 else 3 - min(count, 2)
    return {**language.forms(item, spoken), "bare": _bare(language, item, spoken)}


def clear(world: World, state: State, rng: random.Random) -> Move | None:
    """Everything is cancelled."""
    return Move("clear", "clear", change=Change(clear=True)) if state.cart else None


ACTS: dict[str, tuple[float, Act]] = {
    "remove": (6, remove),
    "remove_some": (2.5, remove_some),
    "remove_last": (2, remove_last),
    "set_last": (3, set_last),
    "set": (3, set_any),
    "swap": (5, swap),
    "swap_last": (2.5, swap_last),
    "both": (1.5, both),
    "clear": (1, clear),
}
"""Each move and how often it is tried."""
