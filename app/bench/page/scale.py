"""Where values lie between 0 and the largest, and at which numbers a line stands. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 at `left` to `most` at `right`, both in pixels; what lies beyond is drawn at the end."""

    left: float
    right: float
    most: float
    """Above 0."""

    def x(self, value: float) -> float:
        """Pixels."""
        return self.left + (self.right - self.left) * min(max(value, 0.0), self.most) / self.most

    def lines(self) -> list[float]:
        """Round numbers from 0 on, at most `_MOST_LINES` of them."""
        step = _round(self.most / (_MOST_LINES - 1))
        return [place * step for place in range(math.floor(self.most / step + 1e-9) + 1)]


def _round(step: float) -> float:
    """The next 1, 2 or 5 with noughts that is no less."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9))


def number(value: float) -> str:
    """With as many digits as it is worth."""
    digits = 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:.{digits}f}"
