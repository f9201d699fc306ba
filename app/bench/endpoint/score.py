"""Waits and cut-offs of a rule, its curve, and how two curves compare. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.bench.endpoint.heard import Heard
from app.bench.endpoint.replay import Outcome


@dataclass(frozen=True, slots=True)
class Point:
    """A rule on a set of calls: one row of a table, one point of a curve."""

    rule: str
    of: int
    """Calls."""
    mean_ms: float
    """Waits after the caller's end."""
    median_ms: float
    p95_ms: float
    cut_offs: float
    """In a hundred calls; one call may be cut off several times."""
    cut: float
    """Calls in a hundred that were cut off at all."""
    lost: int
    """Calls of which the end was not heard."""


def point(rule: str, outcomes: Sequence[Outcome]) -> Point:
    """Raises `ValueError` where no call ended."""
    waits = sorted(outcome.wait_ms for outcome in outcomes if outcome.wait_ms is not None)
    if not waits:
        raise ValueError(f"{rule} ended no turn")
    return Point(
        rule=rule,
        of=len(outcomes),
        mean_ms=sum(waits) / len(waits),
        median_ms=quantile(waits, 0.5),
        p95_ms=quantile(waits, 0.95),
        cut_offs=100 * sum(len(outcome.cut) for outcome in outcomes) / len(outcomes),
        cut=100 * sum(bool(outcome.cut) for outcome in outcomes) / len(outcomes),
        lost=sum(outcome.wait_ms is None for outcome in outcomes),
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of numbers in order, one at least; between two of them in proportion."""
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def cut_offs_at(curve: Sequence[Point], mean_ms: float) -> float:
    """Cut-offs in a hundred calls at a mean wait, between two points in proportion.

    Where all of the curve waits less, those of its longest wait: waiting longer would not cut off more. Where all of it
    waits more, infinite.
    """
    points = sorted(curve, key=lambda each: each.mean_ms)
    if mean_ms < points[0].mean_ms:
        return math.inf
    for one, two in pairwise(points):
        if one.mean_ms <= mean_ms < two.mean_ms:
            share = (mean_ms - one.mean_ms) / (two.mean_ms - one.mean_ms)
            return one.cut_offs + share * (two.cut_offs - one.cut_offs)
    return points[-1].cut_offs


def mean_ms_at(curve: Sequence[Point], cut_offs: float) -> float:
    """The shortest mean wait with at most so many cut-offs in a hundred calls, in proportion; infinite if none has."""
    points = sorted(curve, key=lambda each: each.mean_ms)
    if points[0].cut_offs <= cut_offs:
        return points[0].mean_ms
    for one, two in pairwise(points):
        if two.cut_offs <= cut_offs:
            share = (one.cut_offs - cut_offs) / (one.cut_offs - two.cut_offs)
            return one.mean_ms + share * (two.mean_ms - one.mean_ms)
    return math.inf


@dataclass(frozen=True, slots=True)
class Cuts:
    """Pauses of one place, and how many of them ended the turn."""

    place: str
    pauses: int
    cut: int


def by_place(calls: Sequence[Heard], outcomes: Sequence[Outcome]) -> list[Cuts]:
    """Of the calls' pauses and what became of them, most cut first; "" is no thinking pause."""
    there = Counter(pause.place for call in calls for pause in call.pauses)
    cut = Counter(place for outcome in outcomes for place in outcome.cut)
    return [Cuts(place, there[place], cut[place]) for place in sorted(there | cut, key=lambda each: -cut[each])]
