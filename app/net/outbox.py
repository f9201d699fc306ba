"""What waits to be written to one session's socket: control messages overtake audio, and both are bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace

from app.wire.codec import AudioFrame, encode, encode_audio
from app.wire.messages import Outgoing, ReplyDelta

MAX_CONTROL_BYTES = 256 * 1024
MAX_AUDIO_BYTES = 64 * 1024
"""2 s at 16 kHz: the most that playout ever sends ahead."""


class OutboxFullError(Exception):
    """The client takes its messages too slowly: the connection ends, the session stays."""


class Outbox:
    """The two lanes of a session. It outlives its sockets, and counts `seq` over all of them."""

    def __init__(self) -> None:
        self._control: deque[str] = deque()
        self._control_bytes = 0
        self._audio: deque[tuple[int, bytes]] = deque()
        self._audio_bytes = 0
        self._last_delta: tuple[ReplyDelta, int] | None = None
        """The newest message in the control lane with its time, when it is a delta."""
        self._seq = 0
        self._dropped = -1
        """The newest turn whose audio was dropped; none of it or of older turns is taken any more."""
        self._attached = False
        self._overflowed = False
        self._ready = asyncio.Event()
        self._emptied = asyncio.Event()

    # ---- the session's side (session.outlet.Outlet)

    def tell(self, message: Outgoing, at_ms: int) -> None:
        if not self._attached or self._overflowed:
            self._seq += not isinstance(message, ReplyDelta)  # the gap by which a client sees that it missed something
            return
        if isinstance(message, ReplyDelta):
            last = self._last_delta
            if last and last[0].turn == message.turn:  # nothing was written since: one longer delta serves both
                self._unqueue()
                message, at_ms = replace(message, text=last[0].text + message.text), last[1]
            self._last_delta = (message, at_ms)
        else:
            self._last_delta = None
        self._seq += 1
        frame = encode(message, self._seq, at_ms)
        self._control.append(frame)
        self._control_bytes += len(frame.encode())
        self._overflowed = self._control_bytes > MAX_CONTROL_BYTES
        self._ready.set()

    def audio(self, frame: AudioFrame) -> None:
        if not self._attached or frame.turn <= self._dropped:
            return
        data = encode_audio(frame)
        self._audio.append((frame.turn, data))
        self._audio_bytes += len(data)
        self._ready.set()

    def has_room(self) -> bool:
        return self._audio_bytes < MAX_AUDIO_BYTES

    def is_sent(self) -> bool:
        return not self._audio

    def drop(self, turn: int) -> None:
        self._dropped = max(self._dropped, turn)
        self._audio = deque((t, data) for t, data in self._audio if t > self._dropped)
        self._audio_bytes = sum(len(data) for _, data in self._audio)

    # ---- the socket's side

    def attach(self) -> None:
        """A socket takes over. What an earlier one did not write is gone: resuming is told as `resumed: false`."""
        self.detach()
        self._attached = True

    def detach(self) -> None:
        self._attached = self._overflowed = False
        self._control.clear()
        self._audio.clear()
        self._control_bytes = self._audio_bytes = 0
        self._last_delta = None
        self._ready.clear()
        self._emptied.set()

    async def get(self) -> str | bytes:
        """The next frame, text before bytes. Raises `OutboxFullError`."""
        while True:
            if self._overflowed:
                raise OutboxFullError
            if self._control:
                frame = self._control.popleft()
                self._control_bytes -= len(frame.encode())
                if not self._control:
                    self._last_delta = None
                    self._emptied.set()
                return frame
            if self._audio:
                _, data = self._audio.popleft()
                self._audio_bytes -= len(data)
                return data
            self._ready.clear()
            await self._ready.wait()

    async def flushed(self) -> None:
        """Wait until every message is taken; audio that still waits is of no use to a socket that leaves."""
        while self._control:
            self._emptied.clear()
            await self._emptied.wait()

    def _unqueue(self) -> None:
        self._control_bytes -= len(self._control.pop().encode())
        self._seq -= 1
