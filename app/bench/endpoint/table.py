"""A report as lines for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.bench.endpoint.report import Report
from app.bench.endpoint.score import Cuts, Point

_HEAD = f"{'':16} {'mean':>6} {'median':>6} {'p95':>6}   cut-offs in 100 turns"


def lines(report: Report) -> Iterator[str]:
    """The curve of fixed waits, the profiles on both sets and on each, and where callers were cut off."""
    yield from _block("both sets", [*report.fixed, *report.profiles.values()])
    for name, points in report.by_set.items():
        yield from _block(name, points)
    yield "where the default profile cuts off"
    yield from map(_place, report.places)


def _block(name: str, points: Iterable[Point]) -> Iterator[str]:
    yield name
    yield _HEAD
    yield from map(_row, points)
    yield ""


def _row(point: Point) -> str:
    lost = f" ({point.lost} of {point.of} not heard)" if point.lost else ""
    waits = f"{point.mean_ms:6.0f} {point.median_ms:6.0f} {point.p95_ms:6.0f}"
    return f"{point.rule:16} {waits}   {point.cut_offs:5.1f}{lost}"


def _place(cuts: Cuts) -> str:
    return f"{cuts.place or 'no thinking pause':22} {cuts.cut:4} of {cuts.pauses}"
