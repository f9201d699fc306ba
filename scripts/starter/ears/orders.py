"""What callers say to the starter brain, as far as the ears may learn it: both must know the same words."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from app.bench.dialogue.generate import aloud, dialogue, training_world
from app.bench.dialogue.menu import load_menu
from app.bench.dialogue.phrases import load_held_out, load_phrases
from app.bench.starter.parts import MENU, folder
from app.bench.texts.sentences import held_out, plain, training

_SLOT = re.compile(r"\{\w+\}")
_WORDS = 2
"""Words of its own that a template has at least, by which it is known among all that callers say."""


def orders(rng: random.Random, language: str) -> Iterator[str]:
    """Callers' turns without end, in none of which is what the ears are held out from."""
    menu = load_menu(folder(language) / MENU)
    world = training_world(menu, load_phrases(language), load_held_out(language))
    held = holds_back(language)
    while True:
        for turn in dialogue(world, f"ears:{rng.random()}"):
            text = plain(aloud(turn.user, language), language)
            if text and not held(text):
                yield text


def holds_back(language: str) -> Callable[[str], bool]:
    """Whether a text, wherever it comes from, is one that is held out."""
    grammar, held = training(language), [_matching(each) for each in held_out(language).templates if _known(each)]
    return lambda text: grammar.joins(text) or any(pattern.fullmatch(text) for pattern in held)


def _known(template: str) -> bool:
    return len(_SLOT.sub(" ", template).split()) >= _WORDS


def _matching(template: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, _SLOT.split(template))))
