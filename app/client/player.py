"""A loudspeaker without a sound card: what it would have played, and when. Pure; time is an argument."""

from __future__ import annotations

import numpy as np

from app.audio import level_dbfs, to_float
from app.client.reply import Reply
from app.interfaces import Pcm
from app.wire.codec import AudioFrame
from app.wire.incoming import Playback

AUDIBLE_DBFS = -50.0
"""From this level on, 10 ms of audio count as sound."""


def audible_windows(pcm: Pcm, rate_hz: int) -> list[int]:
    """Starts, in samples, of the 10 ms windows of `(n,)` that can be heard."""
    size = rate_hz // 100
    audio = to_float(pcm)
    return [at for at in range(0, audio.size, size) if level_dbfs(audio[at : at + size]) > AUDIBLE_DBFS]


class Player:
    """Plays one reply without gaps from its first frame on; starves when frames come late, like the real thing."""

    def __init__(self, turn: int, rate_hz: int) -> None:
        self.turn = turn
        self.gain_db = 0.0
        """How much softer than it came it is played now."""
        self.first_sound_at: float | None = None
        """When the first audible 10 ms were played."""
        self._reply = Reply(turn, rate_hz)
        self._sound: int | None = None
        """The first sample that can be heard."""
        self._at: float | None = None
        self._owed = 0.0
        """Parts of a sample that time has passed for."""

    @property
    def rate_hz(self) -> int:
        """Of the reply."""
        return self._reply.rate_hz

    @property
    def complete(self) -> bool:
        """Whether the last frame has come."""
        return self._reply.complete

    @property
    def paused(self) -> bool:
        """Whether it waits to be resumed."""
        return self._reply.paused

    def add(self, frame: AudioFrame, now: float) -> None:
        """A frame of this reply arrived."""
        self._advance(now)
        if self._sound is None and (windows := audible_windows(np.frombuffer(frame.pcm, "<i2"), self.rate_hz)):
            self._sound = self._reply.received + windows[0]
        self._reply.add(frame)

    def duck(self, gain_db: float, now: float) -> None:
        """Play softer from now on, until it is resumed."""
        self._advance(now)
        self.gain_db = gain_db

    def pause(self, now: float) -> None:
        """Play no more, but keep everything."""
        self._advance(now)
        self._reply.pause()

    def resume(self, from_ms: int, now: float) -> None:
        """Go on from there, as loud as it came."""
        self._advance(now)
        self._reply.resume(from_ms)
        self.gain_db = 0.0

    def stop(self, now: float) -> None:
        """The reply was cut: nothing more is played."""
        self._advance(now)
        self._reply.stop()

    def played_ms(self, now: float) -> int:
        self._advance(now)
        return self._reply.played_ms()

    def done(self, now: float) -> bool:
        """Whether everything that will come has been played."""
        self._advance(now)
        return self._reply.done

    def report(self, now: float) -> Playback:
        """What the server is told of it."""
        state = "done" if self.done(now) else "paused" if self.paused else "playing"
        return Playback(type="playback", turn=self.turn, played_ms=self.played_ms(now), state=state)

    def pcm(self) -> Pcm:
        """All that was received."""
        return self._reply.pcm()

    def _advance(self, now: float) -> None:
        since = now if self._at is None else self._at
        begin, owed = self._reply.played, self._owed + (now - since) * self.rate_hz
        taken = self._reply.take(int(owed)).size
        if self.first_sound_at is None and self._sound is not None and begin <= self._sound < begin + taken:
            self.first_sound_at = since + (self._sound - begin - self._owed) / self.rate_hz
        self._owed = owed % 1 if taken == int(owed) else 0.0
        self._at = now
