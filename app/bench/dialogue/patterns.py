"""Texts with alternatives and slots: "(can|may) i have {items}( please|)"."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_GROUP = re.compile(r"\(([^()]*)\)")
_SLOT = re.compile(r"\{(\w+)\}")


def choose(pattern: str, rng: random.Random) -> str:
    """One of the texts that a pattern with alternatives stands for; the innermost are chosen first."""
    while group := _GROUP.search(pattern):
        pattern = pattern[: group.start()] + rng.choice(group[1].split("|")) + pattern[group.end() :]
    return pattern


def fill(text: str, slots: Mapping[str, str], capital: Callable[[str], str] = str.capitalize) -> str:
    """`text` with its slots filled; a slot spelled with a capital letter gets one by `capital`. Raises `KeyError`."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return slots[name] if name in slots else capital(slots[name[:1].lower() + name[1:]])

    return _SLOT.sub(value, text)


def slots_of(pattern: str) -> frozenset[str]:
    """The names of all slots."""
    return frozenset(_SLOT.findall(pattern))


@dataclass(frozen=True, slots=True)
class Pool:
    """Patterns for one purpose: those that training may see, and those held out by name."""

    seen: Sequence[str]
    unseen: Sequence[str] = ()

    def pick(self, rng: random.Random, unseen: float = 0.0) -> tuple[str, bool]:
        """A pattern and whether it is one that training never saw, which it is with the probability `unseen`."""
        if self.unseen and rng.random() < unseen:
            return rng.choice(self.unseen), True
        return rng.choice(self.seen), False


def divide(patterns: Sequence[str], held_out: frozenset[str]) -> Pool:
    """A pool of `patterns`. Raises `ValueError` when nothing is left for training."""
    seen = [pattern for pattern in patterns if pattern not in held_out]
    if not seen:
        raise ValueError(f"all of {patterns} is held out")
    return Pool(seen, [pattern for pattern in patterns if pattern in held_out])
