"""Latencies and cut-offs of simulated conversations, against their bars. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.bench.endpoint.score import quantile
from app.bench.score import Figure
from app.bench.simulate.log import Entry, Log
from app.bench.simulate.profile import MEASURED
from app.bench.stages.targets import COMPLETE_MS, GAP_P50_MS, GAP_P95_MS, OVER_MS
from app.vad.cues.judging import judge
from app.vad.cues.words import Completeness

SURE_S: Final = 0.1
"""A turn that ends so long before the caller's last sound was not cut off (app/bench/endpoint/replay.py)."""
ANSWER_S: Final = 10.0
"""What sounds later is no answer to that line."""
MARGIN_MS: Final = 20.0
"""By so much may other profiles than `MEASURED` take longer."""
LANGUAGE: Final = "en"
"""Of simulated callers."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A line and its answer, in ms."""

    wait: float
    """From the caller's last sound to the end of the turn."""
    gap: float
    """From the end of the turn to the first audio that leaves the server."""
    voice: float
    """From the caller's last sound to our first, at the caller's ear."""
    complete: bool
    """The line is a complete question, order or answer."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What became of the lines of some conversations."""

    said: int
    cut_offs: int
    """Ends of turns in the middle of a line."""
    answered: tuple[Answered, ...]


def lines(logs: Iterable[Log]) -> Lines:
    """All lines that were said to their end."""
    said = cut_offs = 0
    answered = list[Answered]()
    for log in logs:
        for entry in log.of("client", "said"):
            said += 1
            begins, ends = entry.data["from_s"], entry.data["to_s"]
            stops = [(stop.at_s, stop.turn) for stop in log.of("server", "speech.stopped")]
            cut_offs += sum(begins <= at < ends - SURE_S for at, _ in stops)
            later = [(at, turn) for at, turn in stops if ends - SURE_S <= at < ends + ANSWER_S]
            if later and (found := _answer(log, *later[0], entry)):
                answered.append(found)
    return Lines(said, cut_offs, tuple(answered))


def _answer(log: Log, stopped_s: float, turn: int, said: Entry) -> Answered | None:
    """A filler before the answer is none: the answer is heard when that is over, or later if it was late."""
    ends_s: float = said.data["to_s"]
    first = next((entry for entry in log.of("server", "reply.sentence") if entry.turn == turn), None)
    played = next((entry.at_s for entry in log.of("client", "plays") if entry.turn == turn), None)
    if first is None or played is None:
        return None
    audio = (entry.at_s for entry in log.of("server", "audio") if entry.turn == turn and entry.at_s >= first.at_s)
    if (sent := next(audio, None)) is None:
        return None
    heard = max(played + first.data["start_ms"] / 1000, sent)
    times = 1000 * (stopped_s - ends_s), 1000 * (sent - stopped_s), 1000 * (heard - ends_s)
    return Answered(*times, _is_complete(log, said))


def _is_complete(log: Log, said: Entry) -> bool:
    asked = [each.data["text"] for each in log.of("server", "reply.sentence") if each.at_s <= said.data["from_s"]]
    return judge(said.data["text"], LANGUAGE, asked[-1] if asked else "").completeness is Completeness.COMPLETE


@dataclass(frozen=True, slots=True)
class Level:
    """One drafting level's row."""

    name: str
    said: int
    answered: int
    cut_offs: float
    """In a hundred lines."""
    wait_p50: float
    gap_p50: float
    gap_p95: float
    voice_p50: float
    voice_p95: float
    over_p50: float
    """Of voice-to-voice over the wait, line by line."""
    complete: int
    complete_p50: float
    """Of voice-to-voice where the line was complete; 0 where none was."""


def level(name: str, found: Lines) -> Level:
    """Raises `ValueError` where no line was answered."""
    if not found.answered:
        raise ValueError(f"nothing was answered at level {name}")
    waits, gaps, voices = (sorted(getattr(each, part) for each in found.answered) for part in ("wait", "gap", "voice"))
    complete = sorted(each.voice for each in found.answered if each.complete)
    return Level(
        name=name,
        said=found.said,
        answered=len(found.answered),
        cut_offs=100 * found.cut_offs / found.said,
        wait_p50=quantile(waits, 0.5),
        gap_p50=quantile(gaps, 0.5),
        gap_p95=quantile(gaps, 0.95),
        voice_p50=quantile(voices, 0.5),
        voice_p95=quantile(voices, 0.95),
        over_p50=quantile(sorted(each.voice - each.wait for each in found.answered), 0.5),
        complete=len(complete),
        complete_p50=quantile(complete, 0.5) if complete else 0.0,
    )


def figures(row: Level, profile: str) -> Iterator[Figure]:
    """The bars of full drafting."""
    more = 0.0 if profile == MEASURED else MARGIN_MS
    yield Figure("endpoint to first audio, p50", row.gap_p50, "ms", row.answered, GAP_P50_MS + more)
    yield Figure("endpoint to first audio, p95", row.gap_p95, "ms", row.answered, GAP_P95_MS + more)
    yield Figure("voice to voice over the wait, p50", row.over_p50, "ms", row.answered, OVER_MS + more)
    if row.complete:
        yield Figure("voice to voice of complete lines, p50", row.complete_p50, "ms", row.complete, COMPLETE_MS + more)


HEAD: Final = (
    f"{'drafting':10} {'answered':>9} {'cut-offs':>8} {'wait':>6} {'gap p50':>8} {'p95':>6} "
    f"{'voice to voice p50':>19} {'p95':>6}"
)


def row(of: Level) -> str:
    """A line of the table."""
    answered = f"{of.answered}/{of.said}"
    return (
        f"{of.name:10} {answered:>9} {of.cut_offs:8.1f} {of.wait_p50:6.0f} {of.gap_p50:8.0f} {of.gap_p95:6.0f} "
        f"{of.voice_p50:19.0f} {of.voice_p95:6.0f}"
    )
