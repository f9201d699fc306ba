"""The noise floor: the level of what is always there. Falls fast, rises slowly. Pure."""

from __future__ import annotations

import numpy as np

from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray

INITIAL_DBFS = -60.0
"""A quiet room; a loud one is learned within seconds, and a caller who speaks at once is heard."""
LOWEST_DBFS = -70.0
"""Below this nothing is anybody speaking into the microphone, however silent the line."""
_FALL = 0.2
"""Share of the distance that one quieter frame takes off: 140 ms time constant, shorter than a gap between words."""
_RISE_DB = 5.0 * FRAME_SAMPLES / RATE_HZ
"""Per frame: 5 dB/s while nobody speaks."""
_VOICED_RISE_DB = 2.0 * FRAME_SAMPLES / RATE_HZ
"""Per frame: 2 dB/s while the detector says speech, so that a steady noise it mistakes for speech becomes the floor.
A caller's pauses between words pull it down again."""


class NoiseFloor:
    """Follows the levels of consecutive frames."""

    def __init__(self, dbfs: float = INITIAL_DBFS) -> None:
        self.dbfs = max(LOWEST_DBFS, dbfs)

    def follow(self, level_dbfs: float, *, voiced: bool) -> None:
        """Take in one frame; `voiced` says that the detector takes it for speech."""
        if level_dbfs < self.dbfs:
            self.dbfs = max(LOWEST_DBFS, self.dbfs + _FALL * (level_dbfs - self.dbfs))
        else:
            self.dbfs = min(level_dbfs, self.dbfs + (_VOICED_RISE_DB if voiced else _RISE_DB))


class NoiseFloors:
    """Follows the levels of consecutive frames in several bands."""

    def __init__(self, bands: int) -> None:
        self.dbfs = np.full(bands, max(LOWEST_DBFS, INITIAL_DBFS), np.float32)
        """`(bands,)`; replaced, never written into."""

    def follow(self, levels_dbfs: FloatArray, *, voiced: bool) -> None:
        """Take in one frame, `(bands,)`."""
        fallen = np.maximum(LOWEST_DBFS, self.dbfs + _FALL * (levels_dbfs - self.dbfs))
        risen = np.minimum(levels_dbfs, self.dbfs + (_VOICED_RISE_DB if voiced else _RISE_DB))
        self.dbfs = np.where(levels_dbfs < self.dbfs, fallen, risen)
