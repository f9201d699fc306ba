"""What was measured, and its spread. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """How values lie. Where more is better, `p95` is what 95 of 100 reach, and `worst` the least."""

    of: int
    p50: float
    p95: float
    worst: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The same thing, measured several times."""

    part: str
    """Such as "stt"."""
    case: str
    """With what: a model and its type, a drafting strategy, so many callers."""
    name: str
    unit: str
    values: tuple[float, ...]
    """At least one, in the order in which they were measured."""
    cold: bool = False
    """Something was done for the first time: by an engine after loading, or in a conversation."""
    more: bool = False
    """More is better."""

    @property
    def spread(self) -> Spread:
        """Of all values."""
        return spread(self.values, more=self.more)


def spread(values: Sequence[float], *, more: bool = False) -> Spread:
    """Of at least one value. Raises `ValueError` for none."""
    if not values:
        raise ValueError("nothing was measured")
    worst = min(values) if more else max(values)
    return Spread(len(values), percentile(values, 50), percentile(values, 5 if more else 95), worst)


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank: one of the values, which at least so many of a hundred do not exceed. Of at least one value."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]
