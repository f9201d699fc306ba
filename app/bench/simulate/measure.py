"""Many conversations at one level of drafting: their latencies, and every breach of a rule with what led to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.bench.simulate.figures import Level, level, lines
from app.bench.simulate.log import Log
from app.bench.simulate.rules import breaches
from app.bench.simulate.words import Conversation
from app.bench.simulate.world import Outcome, Setting, play


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that must not happen."""

    seed: str
    """Of the world."""
    what: str
    log: tuple[str, ...]
    """The conversation it happened in."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A level's row, and what went wrong."""

    level: Level
    breaches: tuple[Breach, ...]


def measure(setting: Setting, seeds: Iterable[str]) -> Measured:
    """A world for each seed. Raises `ValueError` where no line was answered."""
    logs, found = list[Log](), list[Breach]()
    for seed in seeds:
        outcome = play(setting, seed)
        found += checked(setting, seed, outcome)
        logs += [record.log for record in outcome.records]
    return Measured(level(setting.config.session.draft, lines(logs)), tuple(found))


def checked(setting: Setting, seed: str, outcome: Outcome) -> list[Breach]:
    """All breaches in a world."""
    found = [Breach(seed, f"left behind: {left}", ()) for left in outcome.left]
    for record in outcome.records:
        conversation = Conversation(record.log, record.uttered, record.memory, setting.faults > 0)
        found += [Breach(seed, what, tuple(record.log.lines())) for what in breaches(conversation)]
    return found
