"""Moves that add to the order, ask about it, or end it."""

from __future__ import annotations

import random

from app.bench.dialogue.moves import (
    MAX_QUANTITY,
    Act,
    Asked,
    Move,
    Needs,
    State,
    World,
    any_food,
    any_item,
    asked,
    counted,
    may_join,
    money,
    new_lines,
    quantity,
    room,
)
from app.bench.dialogue.order import Change, Line, Lines

COUNTS = ((1, 2, 3, 4), (0.47, 0.3, 0.16, 0.07))
"""How many items callers order at once, and how often."""


def _single(lines: Lines) -> Line | None:
    return lines[0] if len(lines) == 1 else None


def add(world: World, state: State, rng: random.Random) -> Move | None:
    """One to four things at once."""
    count = min(rng.choices(*COUNTS)[0], room(state.cart))
    lines = new_lines(world, state.cart, count, rng) if count > 0 else ()
    if not lines:
        return None
    slots = {"items": asked(world, lines, rng), "said": counted(world, lines)}
    return Move("add", "add", slots, change=Change(add=lines), last=_single(lines))


def restated(world: World, state: State, rng: random.Random) -> Move | None:
    """ "Two cokes, no, three cokes": said wrong, then right, in one breath."""
    move = add(world, state, rng)
    if move is None or move.last is None:
        return None
    item = move.last.item if rng.random() < 0.5 else any_item(world, rng)
    wrong = Line(item, quantity(rng))
    if wrong == move.last:
        return None
    slots = {"wrong": asked(world, (wrong,), rng), "right": counted(world, (move.last,)), "said": move.slots["said"]}
    return Move("restated", "add", slots, change=move.change, last=move.last)


def add_partly(world: World, state: State, rng: random.Random) -> Move | None:
    """Something of ours and something that we have not."""
    move = add(world, state, rng)
    if move is None or len(move.change.add) > 2:
        return None
    slots = {**move.slots, "unknown": any_food(world, rng)}
    return Move("add_partly", "add_partly", slots, asked=Asked.NOTHING, change=move.change)


def more(world: World, state: State, rng: random.Random) -> Move | None:
    """More of something, mostly of what is ordered already."""
    known = state.cart and rng.random() < 0.8
    item = rng.choice(state.cart.lines).item if known else any_item(world, rng)
    line = Line(item, rng.choices((1, 2, 3, 4), (0.6, 0.25, 0.1, 0.05))[0])
    fits = known or (room(state.cart) > 0 and may_join(world, state.cart.keys(), item))
    if not fits or state.cart.quantity(item) + line.quantity > MAX_QUANTITY:
        return None
    slots = {
        "more": world.language.more(item, line.quantity, rng),
        "said": world.language.counted_more(item, line.quantity),
    }
    return Move("more", "add", slots, change=Change(add=(line,)))


def more_last(world: World, state: State, rng: random.Random) -> Move | None:
    """ "Another one": of what was just ordered; "the same again" only where that was one."""
    if state.last is None or state.last.quantity != 1 or state.cart.quantity(state.last.item) != 1:
        return None
    line = Line(state.last.item, 1)
    return Move("more_last", "add", {"said": world.language.counted_more(line.item, 1)}, change=Change(add=(line,)))


def repeat(world: World, state: State, rng: random.Random) -> Move | None:
    """What has been ordered?"""
    if not state.cart:
        return Move("repeat", "repeat_empty")
    return Move("repeat", "repeat", {"cart": counted(world, state.cart.lines)}, asked=Asked.RIGHT, reads=True)


def done(world: World, state: State, rng: random.Random) -> Move | None:
    """That is all; a no to "anything else?" says so too."""
    act = "no" if state.asked is Asked.MORE and rng.random() < 0.4 else "done"
    if not state.cart:
        return Move(act, "no_nothing", asked=Asked.NOTHING) if act == "no" else Move(act, "done_empty")
    slots = {"cart": counted(world, state.cart.lines)}
    return Move(act, "done", slots, asked=Asked.NOTHING, done=True, reads=True, needs=Needs.CART, blind="done_blind")


def pay(world: World, state: State, rng: random.Random) -> Move | None:
    """The bill."""
    if not state.cart:
        return Move("pay", "done_empty")
    slots = {"total": money(world, state.cart.total())}
    return Move("pay", "pay", slots, asked=Asked.NOTHING, done=True, needs=Needs.TOTAL, blind="pay_blind")


def total(world: World, state: State, rng: random.Random) -> Move | None:
    """How much is it so far?"""
    if not state.cart:
        return Move("total", "done_empty")
    return Move("total", "total", {"total": money(world, state.cart.total())}, needs=Needs.TOTAL, blind="total_blind")


ACTS: dict[str, tuple[float, Act]] = {
    "add": (34, add),
    "restated": (1.5, restated),
    "add_partly": (2, add_partly),
    "more": (4, more),
    "more_last": (1.5, more_last),
    "repeat": (4, repeat),
    "done": (5, done),
    "pay": (1.5, pay),
    "total": (2, total),
}
"""Each move and how often it is tried."""
