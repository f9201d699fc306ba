"""What a room sounds like while nobody speaks, for where its microphone is turned down. Pure.

Digital silence would teach whoever listens that the room is silent: all that is heard after it, a fan or other guests,
would stand out as somebody who speaks.
"""

from __future__ import annotations

import random
from collections import deque

import numpy as np

from app.audio import level_dbfs, to_float
from app.interfaces import Pcm
from app.vad.floor import NoiseFloor

KEPT = 50
"""Blocks; put together in any order they have the room's level and colour, and no words."""
QUIET_DB = 3.0
"""Above the floor: what is louder may be somebody."""


class RoomTone:
    """Learned from blocks of one size."""

    def __init__(self) -> None:
        self._floor = NoiseFloor()
        self._quiet: deque[Pcm] = deque(maxlen=KEPT)
        self._rng = random.Random(0)

    def heard(self, block: Pcm) -> None:
        """A block of the microphone's, none of our own voice in it."""
        level = level_dbfs(to_float(block))
        self._floor.follow(level, voiced=True)
        if level <= self._floor.dbfs + QUIET_DB:
            self._quiet.append(block)

    def block(self, samples: int) -> Pcm:
        """`(samples,)` of the room; silence until something was learned."""
        if not self._quiet:
            return np.zeros(samples, np.int16)
        return np.resize(self._rng.choice(self._quiet), samples)
