"""Distributions: a row of dots for each thing that was measured, with its median and 95th percentile. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from app.bench.page.scale import Scale, number
from app.bench.stages.measured import Measured

WIDTH, LEFT, RIGHT, ROW, TOP = 1_000, 330, 90, 22, 20
"""Pixels."""


def spreads(rows: Sequence[Measured], names: Sequence[str]) -> str:
    """An SVG element with a row each, all on one scale from 0 on; below 0 is drawn at 0."""
    most = max((max(row.values) for row in rows), default=0.0)
    scale = Scale(LEFT, WIDTH - RIGHT, most if most > 0 else 1.0)
    height = TOP + ROW * len(rows) + 6
    drawn = (part for place, pair in enumerate(zip(rows, names, strict=True)) for part in _row(*pair, place, scale))
    unit = rows[0].unit if rows else ""
    body = "".join((*_grid(scale, height, unit), *drawn))
    return f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">{body}</svg>'


def _grid(scale: Scale, height: int, unit: str) -> Iterator[str]:
    for value in scale.lines():
        x = scale.x(value)
        yield f'<path class="grid" d="M{x:.1f},{TOP - 4}V{height - 4}"/>'
        yield f'<text x="{x:.1f}" y="12" text-anchor="middle">{f"{value:g}" if value else unit}</text>'


def _row(row: Measured, name: str, place: int, scale: Scale) -> Iterator[str]:
    y, spread = TOP + ROW * place + ROW // 2, row.spread
    yield f'<text class="name" x="0" y="{y + 4}">{escape(name)}</text>'
    for value in row.values:
        yield f'<circle class="dot" cx="{scale.x(value):.1f}" cy="{y}" r="4"/>'
    for value, tall in ((spread.p50, 8), (spread.p95, 5)):
        yield f'<path class="whisker" stroke-width="2" d="M{scale.x(value):.1f},{y - tall}V{y + tall}"/>'
    text = f"{number(spread.p50)} / {number(spread.p95)}"
    yield f'<text x="{WIDTH - RIGHT + 10}" y="{y + 4}">{text}</text>'
