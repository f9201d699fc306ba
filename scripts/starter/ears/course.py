"""What the ears learn when, in the first round of training and in the second. Pure."""

from __future__ import annotations

import math
from typing import ClassVar

_READ_UNTIL, _READ_TOO_UNTIL = 0.015, 0.35
"""The decoder learns to follow pieces first, in a minute, and does not forget it until the encoder names them."""
_NOISY_BETWEEN = (0.06, 0.35)
"""Before, all speech is clear; after, all of it is in rooms and noise."""
_MANY_FROM, _OPEN_FROM = 0.45, 0.43
"""From then on, batches are of twice as many positions, and all of the open vocabulary is heard: the decoder must not
know the templates too well."""
_FULL_FROM = 0.75
"""From this part of the time on, some batches are filled up to 30 s: they cost ten times as much as others."""
_LONG_FROM = 0.8
"""From then on, long scenes are heard and the attention is made even: eight minutes are enough for both, and from the
start they cost single sentences more than they gain."""
_JOINED_SHARE = {"read": 0.5, "hear": 0.05, "many": 0.05, "full": 0.05, "long": 0.35}
"""How many scenes are of several utterances: to follow a long one is learned by reading, which costs little."""


class Course:
    """The first round, from nothing. `done` is the part of its time that is spent."""

    corpus, checkpoint = "corpus", "checkpoint.pt"
    begins_with: ClassVar[str | None] = None
    """The checkpoint of a round before."""
    _peak, _warm_steps = 1.0, 200

    def stage(self, done: float) -> str:
        """One of those in _JOINED_SHARE."""
        if done < _READ_UNTIL:
            return "read"
        later = {"many": _MANY_FROM, "full": _FULL_FROM, "long": _LONG_FROM}
        return next((stage for stage, start in reversed(later.items()) if done >= start), "hear")

    def reads(self, done: float) -> bool:
        """Whether pieces laid out in time are read, beside what is heard."""
        return done < _READ_TOO_UNTIL

    def rate(self, step: int, done: float) -> float:
        """The learning rate's part: a cosine, after some steps that warm up."""
        warm = min(1.0, (step + 1) / self._warm_steps)
        return self._peak * warm * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done)))

    def placed_share(self, done: float) -> float:
        """How many scenes are noisy."""
        first, last = _NOISY_BETWEEN
        return min(1.0, max(0.0, (done - first) / (last - first)))

    def seldom_share(self, done: float) -> float:
        """How much of the open vocabulary is heard."""
        return 0.5 if done < _OPEN_FROM else 1.0

    def joined_share(self, done: float) -> float:
        """How many scenes are of several utterances."""
        return _JOINED_SHARE[self.stage(done)]

    def weights(self, done: float) -> dict[str, float]:
        """Of the losses; one that is not named is not learned from."""
        told = {"reading": 1.0, "words": 1.0, "alignment": 0.3, "spelling": 0.7}
        return told | {"phones": 1.0 - 0.8 * done, "distance": max(0.0, 1.0 - done)}


class Again(Course):
    """The second round: other callers, more of them joined from pairs of phones, and Parlor's own voice."""

    corpus, checkpoint = "again", "again.pt"
    begins_with = Course.checkpoint
    _peak, _warm_steps = 0.25, 100

    def stage(self, done: float) -> str:
        """As the first round ended."""
        return "long"

    def reads(self, done: float) -> bool:
        """Not any more."""
        return False

    def placed_share(self, done: float) -> float:
        """All."""
        return 1.0

    def seldom_share(self, done: float) -> float:
        """A little less than there is."""
        return 0.7

    def joined_share(self, done: float) -> float:
        """Fewer than at the end of the first round: single sentences are what most callers say."""
        return 0.2

    def weights(self, done: float) -> dict[str, float]:
        """Without phones, which are not known of Parlor's own voice."""
        return {"words": 1.0, "alignment": 0.3, "spelling": 0.75}


FIRST, AGAIN = Course(), Again()
