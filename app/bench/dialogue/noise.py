"""What ears do to a sentence: words confused, dropped, doubled, cut off. A pure function of the words and a seed.

Nothing is lost that the order needs: only words without meaning are dropped, and what is confused still sounds alike.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.bench.dialogue.menu import Menu
from app.bench.dialogue.phrases import DATA

VOWELS = "aeiouıöü"
SOUNDS = {"c": "k", "k": "c", "s": "z", "z": "s", "t": "d", "d": "t", "p": "b", "b": "p", "m": "n", "f": "v", "v": "f"}
"""Letters that ears take for each other."""
EDITED_FROM = 5
"""Letters that a word must have to be misspelt: of shorter ones too little is left."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each fault happens, from 0 to 1."""

    clean: float = 0.45
    """Sentences without any fault."""
    confuse: float = 0.07
    """Of the words that are known to be confused."""
    misspell: float = 0.025
    flip: float = 0.05
    """Of the menu's words: one for several, several for one."""
    drop: float = 0.08
    """Of the words without meaning."""
    double: float = 0.015
    filler: float = 0.03
    """Before each word."""
    cut: float = 0.06
    """Of the sentences: the first word lost or half lost."""
    restart: float = 0.05
    """Of the sentences: begun twice."""


@dataclass(frozen=True)
class Ears:
    """What a language's ears confuse."""

    words: Mapping[str, Sequence[str]]
    fillers: Sequence[str]
    droppable: frozenset[str]
    flipped: frozenset[str]
    """Words that may lose or gain a plural's s."""


Fault = Callable[[Sequence[str], random.Random], Sequence[str]]


@cache
def load_ears(menu: Menu) -> Ears:
    """From the package's own file for the menu's language. Raises `OSError` for a language without one."""
    data = tomllib.loads((DATA / f"{menu.language}_noise.toml").read_text("utf-8"))
    names = {word for item in menu.items for name in (item.name, item.plural) for word in name.split()[-1:]}
    flipped = frozenset(names) if data["flips"] else frozenset()
    return Ears(data["words"], data["fillers"], frozenset(data["droppable"]), flipped)


def heard(text: str, ears: Ears, rng: random.Random, rates: Rates) -> str:
    """`text` with the faults of ears; of a word something is always left."""
    if not text.split() or rng.random() < rates.clean:
        return text
    words = [_faulty(word, ears, rng, rates) for word in _kept(text.split(), ears, rng, rates)]
    words = _with_fillers(words, ears, rng, rates)
    if rng.random() < rates.cut:
        words = _cut(words, ears, rng)
    if rng.random() < rates.restart:
        words = [*words[: rng.randint(1, 2)], *words]
    return " ".join(words)


def _kept(words: Sequence[str], ears: Ears, rng: random.Random, rates: Rates) -> list[str]:
    kept = [word for word in words if word.lower() not in ears.droppable or rng.random() >= rates.drop]
    return kept or list(words)


def _faulty(word: str, ears: Ears, rng: random.Random, rates: Rates) -> str:
    if word in ears.words and rng.random() < rates.confuse:
        return rng.choice(ears.words[word])
    if word in ears.flipped and rng.random() < rates.flip:
        return word[:-1] if word.endswith("s") else f"{word}s"
    if len(word) >= EDITED_FROM and rng.random() < rates.misspell:
        return misspelt(word, rng)
    return f"{word} {word}" if rng.random() < rates.double else word


def misspelt(word: str, rng: random.Random) -> str:
    """`word` with one letter, not the first, taken for another of its kind, doubled or lost."""
    at = rng.randrange(1, len(word))
    letter = word[at]
    if letter in VOWELS:
        return word[:at] + rng.choice(VOWELS) + word[at + 1 :]
    other = rng.choice((SOUNDS.get(letter, letter * 2), letter * 2, ""))
    return word[:at] + other + word[at + 1 :]


def _with_fillers(words: Sequence[str], ears: Ears, rng: random.Random, rates: Rates) -> list[str]:
    return [w for word in words for w in ([rng.choice(ears.fillers), word] if rng.random() < rates.filler else [word])]


def _cut(words: list[str], ears: Ears, rng: random.Random) -> list[str]:
    """Without the first word when it has no meaning, else without its first letter when enough is left."""
    first, *rest = words
    if rest and re.sub(r"\W", "", first.lower()) in ears.droppable:
        return rest
    return [first[1:], *rest] if len(first) >= EDITED_FROM else words
