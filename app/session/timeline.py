"""When what happened in a turn: the marks that `reply.ended` carries, on the session's audio clock. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Literal

Mark = Literal["speech_end", "draft", "endpoint", "final_text", "first_token", "first_clause", "first_audio"]
MARKS: tuple[Mark, ...] = (
    "speech_end",
    "draft",
    "endpoint",
    "final_text",
    "first_token",
    "first_clause",
    "first_audio",
)
_KEPT_TURNS = 100
"""Turns that the percentiles look back on."""


class Timeline:
    """The marks of one turn.

    The audio clock counts received samples and so stands still when the client sends none; marks are therefore a place
    on it, of the endpoint or the draft before it, plus the monotonic time since.
    """

    def __init__(self, audio_ms: int, now: float) -> None:
        """`now` is when the audio clock showed `audio_ms`."""
        self._audio_ms = audio_ms
        self._now = now
        self._marks: dict[Mark, int] = {"endpoint": audio_ms}

    def place(self, mark: Mark, audio_ms: int) -> None:
        """A mark whose sample is known."""
        self._marks[mark] = audio_ms

    def mark(self, mark: Mark, now: float) -> None:
        """A mark at monotonic time `now`, in seconds; only the first of its kind counts."""
        self._marks.setdefault(mark, self._audio_ms + round((now - self._now) * 1000))

    def since_s(self, now: float) -> float:
        """Seconds since the endpoint."""
        return now - self._now

    def take(self, other: Timeline) -> None:
        """The marks of what was done before the endpoint, which `other` holds."""
        for mark in ("first_token", "first_clause"):
            if mark in other:
                self._marks.setdefault(mark, other._marks[mark])

    def __contains__(self, mark: Mark) -> bool:
        return mark in self._marks

    def as_dict(self) -> dict[str, int | None]:
        return {mark: self._marks.get(mark) for mark in MARKS}


class Timings:
    """Response times of a session's last turns."""

    def __init__(self) -> None:
        self._responses_ms: deque[int] = deque(maxlen=_KEPT_TURNS)

    def add(self, marks: Mapping[str, int | None]) -> None:
        """A turn's timeline; from the end of speech, or from the endpoint of a typed turn, to the first audio."""
        first_audio, endpoint = marks["first_audio"], marks["endpoint"]
        if first_audio is not None and endpoint is not None:
            speech_end = marks["speech_end"]
            self._responses_ms.append(first_audio - (endpoint if speech_end is None else speech_end))

    def percentiles(self) -> dict[str, int | None]:
        ordered = sorted(self._responses_ms)
        return {f"p{p}": ordered[min(len(ordered) - 1, len(ordered) * p // 100)] if ordered else None for p in (50, 95)}
