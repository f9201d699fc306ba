"""One WebSocket of one session: a reader, a writer and a pinger, until one of them ends."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from aiohttp import WSCloseCode, WSMsgType, web

from app.errors import CallerError
from app.net.outbox import Outbox, OutboxFullError
from app.session.store import Entry
from app.wire.codec import decode
from app.wire.incoming import MAX_BINARY_BYTES, MAX_TEXT_BYTES
from app.wire.messages import EndReason, SessionEnded, SessionReady

PING_S = 20.0
MAX_MISSED_PONGS = 2
STALL_S = 10.0
"""A frame that cannot be written for so long ends the connection."""
FLUSH_S = 2.0
"""How long a leaving connection may take to write what is queued."""
_CLOSE_CODES: Final = {
    EndReason.SHUTDOWN: WSCloseCode.GOING_AWAY,
    EndReason.UNDECODABLE: WSCloseCode.UNSUPPORTED_DATA,
    EndReason.BUFFER_FULL: WSCloseCode.POLICY_VIOLATION,
    EndReason.TOO_SLOW: WSCloseCode.POLICY_VIOLATION,
    EndReason.FAILED: WSCloseCode.INTERNAL_ERROR,
}


def make_socket(protocol: str) -> web.WebSocketResponse:
    """A response as `Connection` needs it: it sees pings and pongs itself; audio does not compress."""
    return web.WebSocketResponse(
        protocols=(protocol,), autoping=False, max_msg_size=MAX_TEXT_BYTES + 1, compress=False, timeout=FLUSH_S
    )


class Connection:
    """Carries `entry`'s session over `ws`; `greeting` goes first."""

    def __init__(self, ws: web.WebSocketResponse, entry: Entry[Outbox], greeting: SessionReady) -> None:
        self.gone = asyncio.Event()
        """Set when the socket is closed and the session told."""
        self._ws = ws
        self._session = entry.session
        self._entry = entry
        self._outbox = entry.outlet
        self._greeting = greeting
        self._leave = asyncio.Event()
        self._code: int = WSCloseCode.OK
        self._missed_pongs = 0
        self._reading = False
        self._replaced = False

    async def run(self) -> None:
        """Until the socket or the session ends."""
        self._outbox.attach()
        self._session.attached()
        self._session.tell(self._greeting)
        tasks: list[asyncio.Task[None]] = []
        try:
            async with asyncio.TaskGroup() as group:
                tasks += [group.create_task(part()) for part in (self._read, self._write, self._ping, self._watch)]
                await self._leave.wait()
                if self._replaced:
                    self._session.tell(SessionEnded(EndReason.REPLACED))
                with suppress(TimeoutError):
                    async with asyncio.timeout(FLUSH_S):
                        await self._outbox.flushed()
                for task in tasks:
                    task.cancel()
        finally:
            self._outbox.detach()
            if not self._session.reason:
                self._session.hang_up()
            self.gone.set()
            await self._ws.close(code=self._code)

    async def replace(self) -> None:
        """Another socket takes the session over: this one's `run` ends, even if it has not begun."""
        self._replaced = True
        self._leave.set()
        await self.gone.wait()

    def _leave_with(self, code: int) -> None:
        self._code = code
        self._leave.set()

    async def _read(self) -> None:
        while True:
            self._reading = True
            frame = await self._ws.receive()
            self._reading = False
            self._missed_pongs = 0
            match frame.type:
                case WSMsgType.TEXT | WSMsgType.BINARY:
                    await self._take(frame.data)
                case WSMsgType.PING:
                    with suppress(ConnectionError):  # gone meanwhile: the next frame says so
                        await self._ws.pong(frame.data)
                case WSMsgType.PONG:
                    pass
                case _:  # closed by the client, by an error (too large: aiohttp says 1009), or lost
                    self._leave_with(self._ws.close_code or WSCloseCode.OK)
                    return

    async def _take(self, data: str | bytes) -> None:
        try:
            if isinstance(data, bytes):
                if len(data) > MAX_BINARY_BYTES:
                    self._leave_with(WSCloseCode.MESSAGE_TOO_BIG)
                    raise CallerError(
                        "too_large", f"A binary frame has {len(data)} bytes.", f"Send at most {MAX_BINARY_BYTES}."
                    )
                await self._session.hear(data)
            else:
                await self._session.receive(decode(data))
        except CallerError as error:
            self._session.fail(error)

    async def _write(self) -> None:
        try:
            while True:
                frame = await self._outbox.get()
                async with asyncio.timeout(STALL_S):
                    await (self._ws.send_str(frame) if isinstance(frame, str) else self._ws.send_bytes(frame))
        except (OutboxFullError, TimeoutError):
            self._outbox.detach()  # nothing more can be written; the session stays
            self._leave_with(WSCloseCode.TRY_AGAIN_LATER)
        except ConnectionError:
            self._outbox.detach()
            self._leave.set()

    async def _ping(self) -> None:
        while True:
            await asyncio.sleep(PING_S)
            if self._missed_pongs >= MAX_MISSED_PONGS:
                self._leave_with(WSCloseCode.TRY_AGAIN_LATER)  # the session stays
                return
            if self._reading:  # while we hold the client back, its pongs are held back too
                self._missed_pongs += 1
            with suppress(ConnectionError):
                await self._ws.ping()

    async def _watch(self) -> None:
        await self._entry.ended.wait()
        reason = self._session.reason or EndReason.FAILED
        self._leave_with(_CLOSE_CODES.get(reason, WSCloseCode.OK))
