"""Rules for how much silence ends a turn: fixed waits, and Parlor's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from app.vad import waiting
from app.vad.rhythm import Rhythm

PROFILES = waiting.PATIENCE


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known while the caller is silent."""

    text: str
    language: str
    asked: str
    noise_dbfs: float


class Policy(Protocol):
    """A rule, in a conversation with one caller."""

    def wait_ms(self, moment: Moment) -> float:
        """Silence after which the turn is over."""

    def sat_out(self, pause_ms: int) -> None:
        """The caller was silent for so long and went on, in the same turn."""

    def cut_off(self, pause_ms: int) -> None:
        """The turn was ended, and the caller went on so long after the last word."""


_wait_ms = lru_cache(maxsize=1 << 16)(waiting.wait_ms)
"""The same situations come back for every factor: judging a text takes far longer than finding it."""

Rule = Callable[[], Policy]
"""A policy for a caller that it does not know yet."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same wait always."""

    ms: float

    def wait_ms(self, moment: Moment) -> float:
        return self.ms

    def sat_out(self, pause_ms: int) -> None:
        """Teaches it nothing."""

    def cut_off(self, pause_ms: int) -> None:
        """Teaches it nothing."""


class Ours:
    """`app.vad.waiting`, with all its waits times `factor`: its curve beside those of fixed waits."""

    def __init__(self, patience: waiting.Patience, factor: float = 1.0, *, learns: bool = True) -> None:
        self._patience, self._factor, self._learns = patience, factor, learns
        self._rhythm = Rhythm()
        self._known: dict[Moment, int] = {}

    def wait_ms(self, moment: Moment) -> float:
        """As the detector counts it."""
        if moment not in self._known:
            situation = waiting.Situation(
                text=moment.text,
                language=moment.language,
                asked=moment.asked,
                noise_dbfs=moment.noise_dbfs,
                rhythm=self._rhythm,
            )
            self._known[moment] = _wait_ms(situation, self._patience)
        return self._factor * self._known[moment] - waiting.LATE_MS

    def sat_out(self, pause_ms: int) -> None:
        self._learn(self._rhythm.heard(pause_ms))

    def cut_off(self, pause_ms: int) -> None:
        self._learn(self._rhythm.cut(pause_ms))

    def _learn(self, rhythm: Rhythm) -> None:
        if self._learns:
            self._rhythm = rhythm
            self._known.clear()
