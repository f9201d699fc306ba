"""The caller's loudspeaker: plays each reply as it comes, ducks, pauses, resumes and stops as it is told. Pure."""

from __future__ import annotations

from app.audio import ms_to_samples, samples_to_ms
from app.interfaces import RATE_HZ
from app.tts.playout import PlayState

START_MS = 40
"""Playing starts, and starts again after running dry, with so much in the buffer, or with the last of it."""
_HAIR = 1e-3
"""Samples by which seconds in floats are short."""


class Player:
    """One reply at 16 kHz. Time is an argument, in s, and never goes back."""

    def __init__(self, turn: int) -> None:
        self.turn = turn
        self.first_at: float | None = None
        """When the first sample sounded."""
        self.gain_db = 0.0
        self._received = 0
        self._played = 0.0
        self._at = 0.0
        self._complete = False
        self._runs = False
        self._paused = False
        self._stopped = False

    @property
    def state(self) -> PlayState:
        if self._stopped or self._paused:
            return "paused"
        return "done" if self.over else "playing"

    @property
    def over(self) -> bool:
        """Nothing more of it is played."""
        return self._stopped or (self._complete and self._played >= self._received)

    def add(self, samples: int, now: float, *, last: bool) -> None:
        """So many samples arrived."""
        self._advance(now)
        self._received += samples
        if last:
            self.finish(now)
        self._start(now)

    def finish(self, now: float) -> None:
        """Nothing more of it will come."""
        self._complete = True
        self._start(now)

    def played(self, now: float) -> int:
        """Samples that were heard by `now`."""
        self._advance(now)
        return int(self._played + _HAIR)

    def played_ms(self, now: float) -> int:
        """What a `playback` report says."""
        return samples_to_ms(self.played(now))

    def duck(self, gain_db: float) -> None:
        """Play softer; 0 dB is as before."""
        self.gain_db = gain_db

    def pause(self, now: float) -> None:
        """Stop playing, keep what is there."""
        self._advance(now)
        self._paused, self._runs = True, False

    def resume(self, from_ms: int, now: float) -> None:
        """Go on from there; more than was received is not there to be played."""
        self._advance(now)
        self._played = float(min(ms_to_samples(from_ms), self._received))
        self._paused, self.gain_db = False, 0.0
        self._start(now)

    def stop(self, now: float) -> None:
        """Nothing more of it is heard."""
        self._advance(now)
        self._stopped, self._runs = True, False

    def _start(self, now: float) -> None:
        if self._runs or self._paused or self._stopped:
            return
        waiting = self._received - self._played
        if waiting >= ms_to_samples(START_MS) or (self._complete and waiting > 0):
            self._runs = True
            if self.first_at is None:
                self.first_at = now

    def _advance(self, now: float) -> None:
        if self._runs:
            self._played = min(float(self._received), self._played + (now - self._at) * RATE_HZ)
            self._runs = self._played < self._received
        self._at = now
