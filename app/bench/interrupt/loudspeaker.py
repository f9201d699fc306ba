"""The caller's loudspeaker: plays what the session sends, as it is told to, and tells what was heard. Pure.

Time is an argument, in s of the call; what is played comes out where it arrives at the microphone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from app.audio import ms_to_samples, to_float
from app.bench.simulate.player import Player
from app.interfaces import RATE_HZ, FloatArray, Pcm
from app.wire import messages as wire
from app.wire.codec import AudioFrame
from app.wire.incoming import Playback

_AHEAD = ms_to_samples(2_000)
"""At least so much can be under way to the microphone."""
_SLIP = 2
"""Samples by which the player's clock may be off; what comes later follows a pause."""


class Loudspeaker:
    """One reply after the other, at 16 kHz."""

    def __init__(self, delay: int) -> None:
        """`delay` is the way to the microphone, in samples."""
        self.skipped_ms: list[int] = []
        """By how much each resumed reply went on behind where it had paused; below 0 it said so much again."""
        self._delay = delay
        self._player: Player | None = None
        self._sound = np.zeros(0, np.float32)
        """All of the reply that was received."""
        self._played = 0
        """How much of it is in `_arriving`."""
        self._until = 0
        """Up to where on the clock, in samples."""
        self._moved_s = 0.0
        self._taken = 0
        self._arriving = np.zeros(_AHEAD + delay, np.float32)
        """From sample `_taken` on."""
        self._told_over = False

    @property
    def first_s(self) -> float | None:
        """When the newest reply began to sound."""
        return self._player.first_at if self._player else None

    def add(self, frame: AudioFrame, now: float) -> None:
        """A piece of a reply arrives; one of another reply begins that."""
        self._move(now)
        if self._player is None or self._player.turn != frame.turn:
            self._player, self._sound, self._played = Player(frame.turn), np.zeros(0, np.float32), 0
            self._told_over = False
        sound = to_float(np.frombuffer(frame.pcm, "<i2"))
        self._sound = np.append(self._sound, sound)
        self._player.add(sound.size, now, last=frame.last)

    def obey(self, message: wire.Outgoing, now: float) -> bool:
        """Do what it says to a reply; True where what was heard must be told at once."""
        player = self._player
        if player is None or getattr(message, "turn", None) != player.turn:
            return False
        self._move(now)
        match message:
            case wire.ReplyDuck():
                player.duck(message.gain_db)
            case wire.ReplyPause():
                player.pause(now)
            case wire.ReplyResume():
                self.skipped_ms.append(message.from_ms - player.played_ms(now))
                player.resume(message.from_ms, now)
                self._played = player.played(now)
            case wire.ReplyStop():
                player.stop(now)
            case _:
                return False
        return isinstance(message, wire.ReplyPause | wire.ReplyStop)

    def reports(self, now: float) -> Iterator[Playback]:
        """What is to be told; once when it is over."""
        player = self._player
        if player is None or player.first_at is None or self._told_over:
            return
        played_ms = player.played_ms(now)
        self._told_over = player.over
        yield Playback(type="playback", turn=player.turn, played_ms=played_ms, state=player.state)

    def take(self, samples: int, now: float) -> FloatArray:
        """The next `(samples,)` that arrive at the microphone, up to `now`."""
        self._move(now)
        taken = self._arriving[:samples]
        self._arriving = np.pad(self._arriving[samples:], (0, samples))
        self._taken += samples
        return taken

    def cleaned(self, heard: Pcm, now: float) -> Pcm:
        """As it was heard: nothing is cancelled."""
        return heard

    def _move(self, now: float) -> None:
        """Play on until `now`."""
        began, self._moved_s = round(self._moved_s * RATE_HZ), now
        if self._player is None:
            return
        played = self._player.played(now)
        if played > self._played:
            if abs(began - self._until) > _SLIP:
                self._until = began
            sound = self._sound[self._played : played] * np.float32(10 ** (self._player.gain_db / 20))
            at = self._until + self._delay - self._taken
            self._arriving[at : at + sound.size] = sound
            self._until += sound.size
            self._played = played
