"""Turns as waterfalls: a row each, from the end of the caller's speech to the sound of the answer. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from app.bench.page.scale import Scale
from app.bench.stages.turns import Turn

WIDTH, LEFT, RIGHT, ROW, TOP = 1_000, 210, 60, 18, 20
"""Pixels."""
PARTS: Final = (
    ("wait", "end", "endpoint", "silence until the endpoint"),
    ("text", "draft", "text", "text; a draft to its token"),
    ("token", "final_text", "first_token", "first token"),
    ("voice", "first_token", "first_clause", "first clause, as speech"),
    ("sound", "first_audio", "sound", "from the server to the ear"),
)
"""Class, mark where it begins, mark where it ends, and what that is."""
_LEAST_MS: Final = 100
_THIN: Final = 2.0
"""Pixels: even what takes no time is seen."""


def longest_ms(turns: Iterable[Turn]) -> int:
    """What the slowest answer took, for one scale over several drawings; 0 without answers."""
    return max((turn.voice_to_voice_ms or 0 for turn in turns), default=0)


def waterfall(turns: Sequence[Turn], most_ms: int) -> str:
    """An SVG element with a row for each turn, `most_ms` wide; those without an answer say so."""
    scale = Scale(LEFT, WIDTH - RIGHT, max(_LEAST_MS, most_ms))
    height = TOP + ROW * len(turns) + 8
    rows = (part for place, turn in enumerate(turns) for part in _row(turn, place, scale))
    body = "".join((*_grid(scale, height), *rows))
    return f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img">{body}</svg>'


def key() -> str:
    """What the colours mean."""
    spots = (f'<svg viewBox="0 0 10 10"><rect class="{css}" width="10" height="10"/></svg>' for css, *_ in PARTS)
    return "".join(f"<span>{spot}{text}</span>" for spot, (*_, text) in zip(spots, PARTS, strict=True))


def _grid(scale: Scale, height: int) -> Iterator[str]:
    for ms in scale.lines():
        x = scale.x(ms)
        yield f'<path class="grid" d="M{x:.1f},{TOP - 4}V{height - 4}"/>'
        yield f'<text x="{x:.1f}" y="12" text-anchor="middle">{ms:g}{"" if ms else " ms"}</text>'


def _row(turn: Turn, place: int, scale: Scale) -> Iterator[str]:
    y = TOP + ROW * place
    yield f'<text class="name" x="0" y="{y + 12}">{escape(_short(turn))}</text>'
    if not turn.answered:
        yield f'<text x="{LEFT + 6}" y="{y + 12}">no answer</text>'
        return
    at = {**turn.marks, "end": turn.speech_end_ms, "sound": turn.sound_ms}
    at["draft"] = at.get("draft") or at.get("endpoint")
    at["text"] = min((ms for mark in ("first_token", "final_text") if (ms := at.get(mark)) is not None), default=None)
    for lane, (css, start, end, text) in enumerate(PARTS):
        begin, finish = at.get(start), at.get(end)
        if begin is None or finish is None or finish < begin:
            continue  # the first token of a draft comes before its text is final
        left, right = (scale.x(ms - turn.speech_end_ms) for ms in (begin, finish))
        # What overlaps, as the work of a draft does with the wait, is seen in two lanes.
        top, tall = (y + 2, 6) if lane == 0 else (y + 8, 6)
        yield (
            f'<rect class="{css}" x="{left:.1f}" y="{top}" width="{max(_THIN, right - left):.1f}" height="{tall}">'
            f"<title>{text}: {begin - turn.speech_end_ms} to {finish - turn.speech_end_ms} ms</title></rect>"
        )
    end_x = scale.x(turn.voice_to_voice_ms or 0)
    yield f'<text x="{end_x + 6:.1f}" y="{y + 12}">{turn.voice_to_voice_ms}</text>'


def _short(turn: Turn) -> str:
    cut = " ✂" if turn.pieces > 1 else ""
    return f"{turn.conversation + 1}.{turn.number + 1} {turn.text[:26] or turn.name}{cut}"
