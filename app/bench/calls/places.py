"""Where in a sentence people stop to think, and what they do there: fall silent, say "um", repeat themselves. Pure.

They pause at the joints of clauses and before the words that are harder to find (Maclay and Osgood 1959), and who
hesitates seldom does so by silence alone: a filler or a drawn-out syllable goes with it (Campione and Veronis 2005; we
draw out nothing). How often each happens is our choice, made so that a good part of the pauses follow what could be a
whole sentence.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.bench.calls.phrases import Phrases

ELSEWHERE: Final = "elsewhere"
LIKELY: Final = {
    "after a conjunction": 4.0,
    "before a conjunction": 6.0,
    "after a determiner": 2.0,
    "before a content word": 1.5,
    "in a number": 4.0,
    "in a spelling": 2.0,
    ELSEWHERE: 0.25,
}
"""How likely a pause is at each place between two words, beside the others."""
FILLER, REPEAT = "after a filler", "before a repetition"
PLACES: Final = (*LIKELY, FILLER, REPEAT)
FILLED, REPEATED = 0.3, 0.2
"""Shares of pauses with a filler before them, and of the others with the word before them said again."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A pause that is to come after a word."""

    after: int
    """The word's place, counted from 0."""
    place: str
    """One of `PLACES`."""


def place(before: str, after: str, phrases: Phrases) -> str:
    """What a pause between two words is."""
    if len(before) == len(after) == 1 and before.isalpha() and after.isalpha():
        return "in a spelling"
    if before in phrases.numbers and after in phrases.numbers:
        return "in a number"
    if before in phrases.conjunctions:
        return "after a conjunction"
    if after in phrases.conjunctions:
        return "before a conjunction"
    if before in phrases.determiners:
        return "after a determiner"
    content = after not in phrases.functions | phrases.determiners
    return "before a content word" if before in phrases.functions and content else ELSEWHERE


def with_stops(
    words: Sequence[str], phrases: Phrases, count: int, rng: random.Random
) -> tuple[tuple[str, ...], tuple[Stop, ...]]:
    """The words as somebody says them who stops to think, with fillers and repetitions, and `count` stops in them.

    Fewer where the words do not suffice: between two stops lie two words at least.
    """
    said, stops = list[str](), list[Stop]()
    chosen = dict(_chosen(words, phrases, count, rng))
    for number, word in enumerate(words):
        said.append(word)
        if number not in chosen:
            continue
        where, extra = chosen[number], list[str]()
        if rng.random() < FILLED:
            where = FILLER
            said += phrases.fillers.pick(rng).split()
        elif word in phrases.functions | phrases.determiners and rng.random() < REPEATED:
            where, extra = REPEAT, [word]
        stops.append(Stop(len(said) - 1, where))
        said += extra
    return tuple(said), tuple(stops)


def _chosen(words: Sequence[str], phrases: Phrases, count: int, rng: random.Random) -> list[tuple[int, str]]:
    free = {at: place(words[at], words[at + 1], phrases) for at in range(len(words) - 1)}
    chosen = list[tuple[int, str]]()
    while free and len(chosen) < count:
        at = rng.choices([*free], [LIKELY[where] for where in free.values()])[0]
        chosen.append((at, free[at]))
        for near in (at - 1, at, at + 1):
            free.pop(near, None)
    return chosen
