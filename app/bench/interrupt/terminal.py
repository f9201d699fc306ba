"""The sound of `parlor talk` in a call in virtual time: its loudspeaker, its echo cancellation, its giving way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from app.audio import to_float
from app.client.echo import Canceller
from app.client.echo_level import EchoLevel
from app.client.front import BLOCKS_PER_S, FrontEnd
from app.interfaces import RATE_HZ, FloatArray, Pcm
from app.wire import messages as wire
from app.wire.codec import AudioFrame
from app.wire.incoming import Playback

_BLOCK = RATE_HZ // BLOCKS_PER_S


class Terminal:
    """In place of a `Loudspeaker`. Time is an argument, in s of the call."""

    def __init__(self, delay: int, canceller: Canceller) -> None:
        """`delay` is the way to the microphone, in samples: nearly all of it the card's own, which it tells."""
        self.skipped_ms: list[int] = []
        """See `Loudspeaker`."""
        self.first_s: float | None = None
        """When the newest reply began to sound; None before it does."""
        self._front = FrontEnd(RATE_HZ, RATE_HZ, canceller, EchoLevel(RATE_HZ, RATE_HZ))
        self._delay_s = delay / RATE_HZ
        self._under_way = np.zeros(delay, np.float32)
        self._turn: int | None = None
        self._paused_ms = 0
        self._due: list[Playback] = []

    def add(self, frame: AudioFrame, now: float) -> None:
        """See `Loudspeaker.add`."""
        if frame.turn != self._turn:
            self._turn, self.first_s = frame.turn, None
        self._front.hear(frame)

    def obey(self, message: wire.Outgoing, now: float) -> bool:
        """See `Loudspeaker.obey`."""
        if getattr(message, "turn", None) != self._turn:
            return False
        if isinstance(message, wire.ReplyResume):
            self.skipped_ms.append(message.from_ms - self._paused_ms)
        told = self._front.obey({"type": message.type, **asdict(message)})
        if told is None:
            return False
        self._paused_ms = told.played_ms
        self._due.append(told)
        return True

    def reports(self, now: float) -> Iterator[Playback]:
        """See `Loudspeaker.reports`."""
        due, self._due = [*self._due, *self._front.reports()], []
        yield from due

    def take(self, samples: int, now: float) -> FloatArray:
        """See `Loudspeaker.take`; whole blocks of 10 ms."""
        blocks = [to_float(self._front.play(now, 0.0)) for _ in range(samples // _BLOCK)]
        if self.first_s is None and self._turn is not None and any(block.any() for block in blocks):
            self.first_s = now - samples / RATE_HZ
        self._under_way = np.concatenate([self._under_way, *blocks])
        arrived, self._under_way = self._under_way[:samples], self._under_way[samples:]
        return arrived

    def cleaned(self, heard: Pcm, now: float) -> Pcm:
        """What the microphone heard, whole blocks of 10 ms, without our own voice."""
        blocks = heard.reshape(-1, _BLOCK)
        return np.concatenate([self._front.listen(block, now, self._delay_s) for block in blocks])
