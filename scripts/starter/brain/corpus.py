"""Training examples without end, each by its number: a dialogue, a way of asking, faulty ears. Pure, seeded."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from app.bench.dialogue.generate import Dialogue, Turn, about_the_last, aloud, dialogue, lone_turn, training_world
from app.bench.dialogue.menu import load_menu, strange_menu
from app.bench.dialogue.moves import Needs, World
from app.bench.dialogue.noise import Ears, Rates, heard, load_ears
from app.bench.dialogue.patterns import Pool
from app.bench.dialogue.phrases import load_held_out, load_phrases
from app.bench.dialogue.prompts import Scene, any_scene, cart_told, drill_scene, right_answer
from app.bench.texts.sentences import plain
from scripts.starter.brain.listening import Pairs
from scripts.starter.brain.mishearings import Faults, learned
from scripts.starter.brain.things import things

SEED = "training"
CLEAN, REAL = 0.3, 0.4
"""Dialogues heard without a fault, so that clean text is not the exception; and those with the faults of our own ears.
The others' faults are made up: of them there is no end, and other ears have others."""
WHOLE = 0.5
"""Examples that end with the dialogue, the longest history there is."""
DRILLED, DRILLED_STILL = 15_000, 0.4
"""Of the first examples nearly all, later a share of them, are one or two turns with the order told: short, and full of
items to be copied. What copies them is learned in minutes so, and serves everything else. With a tenth of drills later,
and those taken from dialogues, three of four wrong orders were a line of a long order read wrongly."""
DRILLS = {
    "add": 7,
    "add_partly": 3,
    "order_not": 1,
    "restated": 1,
    "more": 1,
    "repeat": 3,
    "done": 2,
    "pay": 1.5,
    "total": 2,
    "remove": 3,
    "remove_some": 1,
    "set": 1.5,
    "swap": 5,
    "both": 2,
    "clear": 1,
}
"""What is drilled, and how often."""
ABOUT_LAST = 0.15
"""Of the drills, those of two turns, of which the second is about what the first ordered."""
STRANGE, STRANGE_THINGS = 0.25, 12
"""Of the drills, those about an order of things that no menu has: they can only be copied from the order that is told,
never guessed from what goes with what."""
STRANGE_DRILLS = {"repeat": 3, "done": 1, "remove": 2, "remove_some": 1, "set": 1, "swap": 2}
PRUNED = 0.15
"""Examples whose first turns have left the window; only where the order is told."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message of an example."""

    role: str
    text: str
    taught: bool = False
    """The model learns to say it."""


Example = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What examples are made from."""

    world: World
    ears: Ears
    rates: Rates
    faults: Faults

    def example(self, number: int) -> Example:
        """The example of a number."""
        rng = random.Random(f"{SEED}:{number}")
        scene, turns = any_scene(self.world, rng), dialogue(self.world, f"{SEED}:{number}")
        if rng.random() < max(DRILLED_STILL, 1 - number / DRILLED):
            scene, turns = drill_scene(self.world), self._drill(rng)
        else:
            turns = _part(turns, scene, rng)
        hear = self._hearing(rng)
        parts = [Part("system", scene.prompt)]
        for turn in turns:
            if scene.cart and turn is turns[-1]:
                parts.append(Part("system", cart_told(self.world, turn.before, total=scene.total)))
            parts.append(Part("user", hear(turn.user)))
            parts.append(Part("assistant", right_answer(scene, turn), _taught(scene, turn, last=turn is turns[-1])))
        return tuple(parts)

    def _hearing(self, rng: random.Random) -> Callable[[str], str]:
        """How a dialogue's caller is heard."""
        dice, language = rng.random(), self.world.menu.language
        if dice < CLEAN:
            return str
        if dice < CLEAN + REAL:
            return lambda text: self.faults.sentence(plain(aloud(text, language), language), rng)
        return lambda text: heard(text, self.ears, rng, self.rates)

    def _drill(self, rng: random.Random) -> Dialogue:
        dice = rng.random()
        if dice < ABOUT_LAST:
            return about_the_last(self.world, rng)
        if dice < ABOUT_LAST + STRANGE:
            menu = strange_menu(self.world.menu, STRANGE_THINGS, rng)
            return (lone_turn(replace(self.world, menu=menu), STRANGE_DRILLS, rng),)
        return (lone_turn(self.world, DRILLS, rng),)

    def examples(self, start: int = 0) -> Iterator[Example]:
        """All examples from `start` on."""
        return map(self.example, count(start))


def load_corpus(menu: Path, pairs: Pairs = ()) -> Corpus:
    """The corpus for a menu's language, with what its ears made of what was said. Raises `OSError`, `ValueError`."""
    items = load_menu(menu)
    phrases = load_phrases(items.language)
    known = tuple(phrases.foods.seen)
    held = frozenset(name.removeprefix("a ").removeprefix("an ") for name in phrases.foods.unseen)
    others = things(items, held)
    # As often ours, which are like what the menu has, as the dictionary's.
    foods = Pool((*known, *others, *(known * (len(others) // len(known)))))
    world = training_world(items, replace(phrases, foods=foods), load_held_out(items.language))
    return Corpus(world, load_ears(items), Rates(), learned(pairs))


def _part(turns: Dialogue, scene: Scene, rng: random.Random) -> Dialogue:
    """What of a dialogue is shown: to its end or to any turn, at times without its beginning."""
    end = len(turns) if rng.random() < WHOLE else rng.randint(1, len(turns))
    start = rng.randint(0, max(0, end - 2)) if scene.cart and rng.random() < PRUNED else 0
    return turns[start:end]


def _taught(scene: Scene, turn: Turn, *, last: bool) -> bool:
    """Answers of the past that need what only the last turn is told are shown, not taught."""
    return last or not scene.cart or turn.needs is Needs.NOTHING
