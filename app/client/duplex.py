"""When the microphone is turned down because our own loudspeaker would be heard in it. Pure; time is an argument."""

from __future__ import annotations

TAIL_S = 0.3
"""A room's echo outlasts the sound by about so much, and cards say less of their latency than there is."""
PROTECTED_S = 3.0
"""An echo canceller learns its room while the loudspeaker plays; until it heard so much, we do not rely on it."""
PROTECTED_GAIN = 0.25
"""Takes 12 dB off what an unpractised canceller leaves; who interrupts loudly is still heard."""


class Duplex:
    """Half duplex: nothing is heard while we speak. Else: only what a practised echo canceller leaves."""

    def __init__(self, *, half: bool) -> None:
        self._half = half
        self._until: float | None = None
        self._practised_s = 0.0

    def sounded(self, seconds: float, heard_at: float) -> None:
        """The loudspeaker makes a sound, from `heard_at` on."""
        end = heard_at + seconds + TAIL_S
        self._until = end if self._until is None else max(self._until, end)
        self._practised_s += seconds

    def sounds(self, now: float) -> bool:
        """Whether our voice may be in what is heard now."""
        return self._until is not None and now < self._until

    @property
    def practised(self) -> bool:
        """Whether the canceller can be relied on."""
        return not self._half and self._practised_s >= PROTECTED_S

    def gain(self, now: float) -> float:
        """What the microphone's samples are multiplied with."""
        if self.practised or not self.sounds(now):
            return 1.0
        return 0.0 if self._half else PROTECTED_GAIN
