"""Holds dialogues with a model, its own answers as the history, and scores what it says."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.bench.dialogue.generate import Dialogue, Turn, dialogues, unseen_world
from app.bench.dialogue.menu import Menu
from app.bench.dialogue.moves import World
from app.bench.dialogue.phrases import load_held_out, load_phrases
from app.bench.dialogue.prompts import Exchange, Scene, messages
from app.bench.dialogue.score import Score, read_json, score
from app.bench.dialogue.spoken import Reader
from app.interfaces import Message

SEED = "evaluation"
"""Of dialogues that training, whose seeds are others, never sees."""
UNSEEN = 0.25
"""How often held-out patterns and pairs are used where there is a choice."""

Reply = Callable[[Sequence[Message]], str]
"""A model: the whole prompt to its answer."""
Hear = Callable[[str], str]
"""Ears: what was said to what was heard."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One turn as it went, for reports."""

    scene: Scene
    turn: Turn
    user: str
    answer: str
    score: Score


def scenes(world: World) -> dict[str, Scene]:
    """The ways in which a model is asked, by name: `told` is the one the bars are measured in."""
    prompts = world.phrases.prompts
    return {
        "told": Scene(prompts.usual, cart=True, total=True),
        "history": Scene(prompts.usual),
        "json": Scene(prompts.json[0], json=True, cart=True, total=True),
    }


def evaluation_world(menu: Menu) -> World:
    """The world in which a model is measured. Raises `OSError` for a language without phrases."""
    return unseen_world(menu, load_phrases(menu.language), load_held_out(menu.language), UNSEEN)


def evaluation(world: World, count: int) -> Sequence[Dialogue]:
    """The first `count` dialogues of the evaluation."""
    return list(islice(dialogues(world, SEED), count))


def hold(world: World, scene: Scene, talks: Sequence[Dialogue], reply: Reply, hear: Hear) -> Iterator[Heard]:
    """Every turn of every dialogue, answered by `reply` from the conversation as it really went."""
    reader = Reader(world)
    for talk in talks:
        history: list[Exchange] = []
        for turn in talk:
            user = hear(turn.user)
            answer = reply(messages(world, scene, history, turn.before, user)).strip()
            expected = _expected(world, scene, turn, history)
            yield Heard(scene, turn, user, answer, score(world, reader, scene, expected, answer))
            history.append(Exchange(user, answer))


def _expected(world: World, scene: Scene, turn: Turn, history: Sequence[Exchange]) -> Turn:
    """The turn; what is said again must be what was really said before."""
    if turn.act != "again" or not history:
        return turn
    said = history[-1].answer
    if scene.json and (kiosk := read_json(world, said)):
        said = kiosk.say
    return replace(turn, answers=(said,), blind=said)


def hearing(noise: Callable[[str, random.Random], str], seed: str) -> Hear:
    """Ears that make the faults of `noise`, the same ones each time."""
    rng = random.Random(seed)
    return lambda text: noise(text, rng)


def as_line(heard: Heard) -> str:
    """A turn as a line of JSON, for reading what went wrong."""
    fields = {"act": heard.turn.act, "user": heard.user, "meant": heard.turn.user, "answer": heard.answer}
    return json.dumps({**fields, "right": heard.score.right, "expected": heard.turn.answer}, ensure_ascii=False)
