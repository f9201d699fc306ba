"""Word errors and figures against their bars. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Errors:
    """Words that were substituted, left out or added, of how many."""

    wrong: int = 0
    words: int = 0

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.wrong + other.wrong, self.words + other.words)

    @property
    def rate(self) -> float:
        """Wrong words in a hundred; 0 of nothing."""
        return 100 * self.wrong / self.words if self.words else 0.0


def word_errors(said: str, heard: str) -> Errors:
    """The fewest changes that make one of the other, by whole words."""
    reference, words = said.split(), heard.split()
    distances = list(range(len(words) + 1))
    for number, word in enumerate(reference, 1):
        diagonal, distances[0] = distances[0], number
        for place, other in enumerate(words, 1):
            changed = diagonal + (word != other)
            diagonal, distances[place] = distances[place], min(distances[place] + 1, distances[place - 1] + 1, changed)
    return Errors(distances[-1], len(reference))


def missed(said: str, heard: str, kept: frozenset[str]) -> Errors:
    """Of the words in `kept` that were said, those that were not heard in their place or at all."""
    reference, words = said.split(), heard.split()
    found = {place for place, _ in aligned(reference, words)}
    asked = [place for place, word in enumerate(reference) if word in kept]
    return Errors(sum(place not in found for place in asked), len(asked))


def aligned(one: Sequence[str], two: Sequence[str]) -> list[tuple[int, int]]:
    """Places in both of their longest common subsequence."""
    lengths = [[0] * (len(two) + 1) for _ in range(len(one) + 1)]
    for i in reversed(range(len(one))):
        for j in reversed(range(len(two))):
            same = lengths[i + 1][j + 1] + 1 if one[i] == two[j] else 0
            lengths[i][j] = max(lengths[i + 1][j], lengths[i][j + 1], same)
    places, i, j = list[tuple[int, int]](), 0, 0
    while i < len(one) and j < len(two):
        if one[i] == two[j] and lengths[i][j] == lengths[i + 1][j + 1] + 1:
            places.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return places


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. `bar` is what it must reach: at most, or at least where `least`; None where there is none."""

    name: str
    value: float
    unit: str
    of: int
    """How many things were counted."""
    bar: float | None = None
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether it reaches its bar."""
        return self.bar is None or (self.value >= self.bar if self.least else self.value <= self.bar)
