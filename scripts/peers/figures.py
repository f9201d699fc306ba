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
    """The calls that every side has, the newest of each: a run may have been stopped, or added to.

    Calls with other models than the last one's are no part of it, nor are those who said something else under its name.
    """
    found = [each for each in outcomes if each.models == outcomes[-1].models]
    newest = {(each.side, each.call, each.said): each for each in found}
    sides = {each.side for each in found}
    return [each for each in newest.values() if all((side, each.call, each.said) in newest for side in sides)]


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


def voice_at(curve: Sequence[Row], cut_offs: float) -> tuple[float, float]:
    """Cut-offs and the least voice-to-voice p50 with at most `cut_offs`, between two settings in proportion.

    A setting that another beats in both is left out. Where all settings cut off more, the one that cuts off least.
    """
    points = [(each.cut_offs, each.voice_p50_ms) for each in curve]
    best = sorted({one for one in points if not any(two != one and _beats(two, one) for two in points)})
    if best[0][0] > cut_offs:
        return best[0]
    for one, two in pairwise(best):
        if one[0] <= cut_offs < two[0]:
            return cut_offs, one[1] + (cut_offs - one[0]) / (two[0] - one[0]) * (two[1] - one[1])
    return best[-1]


def _beats(one: tuple[float, float], two: tuple[float, float]) -> bool:
    return one[0] <= two[0] and one[1] <= two[1]


@dataclass(frozen=True, slots=True)
class Beside:
    """One side's voice-to-voice p50 as a share of the other's, at its cut-off rate."""

    side: str
    cut_offs: float
    their_cut_offs: float
    """Where theirs is read: the same, unless none of their settings has so few, or so many."""
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
        ratios.append(again[2] / again[3])
    ratios.sort()
    least, most = (quantile(ratios, share) for share in SPREAD)
    return Beside(ours[0].side, *found, least, most)


def _compared(ours: Sequence[Outcome], theirs: Mapping[str, Sequence[Outcome]]) -> tuple[float, float, float, float]:
    mine = row("", ours)
    cut_offs, voice_ms = voice_at([row(name, each) for name, each in theirs.items()], mine.cut_offs)
    return mine.cut_offs, cut_offs, mine.voice_p50_ms, voice_ms


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
