"""What is said in one language, read from its two TOML files and divided into what training may see and what not."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app.bench.dialogue.patterns import Pool, divide

DATA = Path(__file__).parent / "data"
HELD_OUT = Path(__file__).parent.parent / "held_out.toml"

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What training never sees, by name."""

    templates: frozenset[str] = frozenset()
    """Patterns of what callers say."""
    pairs: frozenset[frozenset[str]] = frozenset()
    """Keys of two items that never stand in one order."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """How the waiter is told what it is, and what has been ordered."""

    usual: str
    plain: Sequence[str]
    json: Sequence[str]
    """Those that ask for the kiosk's JSON."""
    cart: str
    empty_cart: str
    total: str
    money: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """All patterns of a language."""

    prompts: Prompts
    user: Mapping[str, Pool]
    """What callers say, by act."""
    answer: Words
    """What the waiter says."""
    words: Words
    """What fills slots, and the marks by which an answer's meaning is found."""
    sections: Mapping[str, str]
    """One thing of each of the menu's sections."""
    section_names: Words
    allergens: Words
    """Of each allergen: its name, with an article, and as in "there is no milk"."""
    foods: Pool
    """Patterns of things that are not on the menu."""
    asides: Pool
    """Questions and statements about anything else."""


def parse_held_out(text: str, language: str) -> HeldOut:
    """A language's dialogues in the file of all that is held out."""
    table = tomllib.loads(text).get("dialogue", {}).get(language, {})
    pairs = (frozenset(pair) for pair in table.get("pairs", ()))
    return HeldOut(frozenset(table.get("templates", ())), frozenset(pairs))


def parse_phrases(main: str, aside: str, held_out: HeldOut) -> Phrases:
    """From the texts of a language's two files. Raises `ValueError`, `KeyError` for what is missing."""
    data: dict[str, Any] = tomllib.loads(main)
    other: dict[str, Any] = tomllib.loads(aside)
    return Phrases(
        prompts=Prompts(**data["prompts"]),
        user={act: divide(patterns, held_out.templates) for act, patterns in data["user"].items()},
        answer=data["answer"],
        words={**data["words"], **other["words"]},
        sections=data["sections"],
        section_names=data["section_names"],
        allergens=data["allergens"],
        foods=Pool(other["foods"], other["unseen_foods"]),
        asides=Pool(other["asides"], other["unseen_asides"]),
    )


@cache
def load_held_out(language: str) -> HeldOut:
    """From the package's own file. Raises `OSError`."""
    return parse_held_out(HELD_OUT.read_text("utf-8"), language)


@cache
def load_phrases(language: str) -> Phrases:
    """From the package's own files. Raises `OSError` for a language without them."""
    main, aside = ((DATA / f"{language}{suffix}.toml").read_text("utf-8") for suffix in ("", "_aside"))
    return parse_phrases(main, aside, load_held_out(language))
