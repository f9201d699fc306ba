"""What happened in one session, in its order: what the server told and took, what the client got. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One event; `at_s` is virtual time."""

    at_s: float
    who: str
    """"server" for what the session told its outlet and took from its socket, "client" for what reached the client."""
    what: str
    """A message's type, or: audio, took, attached, closed, plays, said."""
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def turn(self) -> int:
        """-1 where there is none."""
        found: int = self.data.get("turn", -1)
        return found

    def __str__(self) -> str:
        shown = " ".join(f"{name}={value!r}" for name, value in self.data.items() if name not in _LONG)
        return f"{self.at_s:10.4f} {self.who:6} {self.what} {shown}".rstrip()


_LONG = {"type", "seq", "at_ms", "words", "config", "limits", "models", "timeline", "token"}
"""Fields that a printed log leaves out."""


class Log:
    """Grows only."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, at_s: float, who: str, what: str, data: Mapping[str, Any] | None = None) -> None:
        self.entries.append(Entry(at_s, who, what, data or {}))

    def of(self, who: str, *kinds: str) -> Iterator[Entry]:
        """Those of these kinds, or all."""
        return (entry for entry in self.entries if entry.who == who and (not kinds or entry.what in kinds))

    def lines(self) -> Iterator[str]:
        """For people: frames of audio that follow each other are one line, reports in the middle of a reply none."""
        runs = dict[str, list[Entry]]()
        for entry in self.entries:
            if entry.data.get("type") == "playback" and entry.data["state"] == "playing":
                continue
            run = runs.get(entry.who, [])
            if run and (entry.what != "audio" or entry.turn != run[0].turn):
                yield _run(runs.pop(entry.who))
            if entry.what == "audio":
                runs.setdefault(entry.who, []).append(entry)
            else:
                yield str(entry)
        yield from map(_run, runs.values())


def _run(frames: list[Entry]) -> str:
    first, last = frames[0], frames[-1]
    samples = f"{first.data['offset']}-{last.data['offset'] + last.data['samples']}"
    return f"{first.at_s:10.4f} {first.who:6} audio turn={first.turn} samples={samples} until {last.at_s:.4f}"
