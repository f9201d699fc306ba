"""Whether an answer is right: items and quantities, length, JSON. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from app.bench.dialogue.generate import Turn
from app.bench.dialogue.moves import World
from app.bench.dialogue.order import Cart, Change, Line, Lines
from app.bench.dialogue.prompts import Scene
from app.bench.dialogue.spoken import Reader

MAX_SENTENCES = 2
_END = re.compile(r"[.!?]+(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Score:
    """What is to be said about one answer."""

    act: str
    orders: bool
    """Whether the turn is about items and quantities."""
    right: bool
    sentences: int
    json: bool | None
    """Whether it is the kiosk's JSON; None where plain words were asked for."""
    unseen: bool
    """The caller spoke in a pattern, or ordered a pair, that training never saw."""


def sentences(text: str) -> int:
    """How many sentences a text has."""
    text = text.strip()
    ends = [match.end() for match in _END.finditer(text)]
    return len(ends) + (text != "" and (not ends or ends[-1] < len(text)))


def same(a: Lines, b: Lines) -> bool:
    """Whether two lists hold the same items in the same numbers, in any order."""
    return sorted(map(_key, a)) == sorted(map(_key, b))


def _key(line: Line) -> tuple[str, int]:
    return line.item.key, line.quantity


def same_change(before: Cart, a: Change, b: Change) -> bool:
    """Whether two changes of an order are the same one: to take two of two away is to want none any more."""
    return _whole(before, a) == _whole(before, b)


def _whole(before: Cart, change: Change) -> Change:
    """The same in an order of its own, where what is taken away whole is given the number 0."""
    gone = [line for line in change.remove if line.quantity == before.quantity(line.item)]
    left = [line for line in change.remove if line not in gone]
    new = [*change.set, *(Line(line.item, 0) for line in gone)]
    add, remove, numbered = (tuple(sorted(lines, key=_key)) for lines in (change.add, left, new))
    return Change(add, remove, numbered, change.clear)


def score(world: World, reader: Reader, scene: Scene, turn: Turn, answer: str) -> Score:
    """What is to be said about `answer`, given what the turn meant and how it was asked."""
    told = scene.tells(turn.needs)
    orders = bool(turn.change) or (turn.reads and told)
    say, valid, right = answer, None, True
    if scene.json:
        kiosk = read_json(world, answer)
        valid = kiosk is not None
        say, right = ("", False) if kiosk is None else (kiosk.say, _does(kiosk, turn))
    right = right and (_ordered(reader, turn, say) if orders else say in (turn.answers if told else (turn.blind,)))
    pair = any(pair <= turn.before.after(turn.change).keys() for pair in map(frozenset, world.wanted))
    return Score(turn.act, orders, right, sentences(say), valid, turn.unseen or (orders and pair))


def _does(kiosk: Kiosk, turn: Turn) -> bool:
    return same_change(turn.before, kiosk.change, turn.change) and kiosk.done == turn.done


def _ordered(reader: Reader, turn: Turn, say: str) -> bool:
    meaning = reader.read(say)
    if turn.change:
        return same_change(turn.before, meaning.change, turn.change)
    return meaning.cart is not None and same(meaning.cart, turn.before.lines)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What the kiosk reads from one answer."""

    say: str
    change: Change
    done: bool


def read_json(world: World, answer: str) -> Kiosk | None:
    """The kiosk's JSON; None for anything else: no JSON, a field of another type, an item that is not on the menu."""
    try:
        data: Any = json.loads(answer)
        least = {"add": 1, "remove": 1, "set": 0}
        lists = {name: _lines(world, data.get(name, {}), number) for name, number in least.items()}
        known = set(data) <= {"say", "add", "remove", "set", "clear", "done"}
        kiosk = Kiosk(data["say"], Change(**lists, clear=data.get("clear", False)), data["done"])
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    typed = isinstance(kiosk.say, str) and isinstance(kiosk.done, bool) and isinstance(kiosk.change.clear, bool)
    return kiosk if known and typed else None


def _lines(world: World, numbers: dict[str, int], least: int) -> Lines:
    if not all(type(number) is int and number >= least for number in numbers.values()):
        raise TypeError("a quantity is no number, or too small")
    return tuple(Line(world.menu.by_name[name], number) for name, number in numbers.items())
