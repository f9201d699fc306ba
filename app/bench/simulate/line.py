"""A WebSocket without a network: both directions keep their order and take their time. What the server gets of it."""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from aiohttp import WSMessage, WSMsgType

from app.bench.simulate.log import Log
from app.net.outbox import Outbox
from app.wire.codec import AudioFrame
from app.wire.messages import Outgoing

Frame = str | bytes


@dataclass(frozen=True, slots=True)
class Network:
    """How long a frame takes, in s."""

    delay_s: float
    jitter_s: float
    """Added: an exponential number of this mean."""
    stall: float = 0.0
    """Share of frames that wait for a second or so, and all behind them."""

    def takes_s(self, dice: random.Random) -> float:
        stalled = dice.uniform(0.2, 2.0) if self.stall and dice.random() < self.stall else 0.0
        return self.delay_s + dice.expovariate(1.0) * self.jitter_s + stalled


class _Lane:
    """One direction: frames come out in their order, each at its time."""

    def __init__(self, network: Network, dice: random.Random, deliver: Callable[[Frame], None]) -> None:
        self._network, self._dice, self._deliver = network, dice, deliver
        self._frames: deque[Frame] = deque()
        self._last = 0.0
        self.open = True

    def put(self, frame: Frame) -> None:
        loop = asyncio.get_running_loop()
        self._last = max(self._last, loop.time() + self._network.takes_s(self._dice))
        self._frames.append(frame)
        loop.call_at(self._last, self._next)

    def _next(self) -> None:
        # Timers of the same instant may run in any order; the frames keep theirs.
        frame = self._frames.popleft()
        if self.open:
            self._deliver(frame)


class Line:
    """The server's end is what `app.net.socket.Connection` needs of a WebSocket; `send` and `hang_up` are the client's.

    `got` is called with each frame that reaches the client, and with None when the server has closed.
    """

    def __init__(self, network: Network, dice: random.Random, log: Log, got: Callable[[Frame | None], None]) -> None:
        self.close_code: int | None = None
        self.taken = 0
        """Samples that the server has read."""
        self.closed = False
        self._log = log
        self._got = got
        self._inbox: asyncio.Queue[WSMessage] = asyncio.Queue()  # the caller sends no faster than real time
        self._up = _Lane(network, dice, self._arrive)
        self._down = _Lane(network, dice, got)
        self._clock = asyncio.get_running_loop().time

    # ---- the client's side

    def send(self, frame: Frame) -> None:
        """To the server; lost when the line is closed."""
        if not self.closed:
            self._up.put(frame)

    def hang_up(self, *, rudely: bool) -> None:
        """Close the line; what is under way still arrives, unless it is done rudely."""
        self.closed = True
        self._down.open = False
        if rudely:
            self._up.open = False
            self._gone()
        else:
            self._up.put("")

    def _arrive(self, frame: Frame) -> None:
        if frame == "":  # the end, behind all that was sent
            self._gone()
        else:
            kind = WSMsgType.TEXT if isinstance(frame, str) else WSMsgType.BINARY
            self._inbox.put_nowait(WSMessage(kind, frame, None))

    def _gone(self) -> None:
        self._inbox.put_nowait(WSMessage(WSMsgType.CLOSED, None, None))

    # ---- the server's side

    async def receive(self) -> WSMessage:
        message = await self._inbox.get()
        if message.type is WSMsgType.BINARY:
            self.taken += len(message.data) // 2
        elif message.type is WSMsgType.TEXT:
            self._log.add(self._clock(), "server", "took", json.loads(message.data))
        return message

    async def send_str(self, text: str) -> None:
        self._send(text)

    async def send_bytes(self, data: bytes) -> None:
        self._send(data)

    async def ping(self) -> None:
        """It is answered at once."""
        self._inbox.put_nowait(WSMessage(WSMsgType.PONG, b"", None))

    async def pong(self, data: bytes) -> None:
        """Nobody pings."""

    async def close(self, code: int = 1000) -> None:
        if self.close_code is None:
            self.close_code = code
            asyncio.get_running_loop().call_later(0.0, self._server_closed)

    def _server_closed(self) -> None:
        if not self.closed:
            self.closed = True
            self._got(None)

    def _send(self, frame: Frame) -> None:
        if self.closed:
            raise ConnectionResetError
        self._down.put(frame)


class Tap(Outbox):
    """The real outbox; what goes in is noted, whether anybody listens or not."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log
        self._clock = asyncio.get_running_loop().time

    def tell(self, message: Outgoing, at_ms: int) -> None:
        self._log.add(self._clock(), "server", message.type, _shallow(message))
        super().tell(message, at_ms)

    def audio(self, frame: AudioFrame) -> None:
        self._log.add(self._clock(), "server", "audio", noted(frame))
        super().audio(frame)

    def attach(self) -> None:
        self._log.add(self._clock(), "server", "attached")
        super().attach()

    def detach(self) -> None:
        self._log.add(self._clock(), "server", "detached")
        super().detach()


def _shallow(message: Outgoing) -> dict[str, Any]:
    return {field.name: getattr(message, field.name) for field in fields(message)}


def noted(frame: AudioFrame) -> dict[str, int | bool]:
    """A frame of audio, without the audio."""
    return {"turn": frame.turn, "offset": frame.offset, "samples": len(frame.pcm) // 2, "last": frame.last}
