"""How long this caller pauses and still goes on: learned while the call lasts, newest first in weight. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

MAX_PAUSES = 24
"""With `FADE`, older pauses together weigh less than a tenth of what is kept."""
FADE = 0.9
"""What a pause weighs less with each newer one: half after 7."""
PRIOR_WEIGHT = 4.0
"""The prior counts as so many pauses and fades as they do: one long pause changes nothing, two or a cut-off do."""
CUT_WEIGHT = 2.0
"""A turn that we ended too soon costs the caller more than a pause that we sat out."""
SHORTEST_MS = 200
"""Shorter silences are no pauses (Campione and Veronis 2002): the stop of a consonant would teach a hurry."""
QUANTILE = 0.75
"""Three of four pauses are shorter. A higher one follows single long pauses ("let me look it up")."""


@dataclass(frozen=True, slots=True)
class _Pause:
    """A silence after which the caller went on."""

    ms: int
    weight: float


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is learned of one caller's pauses."""

    pauses: tuple[_Pause, ...] = ()
    """Newest last, at most `MAX_PAUSES`."""

    def heard(self, pause_ms: int) -> Rhythm:
        """After a silence inside a turn: we waited, and the caller went on."""
        return self._with(_Pause(pause_ms, 1.0)) if pause_ms >= SHORTEST_MS else self

    def cut(self, pause_ms: int) -> Rhythm:
        """After a cut-off: we ended the turn, and the caller went on at once, `pause_ms` after the last word."""
        return self._with(_Pause(max(0, pause_ms), CUT_WEIGHT))

    def pause_ms(self, prior_ms: int) -> int:
        """The pause to sit out: the upper quartile of what was heard, with `prior_ms` for what was not."""
        weighed = [(pause.ms, pause.weight * FADE**age) for age, pause in enumerate(reversed(self.pauses))]
        weighed.append((prior_ms, PRIOR_WEIGHT * FADE ** len(self.pauses)))
        weighed.sort()
        above = (1.0 - QUANTILE) * sum(weight for _, weight in weighed)
        quantile, weight = weighed.pop()
        while weight < above:
            quantile, more = weighed.pop()
            weight += more
        return quantile

    def _with(self, pause: _Pause) -> Rhythm:
        return replace(self, pauses=(*self.pauses, pause)[-MAX_PAUSES:])
