"""Plays softer when somebody else is heard over our voice; what becomes of the reply, the server decides. Pure.

An echo canceller takes much of a caller who speaks over a loud echo with it. Once we are softer, it leaves him.
"""

from __future__ import annotations

LOUD_DBFS = -45.0
"""A practised canceller leaves less of our voice: its 99th percentile is -64 dBFS (docs/decisions.md)."""
ONSET_S = 0.06
"""Shorter sounds are clicks."""
HOLD_S = 0.6
"""By then the server has said what it makes of it."""
BUDGET_S = 1.5
"""So long in one spell of our voice, unless the server ducks it too: a television must not keep us soft."""
SOFTER = 0.25
"""12 dB, as the server ducks."""
_ROUNDING = 1e-9


class GivingWay:
    """Fed with blocks of the cleaned microphone while our voice sounds."""

    def __init__(self) -> None:
        self._loud_s = 0.0
        self._held_s = 0.0
        self._given_s = 0.0

    def gain(self, level_dbfs: float, seconds: float) -> float:
        """What the loudspeaker is multiplied with after this block."""
        loud = level_dbfs > LOUD_DBFS
        self._loud_s = self._loud_s + seconds if loud else 0.0
        if self._loud_s >= ONSET_S - _ROUNDING or (loud and self._held_s > 0):
            self._held_s = HOLD_S
        else:
            self._held_s = max(0.0, self._held_s - seconds)
        if self._held_s <= 0 or self._given_s >= BUDGET_S - _ROUNDING:
            return 1.0
        self._given_s += seconds
        return SOFTER

    def forget(self) -> None:
        """Our voice is silent: there is nothing to give way with."""
        self._loud_s = self._held_s = self._given_s = 0.0
