"""One reply at the caller's end: its audio comes in, what is played of it goes out. Pure."""

from __future__ import annotations

import numpy as np

from app.audio import ms_to_samples, samples_to_ms
from app.interfaces import Pcm
from app.wire.codec import AudioFrame

_BYTES = 2


class Reply:
    """The audio of one reply, and how far it was played. Obeys `reply.pause`, `reply.resume` and `reply.stop`."""

    def __init__(self, turn: int, rate_hz: int) -> None:
        self.turn = turn
        self.rate_hz = rate_hz
        self.complete = False
        """The last frame has come."""
        self.paused = False
        self.stopped = False
        self.played = 0
        """Samples."""
        self._audio = bytearray()

    def add(self, frame: AudioFrame) -> None:
        """A frame of this reply arrived."""
        self._audio += frame.pcm[: len(frame.pcm) // _BYTES * _BYTES]
        self.complete |= frame.last

    def take(self, samples: int) -> Pcm:
        """Play on: `(n,)`, fewer than `samples` where there is no more, or nothing may be played now."""
        if self.stopped or self.paused:
            return np.empty(0, np.int16)
        begin, self.played = self.played, min(self.played + samples, self.received)
        return np.frombuffer(bytes(self._audio[begin * _BYTES : self.played * _BYTES]), "<i2").astype(np.int16)

    def pause(self) -> None:
        """Play no more, but keep everything."""
        self.paused = True

    def resume(self, from_ms: int) -> None:
        """Go on from there; what has not come yet cannot be skipped."""
        self.paused = False
        here = samples_to_ms(self.played, self.rate_hz)
        if from_ms != here:  # else not a sample is played twice or left out
            self.played = min(ms_to_samples(from_ms, self.rate_hz), self.received)

    def stop(self) -> None:
        """The reply was cut: nothing more is played."""
        self.stopped = True

    @property
    def received(self) -> int:
        """Samples."""
        return len(self._audio) // _BYTES

    @property
    def waiting(self) -> int:
        """Samples that came and were not played."""
        return self.received - self.played

    @property
    def done(self) -> bool:
        """Whether everything that will come has been played."""
        return self.stopped or (self.complete and not self.paused and not self.waiting)

    def played_ms(self) -> int:
        return samples_to_ms(self.played, self.rate_hz)

    def pcm(self) -> Pcm:
        """All that was received."""
        return np.frombuffer(bytes(self._audio), "<i2").astype(np.int16)
