"""Parlor's rule for the end of a turn beside fixed waits, on calls that were heard: curves, figures, bars. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.bench.endpoint.heard import Heard
from app.bench.endpoint.policies import PROFILES, Fixed, Ours, Rule
from app.bench.endpoint.replay import USUAL, Ears, Outcome, replayed
from app.bench.endpoint.score import Cuts, Point, by_place, cut_offs_at, mean_ms_at, point
from app.bench.score import Figure

FIXED_MS: Final = range(200, 2_001, 100)
FACTORS: Final = tuple(2 ** (step / 4) for step in range(-4, 5))
"""All waits of Parlor's are multiplied by each, from half to double, for its curve."""
BESIDE_MS: Final = 800
"""The fixed wait that is to be beaten."""
BAR: Final = 0.5


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was measured on both sets together, but where it says otherwise."""

    fixed: tuple[Point, ...]
    """The curve of `FIXED_MS`."""
    curves: Mapping[str, tuple[Point, ...]]
    """Parlor's by profile, one point for each of `FACTORS`."""
    profiles: Mapping[str, Point]
    """As they are."""
    by_set: Mapping[str, tuple[Point, ...]]
    """Of each set: the fixed wait to be beaten, then the profiles."""
    places: tuple[Cuts, ...]
    """Where the default profile cut callers off."""
    outcomes: tuple[Outcome, ...]
    """Of the default profile, call by call."""


@dataclass(frozen=True, slots=True)
class Bench:
    """Calls that were heard, for any number of rules."""

    calls: Sequence[Heard]
    min_speech_ms: int
    ears: Ears = USUAL

    def outcomes(self, rule: Rule) -> list[Outcome]:
        """What a rule makes of all calls."""
        return replayed(self.calls, rule, self.min_speech_ms, self.ears)

    def report(self) -> Report:
        """All rules on all calls."""
        beside = self.outcomes(lambda: Fixed(BESIDE_MS))
        found = {name: self.outcomes(_ours(name)) for name in PROFILES}
        return Report(
            fixed=tuple(self._point(f"fixed {ms} ms", _fixed(ms)) for ms in FIXED_MS),
            curves={
                name: tuple(self._point(f"{name} x {factor:.2f}", _ours(name, factor)) for factor in FACTORS)
                for name in PROFILES
            },
            profiles={name: point(name, outcomes) for name, outcomes in found.items()},
            by_set={
                name: tuple(
                    point(rule, [outcome for outcome in outcomes if outcome.set == name])
                    for rule, outcomes in {f"fixed {BESIDE_MS} ms": beside, **found}.items()
                )
                for name in sorted({call.set for call in self.calls}, reverse=True)
            },
            places=tuple(by_place(self.calls, found["default"])),
            outcomes=tuple(found["default"]),
        )

    def _point(self, name: str, rule: Rule) -> Point:
        return point(name, self.outcomes(rule))


def _fixed(ms: int) -> Rule:
    return lambda: Fixed(ms)


def _ours(profile: str, factor: float = 1.0) -> Rule:
    return lambda: Ours(PROFILES[profile], factor)


def figures_of(report: Report) -> Iterator[Figure]:
    """A report's figures; the bars are those of the default profile."""
    beside = next(each for each in report.fixed if each.rule == f"fixed {BESIDE_MS} ms")
    curve = report.curves["default"]
    cut_offs = cut_offs_at(curve, beside.mean_ms) / max(beside.cut_offs, 1e-9)
    wait = mean_ms_at(curve, beside.cut_offs) / beside.mean_ms
    yield Figure(f"cut-offs at the wait of {BESIDE_MS} ms", cut_offs, "x its", beside.of, BAR)
    yield Figure(f"wait at the cut-offs of {BESIDE_MS} ms", wait, "x its", beside.of, BAR)
    for each in (beside, *report.profiles.values()):
        yield Figure(f"{each.rule}: cut-offs", each.cut_offs, "in 100 turns", each.of)
        yield Figure(f"{each.rule}: mean wait", each.mean_ms, "ms", each.of)
    for name, points in report.by_set.items():
        for each in points:
            yield Figure(f"{name}, {each.rule}: wait", each.median_ms, "ms (median)", each.of)
            yield Figure(f"{name}, {each.rule}: wait", each.p95_ms, "ms (p95)", each.of)
            yield Figure(f"{name}, {each.rule}: cut-offs", each.cut_offs, "in 100 turns", each.of)
