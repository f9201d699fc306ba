"""How long callers pause and how soon they begin: lognormal, cut to what the fixed sets are about. Pure.

The logarithm of a pause is spread as two normal distributions, of brief pauses and of long ones (Demol, Verhelst and
Verhoeve 2007); those over 1 s belong to free speech (Campione and Veronis 2002). Thinking pauses are of the long ones:
their median here is our choice, 700 ms, so that about three in eight are longer than 800 ms. Speakers differ too
(Lundholm Fors 2015): each has a slowness that multiplies all pauses.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

SLOWNESS_SIGMA = 0.2


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A length in ms: `median_ms` times e to a normal number of deviation `sigma`, redrawn outside the bounds."""

    median_ms: float
    sigma: float
    least_ms: int
    most_ms: int

    def draw(self, rng: random.Random, slowness: float = 1.0) -> int:
        """A length of somebody whose lengths are `slowness` times everybody's."""
        while True:
            ms = round(self.median_ms * slowness * math.exp(rng.gauss(0.0, self.sigma)))
            if self.least_ms <= ms <= self.most_ms:
                return ms


THINKING = Lognormal(700, 0.45, 300, 1_500)
"""Inside a phrase."""
BETWEEN_TURNS = Lognormal(600, 0.7, 200, 3_000)
"""From the end of our speech to the begin of the caller's."""


def slowness(rng: random.Random) -> float:
    """Of a speaker."""
    return math.exp(max(-2.0, min(2.0, rng.gauss(0.0, 1.0))) * SLOWNESS_SIGMA)
