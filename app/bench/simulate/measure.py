"""Many conversations at one level of drafting: their latencies, and every breach of a rule with what led to it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

from app.bench.simulate.figures import Level, Lines, level, lines
from app.bench.simulate.log import Log
from app.bench.simulate.rules import breaches
from app.bench.simulate.words import Conversation
from app.bench.simulate.world import Outcome, Setting, play

SHARE = 50
"""Worlds that a process plays at once: a new process takes a second or two until it can."""


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


def measure(setting: Setting, seeds: Sequence[str]) -> Measured:
    """A world for each seed, on all cores where there are many. Raises `ValueError` where no line was answered."""
    shares = [seeds[at : at + SHARE] for at in range(0, len(seeds), SHARE)]
    if len(shares) == 1:
        played = [_played(setting, seeds)]
    else:
        # Begun anew, not forked: a fork of a process with threads may hang.
        with ProcessPoolExecutor(min(len(shares), os.cpu_count() or 1), get_context("spawn")) as pool:
            played = list(pool.map(partial(_played, setting), shares))
    found = [some for some, _ in played]
    answered = tuple(each for some in found for each in some.answered)
    all_lines = Lines(sum(some.said for some in found), sum(some.cut_offs for some in found), answered)
    wrong = tuple(breach for _, some in played for breach in some)
    return Measured(level(setting.config.session.draft, all_lines), wrong)


def _played(setting: Setting, seeds: Sequence[str]) -> tuple[Lines, list[Breach]]:
    logs, found = list[Log](), list[Breach]()
    for seed in seeds:
        outcome = play(setting, seed)
        found += checked(setting, seed, outcome)
        logs += [record.log for record in outcome.records]
    return lines(logs), found


def checked(setting: Setting, seed: str, outcome: Outcome) -> list[Breach]:
    """All breaches in a world."""
    found = [Breach(seed, f"left behind: {left}", ()) for left in outcome.left]
    for record in outcome.records:
        conversation = Conversation(record.log, record.uttered, record.memory, setting.faults > 0)
        found += [Breach(seed, what, tuple(record.log.lines())) for what in breaches(conversation)]
    return found
