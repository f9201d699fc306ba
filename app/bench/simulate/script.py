"""What a caller will do, before the call: what is said, with which pauses, and what happens meanwhile. Pure, seeded."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.bench.calls.lengths import slowness
from app.bench.calls.lines import Author, Line, Sound, line

COUGH_MS: Final = (60, 400)
LATEST_MS: Final = 6_000
"""After the beginning of a line, by which its acts happen: in its speech, its pauses, the wait and the reply."""


class Kind(StrEnum):
    """What a caller does besides speaking."""

    COUGH = "cough"
    TYPE = "text"
    REQUEST = "text_request"
    STOP = "interrupt"
    COMMIT = "audio.commit"
    RESET = "reset"
    DROP = "drop"
    """The connection breaks; the caller comes back."""
    LEAVE = "leave"
    """The connection breaks for good."""
    REPLACE = "replace"
    """A second connection takes over from the first."""


@dataclass(frozen=True, slots=True)
class Temper:
    """How often, in a line, a caller does what."""

    thinks: float = 0.0
    """Pauses to think: says a line of `pauses`, else one of `turns`."""
    falls_in: float = 0.0
    """Does not wait for our reply to end."""
    acts: tuple[tuple[Kind, float], ...] = ()


CALM: Final = Temper()
THINKING: Final = Temper(thinks=1.0)
USUAL: Final = Temper(
    thinks=0.5,
    falls_in=0.15,
    acts=((Kind.COUGH, 0.05), (Kind.TYPE, 0.03), (Kind.STOP, 0.03), (Kind.COMMIT, 0.02), (Kind.DROP, 0.01)),
)
WILD: Final = Temper(
    thinks=0.5,
    falls_in=0.5,
    acts=(
        (Kind.COUGH, 0.4), (Kind.TYPE, 0.3), (Kind.REQUEST, 0.3), (Kind.STOP, 0.25), (Kind.COMMIT, 0.3),
        (Kind.RESET, 0.15), (Kind.DROP, 0.2), (Kind.REPLACE, 0.1), (Kind.LEAVE, 0.02),
    ),
)  # fmt: skip
TEMPERS: Final = {"calm": CALM, "thinking": THINKING, "usual": USUAL, "wild": WILD}


@dataclass(frozen=True, slots=True)
class Act:
    """Something done `at_ms` after the caller began the line."""

    kind: Kind
    at_ms: float
    lasts_ms: float
    """A cough, or being away."""
    rudely: bool
    """A connection that breaks without a goodbye."""
    number: int
    """Of all acts, for texts that are not the same."""


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a caller, and what is done meanwhile."""

    line: Line
    falls_in_ms: float | None
    """After the first sound of our reply; None waits for its end."""
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """One call."""

    parts: tuple[Part, ...]
    slowness: float
    chunk_ms: int
    """Of the microphone."""
    report_ms: int
    """Between two reports of what was heard."""
    goodbye: bool
    """Says `bye`; else the server is left to find out."""


def script(author: Author, temper: Temper, lines: int, seed: str) -> Script:
    """A caller of so many lines."""
    dice = random.Random(seed)
    slow = slowness(dice)
    parts = tuple(_part(author, temper, number, dice, slow) for number in range(lines))
    chunk_ms = dice.choice((20, 32, 40)) if temper is not WILD else dice.choice((10, 20, 32, 64, 100))
    return Script(parts, slow, chunk_ms, dice.choice((50, 100, 250)), dice.random() < 0.8 or not temper.acts)


def _part(author: Author, temper: Temper, number: int, dice: random.Random, slow: float) -> Part:
    name = "pauses" if dice.random() < temper.thinks else "turns"
    said = line(author, name, dice, slow)
    assert said.sound is Sound.WORDS
    falls_in_ms = dice.uniform(0, 1_500) if dice.random() < temper.falls_in else None
    acts = [_act(kind, 10 * number + at, dice) for at, (kind, share) in enumerate(temper.acts) if dice.random() < share]
    return Part(said, falls_in_ms, tuple(sorted(acts, key=lambda act: act.at_ms)))


def _act(kind: Kind, number: int, dice: random.Random) -> Act:
    lasts_ms = dice.uniform(*COUGH_MS) if kind is Kind.COUGH else dice.choice((0.0, 100.0, 900.0, 3_000.0))
    return Act(kind, dice.uniform(0, LATEST_MS), lasts_ms, dice.random() < 0.5, number)
