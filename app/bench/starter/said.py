"""What a starter voice is made to say: sentences held out by name, and some that the starter ears know the words of."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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
    rng, grammar, found = random.Random(_SEED), sentences.training(language), dict[str, None]()
    while len(found) < KNOWN:
        found[grammar.sentence(rng)] = None
    return list(found)
