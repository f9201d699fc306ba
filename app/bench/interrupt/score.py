"""What became of scenes, and the figures of them all. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.bench.score import Figure

WITHIN_MS: Final = 600
"""Of the caller's onset."""


@dataclass(slots=True)
class Outcome:
    """One scene."""

    name: str
    kind: str
    """"alone", "interruptions" or "backchannels"."""
    coupling_db: float
    cold: bool
    """Nothing was learned before."""
    asked: bool = False
    """The caller answers our question."""
    behind: bool = False
    """The caller begins when we have said all: then any word is one to us."""
    said: str = ""
    start_ms: int = 0
    """Where the caller begins."""
    ducks: list[int] = field(default_factory=list)
    """When we went softer, in ms of the scene."""
    pauses: list[int] = field(default_factory=list)
    """When we paused, in ms of the scene."""
    skipped_ms: list[int] = field(default_factory=list)
    """What was left out each time we resumed; below 0 it was said twice."""
    caller_ms: int | None = None
    """From the caller's onset until it was known that the caller wants to speak: then our reply stopped, if it was not
    over."""
    heard: str = ""
    """What was understood of the caller's turns."""

    @property
    def resumed(self) -> bool:
        """Nobody spoke to us, and our reply went on without losing a sample."""
        return self.caller_ms is None and all(ms <= 0 for ms in self.skipped_ms)

    @property
    def in_time(self) -> bool:
        """The caller was heard, after the onset and soon enough."""
        return self.caller_ms is not None and 0 <= self.caller_ms <= WITHIN_MS

    @property
    def wrong(self) -> bool:
        """It should have gone otherwise."""
        match self.kind:
            case "alone":
                return bool(self.ducks) or self.caller_ms is not None
            case "interruptions":
                return not self.in_time
            case _:
                if self.asked or self.behind:
                    return self.caller_ms is None and (self.asked or bool(self.said))
                return not self.resumed


def figures(ears: str, outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    """Of scenes that `ears` (a name) heard."""
    alone = [each for each in outcomes if each.kind == "alone"]
    callers = [each for each in outcomes if each.kind == "interruptions"]
    nods = [each for each in outcomes if each.kind == "backchannels" and not each.asked and not each.behind]
    answers = [each for each in outcomes if each.kind == "backchannels" and each.asked]
    behind = [each for each in outcomes if each.kind == "backchannels" and each.behind and each.said and not each.asked]
    yield _share(f"{ears}: self-interruptions", [each.caller_ms is not None for each in alone], 0.0)
    yield _share(f"{ears}: false ducks", [bool(each.ducks) for each in alone], 5.0)
    yield _share(f"{ears}: callers heard in {WITHIN_MS} ms", [each.in_time for each in callers], 95.0, least=True)
    for coupling in sorted({each.coupling_db for each in callers}, reverse=True):
        found = [each.in_time for each in callers if each.coupling_db == coupling]
        yield _share(f"{ears}: of them over {coupling:g} dB", found)
    yield _share(f"{ears}: of them in the first reply", [each.in_time for each in callers if each.cold])
    times = [each.caller_ms for each in callers if each.caller_ms is not None and each.caller_ms >= 0]
    yield Figure(f"{ears}: until a caller is heard", statistics.median(times or [0]), "ms (median)", len(times))
    yield _share(f"{ears}: backchannels resumed", [each.resumed for each in nods], 90.0, least=True)
    yield _share(f"{ears}: answers taken", [each.caller_ms is not None for each in answers], 90.0, least=True)

    yield _share(f"{ears}: words behind our last one taken", [each.caller_ms is not None for each in behind])


def _share(name: str, found: Sequence[bool], bar: float | None = None, *, least: bool = False) -> Figure:
    return Figure(name, 100 * sum(found) / max(1, len(found)), "in 100", len(found), bar if found else None, least)
