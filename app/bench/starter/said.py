"""What a starter voice is made to say: sentences held out by name, and some that the starter ears know the words of."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice

from app.bench.dialogue.generate import dialogues, training_world
from app.bench.dialogue.menu import load_menu
from app.bench.dialogue.phrases import load_held_out, load_phrases
from app.bench.texts import sentences

KNOWN = 60
"""Sentences from the ears' own templates; training of the voice leaves just these out."""
_SEED = 20


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence; `known` where the ears were trained on its words."""

    text: str
    known: bool


@cache
def unseen(language: str) -> tuple[Said, ...]:
    """Everything that evaluation says; what is held out by name comes first."""
    table = tomllib.loads(files("app.bench").joinpath("held_out.toml").read_text("utf-8"))["voice"]
    named = table["sentences" if language == "en" else f"sentences_{language}"]
    return (*(Said(text, known=False) for text in named), *(Said(f"{text}.", known=True) for text in _known(language)))


def _known(language: str) -> list[str]:
    rng = random.Random(_SEED)
    if language == "en":
        grammar = sentences.training()
        return [grammar.sentence(rng) for _ in range(KNOWN)]
    menu = load_menu(sentences.STARTER / language / "menu.toml")
    world = training_world(menu, load_phrases(language), load_held_out(language))
    turns = (turn.user for dialogue in dialogues(world, f"heard {_SEED}") for turn in dialogue)
    return list(islice((text for text in turns if len(text.split()) > 1), KNOWN))
