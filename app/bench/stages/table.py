"""A report as lines for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from app.bench.stages.measured import Measured
from app.bench.stages.report import Report
from app.bench.stages.turns import by_case, tally


def lines(report: Report) -> Iterator[str]:
    """The machine, then every stage; what is cold stands under what is warm."""
    for name, value in report.machine.items():
        yield f"{name:12} {value}"
    for (part, case), group in groupby(report.measured, key=lambda each: (each.part, each.case)):
        yield ""
        yield f"{f'{part}: {case}':46} {'p50':>9} {'p95':>9} {'worst':>9}"
        yield from map(_row, sorted(group, key=lambda each: each.cold))
    yield ""
    for case, turns in by_case(report.turns).items():
        yield f"{case:12} {tally(turns)}"


def _row(measured: Measured) -> str:
    spread = measured.spread
    digits = 3 if abs(spread.worst) < 10 else 1 if abs(spread.worst) < 100 else 0
    name = f"{measured.name}{' (cold)' if measured.cold else ''}, {measured.unit}"
    numbers = " ".join(f"{value:9.{digits}f}" for value in (spread.p50, spread.p95, spread.worst))
    return f"  {name:44} {numbers} (of {spread.of})"
