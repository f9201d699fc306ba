"""The curves of a report as SVG: mean wait to the right, cut-offs upwards. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.bench.endpoint.report import BESIDE_MS, Report
from app.bench.endpoint.score import Point

WIDTH, HEIGHT, MARGIN = 640, 360, 48
"""Pixels; the margin is where the numbers stand."""
_LONGEST_MS: Final = 2_100
_COLOURS: Final = ("#777777", "#0b6bcb", "#c2410c", "#15803d")
"""Of the fixed waits, then of the profiles."""
_TICKS_MS: Final = range(0, 2_001, 400)


def svg(report: Report) -> str:
    """One element, complete with its texts; nothing is fetched and nothing runs."""
    curves: Mapping[str, Sequence[Point]] = {"fixed": report.fixed, **report.curves}
    most = max(1.0, *(point.cut_offs for points in curves.values() for point in points))
    parts = [*_axes(most)]
    for (name, points), colour in zip(curves.items(), _COLOURS, strict=True):
        parts += _curve(name, points, colour, most)
    parts += _legend(curves)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12">{"".join(parts)}</svg>'
    )


def _x(mean_ms: float) -> float:
    return MARGIN + (WIDTH - 2 * MARGIN) * min(mean_ms, _LONGEST_MS) / _LONGEST_MS


def _y(cut_offs: float, most: float) -> float:
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * cut_offs / most


def _axes(most: float) -> Iterator[str]:
    bottom, right = _y(0, most), _x(_LONGEST_MS)
    yield f'<path d="M{MARGIN},{MARGIN}V{bottom:.1f}H{right:.1f}" fill="none" stroke="#999999"/>'
    for ms in _TICKS_MS:
        yield f'<text x="{_x(ms):.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{ms}</text>'
    for share in (0.5, 1.0):
        at = _y(share * most, most) + 4
        yield f'<text x="{MARGIN - 6}" y="{at:.1f}" text-anchor="end">{share * most:.0f}</text>'
    yield f'<text x="{right:.1f}" y="{HEIGHT - 12}" text-anchor="end">mean wait, ms</text>'
    yield f'<text x="{MARGIN}" y="{MARGIN - 12}">cut-offs in 100 turns</text>'


def _curve(name: str, points: Sequence[Point], colour: str, most: float) -> Iterator[str]:
    ordered = sorted((point for point in points if point.mean_ms <= _LONGEST_MS), key=lambda each: each.mean_ms)
    line = " ".join(f"{_x(point.mean_ms):.1f},{_y(point.cut_offs, most):.1f}" for point in ordered)
    yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
    marked = f"fixed {BESIDE_MS} ms" if name == "fixed" else f"{name} x 1.00"
    for point in ordered:
        size = 5 if point.rule == marked else 2
        yield (
            f'<circle cx="{_x(point.mean_ms):.1f}" cy="{_y(point.cut_offs, most):.1f}" r="{size}" fill="{colour}">'
            f"<title>{point.rule}: {point.mean_ms:.0f} ms, {point.cut_offs:.1f} in 100</title></circle>"
        )


def _legend(names: Mapping[str, Sequence[Point]]) -> Iterator[str]:
    for row, (name, colour) in enumerate(zip(names, _COLOURS, strict=True)):
        text = "fixed waits" if name == "fixed" else name
        yield f'<text x="{WIDTH - 150}" y="{MARGIN + 16 * row}" fill="{colour}">{text}</text>'
