"""Which piece of an utterance to transcribe next for live text. Pure sample arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

from app.audio import ms_to_samples
from app.interfaces import RATE_HZ
from app.settings import SttSettings

MAX_WINDOW = 28 * RATE_HZ
"""Whisper hears 30 s; every call is padded to that, so a longer window after a lost one costs no more."""


@dataclass(frozen=True, slots=True)
class Window:
    """Samples `[start, end)` of the utterance."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How windows follow each other, in samples."""

    window: int
    overlap: int
    """By so much, at least, does a window begin before the end of the last one heard."""
    interval: int
    """New audio between two windows."""
    min_chunk: int
    """Less audio than this holds no word."""

    @classmethod
    def of(cls, settings: SttSettings) -> Pace:
        """In the units of the configuration: seconds and milliseconds."""
        return cls(
            ms_to_samples(settings.window_s * 1000),
            ms_to_samples(settings.overlap_s * 1000),
            ms_to_samples(settings.partial_interval_ms),
            ms_to_samples(settings.min_chunk_ms),
        )


def next_window(pace: Pace, heard: int, asked: int, samples: int) -> Window | None:
    """The window to ask for when `samples` have arrived; None while it is too early.

    `heard` and `asked` are the ends of the last window that was transcribed and that was asked for, 0 for none. It is
    the newest `window` samples, or more where windows were lost since: no audio is skipped.
    """
    if samples < pace.min_chunk or (asked and samples - asked < pace.interval):
        return None
    start = min(samples - pace.window, heard - pace.overlap)
    return Window(max(0, start, samples - MAX_WINDOW), samples)
