"""The waterfalls alone, as one SVG file that a README can show by day and by night. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from app.bench.page.style import CSS
from app.bench.page.waterfall import PARTS, ROW, TOP, WIDTH, longest_ms, waterfall
from app.bench.stages.turns import Turn, by_case, tally

MARGIN, TITLE = 16, 26
"""Pixels."""


def drawing(turns: Sequence[Turn]) -> str:
    """A document with the turns of every case, on one scale; empty without turns."""
    if not turns:
        return ""
    most, y, parts = longest_ms(turns), MARGIN, [_key()]
    y += TITLE
    for case, found in by_case(turns).items():
        parts.append(f'<text class="name" x="0" y="{y + 16}">{escape(case)}: {escape(tally(found))}</text>')
        height = TOP + ROW * len(found) + 8
        chart = waterfall(found, most).removeprefix("<svg ")
        parts.append(f'<svg y="{y + TITLE}" height="{height}" {chart}')
        y += TITLE + height + MARGIN
    box = f"{-MARGIN} 0 {WIDTH + 2 * MARGIN} {y}"
    paper = f'<rect x="{-MARGIN}" width="{WIDTH + 2 * MARGIN}" height="{y}" style="fill: var(--paper)"/>'
    body = "".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><style>{CSS}</style>{paper}{body}</svg>\n'


def _key() -> str:
    step = WIDTH // len(PARTS)
    return "".join(
        f'<rect class="{css}" x="{step * place}" y="{MARGIN - 9}" width="10" height="10"/>'
        f'<text x="{step * place + 16}" y="{MARGIN}">{escape(text)}</text>'
        for place, (css, *_, text) in enumerate(PARTS)
    )
