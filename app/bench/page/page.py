"""The page: targets, waterfalls, distributions and tables of a report; nothing is fetched and nothing runs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from app.bench.page.scale import number
from app.bench.page.spreads import spreads
from app.bench.page.style import CSS
from app.bench.page.waterfall import key, longest_ms, waterfall
from app.bench.score import Figure
from app.bench.stages.measured import Measured
from app.bench.stages.report import Report
from app.bench.stages.turns import by_case, tally

TITLES = {
    "stt": "Speech to text",
    "llm": "Language model",
    "tts": "Text to speech",
    "upkeep": "Beside the engines",
    "e2e": "Conversations, by drafting strategy",
    "parallel": "Conversations, several callers at once",
}
CONVERSATIONS = ("e2e", "parallel")
DRAWN = ("voice to voice", "endpoint to first audio")
"""Stages of conversations whose distribution is drawn."""
_WATERFALL = (
    "From the labelled end of the caller's speech to the first audible sound of the answer, in ms, on one clock. "
    "Above: the silence until the endpoint. Below: the work; with drafts it is done during the silence."
)
_COLD = "Cold: the first of a conversation, or an engine's first job after loading. All else is warm."
_DOTS = "A dot is one value; the tall mark is the median, the short one what 95 of 100 do not exceed."


def html(report: Report) -> str:
    """A whole document."""
    body = "".join(_body(report))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>parlor bench {escape(report.what)}</title><style>{CSS}</style></head><body>{body}</body></html>\n"
    )


def _body(report: Report) -> Iterator[str]:
    yield f"<h1>parlor bench {escape(report.what)}</h1>"
    yield "<dl>"
    for name, value in report.machine.items():
        yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
    yield "</dl>"
    if report.figures:
        yield "<h2>Targets</h2>"
        yield from _targets(report.figures)
    for part, group in groupby(report.measured, key=lambda each: each.part):
        found = list(group)
        yield f"<h2>{TITLES[part]}</h2><p>{_COLD} {_DOTS}</p>"
        yield from _of_conversations(found) if part in CONVERSATIONS else _of_engine(found)
    if report.turns:
        yield f'<h2>Every turn</h2><p>{_WATERFALL}</p><div class="key">{key()}</div>'
    for case, turns in by_case(report.turns).items():
        told = f"{escape(case)}: {tally(turns)}"
        yield f"<details open><summary>{told}</summary>{_chart(waterfall(turns, longest_ms(report.turns)))}</details>"
    if report.endpoint_svg:
        yield f'<h2>The end of turns</h2><div class="chart">{report.endpoint_svg}</div>'


def _targets(figures: Sequence[Figure]) -> Iterator[str]:
    yield '<div class="wide"><table><tr><th>what</th><th>measured</th><th>target</th><th>of</th><th></th></tr>'
    for figure in figures:
        sign = "≥" if figure.least else "≤"
        css, word = ("met", "met") if figure.met else ("missed", "missed")
        bar = "" if figure.bar is None else f"{sign} {figure.bar:g}"
        yield (
            f"<tr><td>{escape(figure.name)}</td><td>{number(figure.value)} {escape(figure.unit)}</td><td>{bar}</td>"
            f'<td>{figure.of}</td><td class="{css}">{word if bar else ""}</td></tr>'
        )
    yield "</table></div>"


def _of_engine(found: Sequence[Measured]) -> Iterator[str]:
    """A chart for each unit, then all numbers."""
    for unit in dict.fromkeys(each.unit for each in found):
        rows = [each for each in found if each.unit == unit]
        several = len({each.case for each in rows}) > 1
        yield _chart(spreads(rows, [f"{_last(each.case)}: {_name(each)}" if several else _name(each) for each in rows]))
    yield from _table(found)


def _of_conversations(found: Sequence[Measured]) -> Iterator[str]:
    """What matters most, of all cases beside each other, then every stage."""
    for stage in DRAWN:
        rows = [each for each in found if each.name == stage]
        yield f"<h3>{stage}</h3>"
        yield _chart(spreads(rows, [f"{each.case}{' (cold)' if each.cold else ''}" for each in rows]))
    yield from _table(found)


def _table(found: Sequence[Measured]) -> Iterator[str]:
    yield '<div class="wide"><table><tr><th>what</th><th>p50</th><th>p95</th><th>worst</th><th>of</th></tr>'
    for each in found:
        spread = each.spread
        cells = "".join(f"<td>{number(value)}</td>" for value in (spread.p50, spread.p95, spread.worst))
        name = escape(f"{each.case}: {_name(each)}, {each.unit}")
        yield f"<tr><td>{name}</td>{cells}<td>{spread.of}</td></tr>"
    yield "</table></div>"


def _chart(svg: str) -> str:
    return f'<div class="chart">{svg}</div>'


def _name(measured: Measured) -> str:
    return f"{measured.name}{' (cold)' if measured.cold else ''}"


def _last(case: str) -> str:
    """What tells cases apart, where it is said last: "600 words"."""
    return case.rpartition(", ")[2]
