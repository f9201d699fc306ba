"""Which of several engines works, and when another has its turn. Pure; time is an argument."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

FAILURES = 2
"""In a row: a session tries a failed call once more by itself, so what fails twice is no matter of the moment."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Of `count` candidates in the order of preference."""

    count: int
    current: int = 0
    proved: bool = False
    """The current one has done something since it was loaded; before that, one failure is enough."""
    failures: int = 0
    """Of the current one, in a row."""
    failed_at: float = -math.inf
    """When it last did."""
    given_up: tuple[tuple[int, float], ...] = ()
    """Candidates before the current one, and when each was given up, in seconds."""


def worked(standing: Standing) -> Standing:
    """The current candidate did what it was asked."""
    return replace(standing, proved=True, failures=0)


def failed(standing: Standing, began: float, now: float) -> Standing:
    """What was asked of it at `began` failed; the next one's turn may have come.

    Calls that were under way together fail together: that is one failure.
    """
    if began < standing.failed_at:
        return standing
    counted = replace(standing, failures=standing.failures + 1, failed_at=now)
    return moved_on(counted, now) if counted.failures >= FAILURES or not counted.proved else counted


def moved_on(standing: Standing, now: float) -> Standing:
    """The next one's turn has come; the last one stays, as there is none."""
    if standing.current + 1 >= standing.count:
        return standing
    return Standing(standing.count, standing.current + 1, given_up=(*standing.given_up, (standing.current, now)))


def due(standing: Standing, again_s: Sequence[float | None], now: float) -> int | None:
    """The most preferred candidate that was given up `again_s` ago (None: for good), to be tried again."""
    for index, since in standing.given_up:
        wait_s = again_s[index]
        if wait_s is not None and now - since >= wait_s:
            return index
    return None


def returned(standing: Standing, index: int) -> Standing:
    """A candidate that was given up works again."""
    return Standing(standing.count, index, proved=True, given_up=standing.given_up[:index])


def put_off(standing: Standing, index: int, now: float) -> Standing:
    """It was tried again, and still does not work."""
    waits = tuple((i, now if i == index else since) for i, since in standing.given_up)
    return replace(standing, given_up=waits)
