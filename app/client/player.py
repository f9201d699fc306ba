"""A loudspeaker without a sound card: what it would have played, and when. Pure; time is an argument."""

from __future__ import annotations

import numpy as np

from app.audio import level_dbfs, samples_to_ms, to_float
from app.interfaces import Pcm
from app.wire.codec import AudioFrame

AUDIBLE_DBFS = -50.0
"""From this level on, 10 ms of audio count as sound (design, section 6)."""


def audible_windows(pcm: Pcm, rate_hz: int) -> list[int]:
    """Starts, in samples, of the 10 ms windows of `(n,)` that can be heard."""
    size = rate_hz // 100
    audio = to_float(pcm)
    return [at for at in range(0, audio.size, size) if level_dbfs(audio[at : at + size]) > AUDIBLE_DBFS]


class Player:
    """Plays one reply without gaps from its first frame on; starves when frames come late, like the real thing."""

    def __init__(self, turn: int, rate_hz: int) -> None:
        self.turn = turn
        self.rate_hz = rate_hz
        self.complete = False
        """The last frame has come."""
        self.first_sound_at: float | None = None
        """When the first audible 10 ms were played."""
        self._parts: list[Pcm] = []
        self._received = 0
        self._played = 0.0
        self._at: float | None = None
        self._stopped = False

    def add(self, frame: AudioFrame, now: float) -> None:
        """A frame of this reply arrived."""
        self._advance(now)
        pcm = np.frombuffer(frame.pcm, "<i2")
        self._parts.append(pcm)
        if self.first_sound_at is None and not self._stopped and (windows := audible_windows(pcm, self.rate_hz)):
            self.first_sound_at = now + (self._received - self._played + windows[0]) / self.rate_hz
        self._received += pcm.size
        self.complete |= frame.last

    def stop(self, now: float) -> None:
        """The reply was cut: nothing more is played."""
        self._advance(now)
        self._stopped = True
        if self.first_sound_at is not None and self.first_sound_at >= now:
            self.first_sound_at = None

    def played_ms(self, now: float) -> int:
        self._advance(now)
        return samples_to_ms(int(self._played), self.rate_hz)

    def done(self, now: float) -> bool:
        """Whether everything that will come has been played."""
        self._advance(now)
        return self._stopped or (self.complete and self._played >= self._received)

    def pcm(self) -> Pcm:
        """All that was received."""
        return np.concatenate([np.empty(0, np.int16), *self._parts])

    def _advance(self, now: float) -> None:
        if self._at is not None and not self._stopped:
            self._played = min(float(self._received), self._played + (now - self._at) * self.rate_hz)
        self._at = now
