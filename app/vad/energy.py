"""A speech detector without a model, for machines too small for one: loud enough, and shaped like a voice.

It hears that somebody or something speaks up, not that it is speech; what lies in the voice band and is neither a pure
tone nor a click counts.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import numpy as np

from app.audio import level_dbfs
from app.interfaces import FRAME_SAMPLES, RATE_HZ, EngineInfo, EngineState, FloatArray
from app.settings import VadSettings
from app.vad.floor import NoiseFloor

VOICE_BAND_HZ = (300, 3400)
"""The telephone's band (ITU-T G.712): hum and rumble lie below it, hiss and clatter above."""
_BAND = slice(*(hz * FRAME_SAMPLES // RATE_HZ + 1 for hz in VOICE_BAND_HZ))
"""Its bins of the spectrum."""
_WINDOW = np.hanning(FRAME_SAMPLES).astype(np.float32)
_TONE_BINS = 2
"""Bins to each side of the strongest that a pure tone fills through the window."""
_CLICK_BLOCKS = 8
"""Parts of a frame (4 ms each), of which a click fills one or two."""
_HALF_DB = 9.0
"""So far above the noise floor the probability is one half; speech is 20 dB and more above it."""
_SLOPE_DB = 2.0
_FULL_SHARE, _NO_TONE, _NO_CLICK = 0.10, 0.94, 0.80
"""Of 7,491 frames that Silero calls speech (48 clips, 8 languages), 13 % have less of their energy in the voice band,
3 % more in one tone, 1 % more in one block; a sine has 1.0 in one tone, a click 1.0 in one block."""
_SMOOTHING = 0.3
"""Share of the newest frame: one frame alone (a click) stays below one half, two do not."""
_LOUDEST_START_DBFS = -35.0
"""The floor starts at the first frame's level, but no higher: a caller may speak at once."""


class Energy:
    """The engine (`app.interfaces.Vad`); it holds nothing."""

    def __init__(self, settings: VadSettings) -> None:
        del settings  # the thresholds are the endpoint's; this only keeps the engines alike

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def info(self) -> EngineInfo:
        """Always ready: there is nothing to load."""
        return EngineInfo(EngineState.READY, "energy", "cpu", workers=0, queue=0, starter=False)

    async def warm(self) -> None:
        """Nothing to warm."""

    def open(self) -> EnergyStream:
        """A session's stream, with a noise floor of its own."""
        return EnergyStream()


class EnergyStream:
    """One session's detector state (`app.interfaces.VadStream`)."""

    def __init__(self) -> None:
        self._floor: NoiseFloor | None = None
        self._smoothed = 0.0

    async def probabilities(self, frames: FloatArray) -> FloatArray:
        """`(n, 512)` samples in [-1, 1] -> `(n,)` in [0, 1]. Runs in the loop: 0.1 ms a call."""
        levels = [level_dbfs(frame) for frame in frames]
        pairs = zip(levels, voice_likeness(frames), strict=True)
        return np.array([self._step(level, float(likeness)) for level, likeness in pairs], np.float32)

    def _step(self, level: float, likeness: float) -> float:
        if self._floor is None:
            self._floor = NoiseFloor(min(level, _LOUDEST_START_DBFS))
        above_db = level - self._floor.dbfs
        now = likeness / (1 + float(np.exp((_HALF_DB - above_db) / _SLOPE_DB)))
        self._floor.follow(level, voiced=now >= 0.5)
        self._smoothed += _SMOOTHING * (now - self._smoothed)
        return self._smoothed


def voice_likeness(frames: FloatArray) -> FloatArray:
    """How little each of `(n, 512)` frames is a hum, a hiss, a pure tone or a click: `(n,)` in [0, 1]."""
    power = np.square(np.abs(np.fft.rfft(frames * _WINDOW, axis=1))) + 1e-12
    total = power.sum(axis=1)
    in_band = power[:, _BAND].sum(axis=1) / total
    near_peak = np.abs(np.arange(power.shape[1]) - power.argmax(axis=1)[:, None]) <= _TONE_BINS
    in_tone = (power * near_peak).sum(axis=1) / total
    blocks = np.square(frames.reshape(-1, _CLICK_BLOCKS, FRAME_SAMPLES // _CLICK_BLOCKS)).sum(axis=2) + 1e-12
    in_block = blocks.max(axis=1) / blocks.sum(axis=1)
    share = np.minimum(1.0, in_band / _FULL_SHARE)
    no_tone = np.minimum(1.0, (1 - in_tone) / (1 - _NO_TONE))
    no_click = np.minimum(1.0, (1 - in_block) / (1 - _NO_CLICK))
    likeness: FloatArray = (share * no_tone * no_click).astype(np.float32)
    return likeness
