"""What planning a turn takes and gives: the world, where the conversation stands, and the next move."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from app.bench.dialogue.language import Language
from app.bench.dialogue.menu import Item, Menu
from app.bench.dialogue.order import EMPTY, NOTHING, Cart, Change, Line, Lines
from app.bench.dialogue.patterns import choose
from app.bench.dialogue.phrases import Phrases

MAX_LINES = 6
"""Items in one order."""
MAX_QUANTITY = 20
QUANTITIES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
LIKELY = (0.46, 0.2, 0.1, 0.07, 0.05, 0.04, 0.02, 0.02, 0.02, 0.02)
"""How often callers order so many of a thing."""


@dataclass(frozen=True)
class World:
    """What does not change within a dialogue."""

    menu: Menu
    language: Language
    phrases: Phrases
    apart: frozenset[frozenset[str]] = frozenset()
    """Pairs of items that no order holds: those that training never sees."""
    wanted: tuple[tuple[str, str], ...] = ()
    """The same pairs, where they are asked for."""
    unseen: float = 0.0
    """How often a caller speaks in held-out patterns and orders held-out pairs."""


class Asked(Enum):
    """What the waiter's last question was about: what a mere yes or no answers."""

    MORE = "more"
    OFFER = "offer"
    RIGHT = "right"
    MENU = "menu"
    NOTHING = "nothing"


class Needs(Enum):
    """What the waiter must have been told to give an answer."""

    NOTHING = 0
    CART = 1
    TOTAL = 2


@dataclass(frozen=True, slots=True)
class State:
    """Where a conversation stands."""

    cart: Cart = EMPTY
    last: Line | None = None
    """What "make it three" is about: the single line that the last turn ordered."""
    asked: Asked = Asked.NOTHING
    offer: Item | None = None
    """What "would you like one?" was about."""
    said: str | None = None
    """The waiter's last words; empty when they depend on what the waiter was told."""


@dataclass(frozen=True, slots=True)
class Move:
    """A turn, before it is put into words."""

    act: str
    """Which patterns the caller speaks in."""
    answer: str
    """Which ones the waiter answers in."""
    slots: Mapping[str, str] = field(default_factory=dict)
    asked: Asked = Asked.MORE
    change: Change = NOTHING
    last: Line | None = None
    offer: Item | None = None
    done: bool = False
    """The caller has finished ordering."""
    reads: bool = False
    """The answer reads the whole order back."""
    needs: Needs = Needs.NOTHING
    blind: str = ""
    """Which patterns the waiter answers in when it was not told what the answer needs."""


Act = Callable[[World, State, random.Random], Move | None]
"""Plans a move; None where it makes no sense now."""


def any_item(world: World, rng: random.Random) -> Item:
    """Any item of the menu."""
    return rng.choice(world.menu.items)


def any_food(world: World, rng: random.Random) -> str:
    """Anything that is not on the menu."""
    pattern, _ = world.phrases.foods.pick(rng, world.unseen)
    return choose(pattern, rng)


def quantity(rng: random.Random) -> int:
    """How many of a thing a caller orders."""
    return rng.choices(QUANTITIES, LIKELY)[0]


def may_join(world: World, keys: frozenset[str], item: Item) -> bool:
    """Whether an order of `keys` may hold `item` too."""
    return not any(item.key in pair and pair & keys for pair in world.apart)


def new_lines(world: World, cart: Cart, count: int, rng: random.Random) -> Lines:
    """Up to `count` lines that the order may take, of different items."""
    items: list[Item] = []
    if world.wanted and rng.random() < world.unseen and len(cart.lines) + 2 <= MAX_LINES:
        items = [world.menu.by_key[key] for key in rng.choice(world.wanted)]
    while len(items) < count:
        item = any_item(world, rng)
        if item not in items and may_join(world, cart.keys() | {i.key for i in items}, item):
            items.append(item)
    lines = [Line(item, quantity(rng)) for item in items]
    return tuple(line for line in lines if cart.quantity(line.item) + line.quantity <= MAX_QUANTITY)


def room(cart: Cart) -> int:
    """How many more lines the order may take."""
    return MAX_LINES - len(cart.lines)


def counted(world: World, lines: Lines) -> str:
    """Lines as they are told, or taken: without an "and", before which one must know that only one more comes."""
    return ", ".join(world.language.counted(line.item, line.quantity) for line in lines)


def asked(world: World, lines: Lines, rng: random.Random) -> str:
    """Lines as callers say them."""
    return world.language.strung([world.language.asked(line.item, line.quantity, rng) for line in lines], rng)


def money(world: World, amount: int) -> str:
    """An amount of the menu's currency, in words."""
    return world.phrases.prompts.money.format(number=world.language.number(amount), currency=world.menu.currency)


def slots_about(world: World, item: Item, count: int = 1) -> dict[str, str]:
    """What patterns about one item need."""
    return {**world.language.forms(item, count), "price": money(world, item.price)}
