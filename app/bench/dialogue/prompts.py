"""A dialogue as the messages a model reads: in plain words or in the kiosk's JSON, with the order told or not.

The kiosk's JSON, one object a turn: `{"say": "Sure, two cokes. Anything else?", "add": {"coke": 2}, "done": false}`.
`add`, `remove` and `set` map names of the menu to numbers (`set`: the new number of what is ordered already, 0 where
none is wanted any more), `clear` is true when the whole order is cancelled; each is left out where it is empty. `done`:
the caller has finished.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.bench.dialogue.generate import Turn
from app.bench.dialogue.moves import Needs, World, counted, money
from app.bench.dialogue.order import Cart, Change, Lines
from app.interfaces import Message


@dataclass(frozen=True, slots=True)
class Scene:
    """How a model is asked."""

    prompt: str
    json: bool = False
    """Answers are the kiosk's JSON."""
    cart: bool = False
    """The order so far is told in a system message before the last turn."""
    total: bool = False
    """And its price."""

    def tells(self, needs: Needs) -> bool:
        """Whether the model is told what an answer needs."""
        return {Needs.NOTHING: True, Needs.CART: self.cart, Needs.TOTAL: self.cart and self.total}[needs]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn of the history."""

    user: str
    answer: str


def any_scene(world: World, rng: random.Random) -> Scene:
    """One of all the ways of asking, the usual prompt most often."""
    prompts = world.phrases.prompts
    cart, total = rng.random() < 0.75, rng.random() < 0.7
    if rng.random() < 0.25:
        return Scene(rng.choice(prompts.json), json=True, cart=cart, total=total)
    usual = rng.random() < 0.6
    return Scene(prompts.usual if usual else rng.choice(prompts.plain), cart=cart, total=total)


def drill_scene(world: World) -> Scene:
    """The usual prompt, and everything told."""
    return Scene(world.phrases.prompts.usual, cart=True, total=True)


def messages(world: World, scene: Scene, history: Iterable[Exchange], cart: Cart, user: str) -> tuple[Message, ...]:
    """What the model reads before it answers `user`."""
    past = [m for turn in history for m in (Message("user", turn.user), Message("assistant", turn.answer))]
    told = [Message("system", cart_told(world, cart, total=scene.total))] if scene.cart else []
    return (Message("system", scene.prompt), *past, *told, Message("user", user))


def cart_told(world: World, cart: Cart, *, total: bool) -> str:
    """The order so far, as the prompt tells it."""
    prompts = world.phrases.prompts
    if not cart:
        return prompts.empty_cart
    text = prompts.cart.format(cart=counted(world, cart.lines))
    return f"{text} {prompts.total.format(total=money(world, cart.total()))}" if total else text


def right_answer(scene: Scene, turn: Turn) -> str:
    """What the model should answer."""
    say = turn.answer if scene.tells(turn.needs) else turn.blind
    return as_json(say, turn.change, done=turn.done) if scene.json else say


def as_json(say: str, change: Change, *, done: bool) -> str:
    """A turn's answer as the kiosk reads it."""
    lists = {"add": change.add, "remove": change.remove, "set": change.set}
    fields: dict[str, object] = {"say": say}
    fields |= {name: _numbers(lines) for name, lines in lists.items() if lines}
    if change.clear:
        fields["clear"] = True
    return json.dumps({**fields, "done": done}, ensure_ascii=False)


def _numbers(lines: Lines) -> dict[str, int]:
    return {line.item.name: line.quantity for line in lines}


def exchanges(scene: Scene, turns: Sequence[Turn]) -> tuple[Exchange, ...]:
    """A history of right answers."""
    return tuple(Exchange(turn.user, right_answer(scene, turn)) for turn in turns)
