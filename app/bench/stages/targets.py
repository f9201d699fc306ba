"""What was measured, against what each stage must reach. Pure.

Where a target names no percentile, 95 of 100 must reach it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.bench.score import Figure
from app.bench.stages.measured import Measured, spread
from app.bench.stages.turns import OVER_THE_WAIT, Turn, by_case, stages

OFF: Final = "off"
DRAFTED: Final = ("full", "auto")
"""Strategies that the bars with drafts are for; the first that was measured counts."""
FINAL_TEXT_MS, FIRST_TOKEN_MS, FIRST_AUDIO_MS, WHOLE_MS, FIRST_BYTE_MS = 500, 600, 300, 1_400, 1_200
CACHED_TOKEN_MS = 100
STT_S, TTS_S = 2.0, 1.5
READY_MS, METRIC_MS, STOPPED_MS = 5, 1, 10
GAP_P50_MS, GAP_P95_MS = 20, 60
"""From the endpoint to the first audio that leaves the server."""
OVER_MS = 60
COMPLETE_MS = 310
STT_TARGET, TTS_TARGET = "final, 30 s", "all of 500 characters"
CACHED, COLD, WRITING = "first token, history appended", "first token, fresh place", "writing"
READY, METRIC, STOPPED = "session opened", "metric counted", "reply.stop after an interruption"
"""Names in `Measured`."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """Of a stage in the turns of one strategy."""

    stage: str
    percent: int
    bar_ms: float
    shown: str = ""


_WITHOUT_DRAFTS: Final = (
    _Bar("final text", 95, FINAL_TEXT_MS),
    _Bar("first token", 95, FIRST_TOKEN_MS),
    _Bar("first audio", 95, FIRST_AUDIO_MS),
    _Bar("endpoint to sound", 95, WHOLE_MS, "whole"),
    _Bar("endpoint to first audio", 95, FIRST_BYTE_MS, "first byte"),
)
_WITH_DRAFTS: Final = (
    _Bar("endpoint to first audio", 50, GAP_P50_MS),
    _Bar("endpoint to first audio", 95, GAP_P95_MS),
    _Bar(OVER_THE_WAIT, 50, OVER_MS, "voice to voice over the wait"),
)


def targets(measured: Sequence[Measured], turns: Sequence[Turn]) -> Iterator[Figure]:
    """A figure for every target of which something was measured."""
    yield from _of_stages(measured)
    yield from _of_turns([turn for turn in turns if turn.case == OFF], _WITHOUT_DRAFTS, "without drafts")
    for case in DRAFTED:
        if drafted := [turn for turn in turns if turn.case == case]:
            yield from _of_turns(drafted, _WITH_DRAFTS, f"drafts {case}")
            yield from _complete(drafted, case)
            break
    for case, of in by_case(turns).items():
        yield Figure(
            f"turns answered, {case}", 100 * sum(t.answered for t in of) / len(of), "%", len(of), 100.0, least=True
        )


def _of_stages(measured: Sequence[Measured]) -> Iterator[Figure]:
    bars = (
        ("stt", STT_TARGET, STT_S * 1000),
        ("tts", TTS_TARGET, TTS_S * 1000),
        ("llm", COLD, FIRST_TOKEN_MS),
        ("llm", CACHED, CACHED_TOKEN_MS),
        ("upkeep", READY, READY_MS),
        ("upkeep", METRIC, METRIC_MS),
        ("upkeep", STOPPED, STOPPED_MS),
    )
    for part, name, bar in bars:
        for each in measured:
            if (each.part, each.name, each.cold) == (part, name, False):
                yield Figure(f"{part}, {each.case}: {name} (p95)", each.spread.p95, each.unit, each.spread.of, bar)


def _of_turns(turns: Sequence[Turn], bars: Sequence[_Bar], how: str) -> Iterator[Figure]:
    found = [stages(turn) for turn in turns]
    for bar in bars:
        if values := [float(each[bar.stage]) for each in found if bar.stage in each]:
            yield _figure(f"{bar.shown or bar.stage}, {how}", values, bar.percent, bar.bar_ms)


def _complete(turns: Sequence[Turn], case: str) -> Iterator[Figure]:
    values = [float(turn.voice_to_voice_ms) for turn in turns if turn.complete and turn.voice_to_voice_ms is not None]
    if values:
        yield _figure(f"voice to voice of complete turns, drafts {case}", values, 50, COMPLETE_MS)


def _figure(name: str, values: Sequence[float], percent: int, bar: float) -> Figure:
    found = spread(values)
    value = found.p50 if percent == 50 else found.p95
    return Figure(f"{name} (p{percent})", value, "ms", found.of, bar)
