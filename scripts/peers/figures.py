"""What both sides' outcomes say: waits, cut-offs and voice-to-voice of each, and the one beside the other. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.bench.endpoint.score import quantile
from app.bench.score import Errors, word_errors
from app.bench.stages.measured import percentile
from scripts.peers.capture import Outcome

UNANSWERED_MS = 8_000.0
"""What a call without an answer counts as: so long was it waited for."""
BAR = 0.6
RESAMPLED = 1_000
SPREAD = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Row:
    """A side on its calls."""

    side: str
    of: int
    lost: int
    """Calls without an answer."""
    cut_offs: float
    """Turns ended too early, in a hundred calls."""
    wait_p50_ms: float
    """From the caller's end to the decision that the turn is over."""
    voice_p50_ms: float
    """From the caller's end to the first sound of the answer."""
    voice_p95_ms: float
    """The nearest rank: between a call that was answered and one that was not lies nobody's wait."""
    wrong: float
    """Words heard wrong, in a hundred."""


def row(side: str, outcomes: Sequence[Outcome]) -> Row:
    """Of the outcomes of one side, one at least."""
    waits, voices = _ms([each.wait_ms for each in outcomes]), _ms([each.voice_ms for each in outcomes])
    return Row(
        side=side,
        of=len(outcomes),
        lost=sum(each.voice_ms is None for each in outcomes),
        cut_offs=100 * sum(each.cuts for each in outcomes) / len(outcomes),
        wait_p50_ms=quantile(waits, 0.5),
        voice_p50_ms=quantile(voices, 0.5),
        voice_p95_ms=percentile(voices, 95),
        wrong=sum((word_errors(each.said, each.text) for each in outcomes), Errors()).rate,
    )


def rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """One of each side, in the order of their first calls."""
    return [row(side, found) for side, found in by_side(outcomes).items()]


def shared(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The calls that every side has, the newest of each: a run may have been stopped, or added to."""
    newest = {(each.side, each.call): each for each in outcomes}
    sides = {each.side for each in outcomes}
    return [each for each in newest.values() if all((side, each.call) in newest for side in sides)]


def undisturbed(outcomes: Sequence[Outcome], most: float) -> list[Outcome]:
    """Without the calls during which, with whichever side, others took more than `most` of the processors."""
    disturbed = {each.call for each in outcomes if each.foreign > most}
    return [each for each in outcomes if each.call not in disturbed]


def by_side(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The same outcomes."""
    sides: dict[str, list[Outcome]] = {}
    for each in outcomes:
        sides.setdefault(each.side, []).append(each)
    return sides


def _ms(found: Sequence[float | None]) -> list[float]:
    return sorted(UNANSWERED_MS if ms is None else ms for ms in found)


def voice_at(curve: Sequence[Row], cut_offs: float) -> float:
    """The least voice-to-voice p50 with at most so many cut-offs, between two settings in proportion.

    Where all settings cut off more, that of the one which cuts off least.
    """
    points = sorted((each.cut_offs, each.voice_p50_ms) for each in curve)
    if points[0][0] > cut_offs:
        return points[0][1]
    reached = [voice for cuts, voice in points if cuts <= cut_offs]
    between = [
        one[1] + (cut_offs - one[0]) / (two[0] - one[0]) * (two[1] - one[1])
        for one, two in pairwise(points)
        if one[0] <= cut_offs < two[0]
    ]
    return min(reached + between)


@dataclass(frozen=True, slots=True)
class Beside:
    """One side's voice-to-voice p50 as a share of the other's, at its cut-off rate."""

    side: str
    cut_offs: float
    ours_ms: float
    theirs_ms: float
    least: float
    most: float
    """90 of 100 resamplings of the calls lie between these."""

    @property
    def ratio(self) -> float:
        return self.ours_ms / self.theirs_ms


def beside(ours: Sequence[Outcome], theirs: Mapping[str, Sequence[Outcome]], rng: random.Random) -> Beside:
    """`ours` of one side, `theirs` of the settings of another, all on the same calls."""
    found = _compared(ours, theirs)
    names = sorted({each.call for each in ours})
    ratios = []
    for _ in range(RESAMPLED):
        drawn = rng.choices(names, k=len(names))
        again = _compared(_drawn(ours, drawn), {side: _drawn(each, drawn) for side, each in theirs.items()})
        ratios.append(again[1] / again[2])
    ratios.sort()
    least, most = (quantile(ratios, share) for share in SPREAD)
    return Beside(ours[0].side, *found, least, most)


def _compared(ours: Sequence[Outcome], theirs: Mapping[str, Sequence[Outcome]]) -> tuple[float, float, float]:
    mine = row("", ours)
    return mine.cut_offs, mine.voice_p50_ms, voice_at([row(name, each) for name, each in theirs.items()], mine.cut_offs)


def _drawn(outcomes: Sequence[Outcome], names: Sequence[str]) -> list[Outcome]:
    by_name = {each.call: each for each in outcomes}
    return [by_name[name] for name in names]


def table(found: Sequence[Row]) -> list[str]:
    """Markdown."""
    head = "| | calls | cut-offs in 100 | wait p50 | voice-to-voice p50 | p95 | unanswered | words wrong |"
    lines = [head, "|---|---:|---:|---:|---:|---:|---:|---:|"]
    for each in found:
        numbers = (each.wait_p50_ms, each.voice_p50_ms, each.voice_p95_ms)
        wait, voice, late = (f"{ms:.0f} ms" for ms in numbers)
        cells = (each.side, each.of, f"{each.cut_offs:.0f}", wait, voice, late, each.lost, f"{each.wrong:.0f} %")
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines
