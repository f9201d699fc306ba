"""A socket to a Parlor server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from app.errors import SetupError
from app.interfaces import Pcm
from app.net.access import PROTOCOL
from app.wire.codec import KIND_REPLY_AUDIO, AudioFrame, decode_audio
from app.wire.incoming import Playback

CLOSE_S = 5.0
CONNECT_S = 10.0
HEARTBEAT_S = 10.0
"""A server that does not answer is asked so often whether it is still there, and given up after half of it more."""
_MENDED_BY = {
    401: "Give the server's token.",
    403: "Name the host of this address in the server's server.allowed_hosts.",
    503: "Wait until the server is ready (`GET /readyz`), or until somebody has hung up.",
}
_OTHERWISE = "Give the address of a Parlor server, as `parlor serve` prints it."
_GONE = {
    "type": "error",
    "code": "server_gone",
    "message": "the server went away before the call was over.",
    "fix": "Look at its log, and call again.",
    "fatal": True,
}


class Line:
    """An open session. What is said after it ended goes nowhere."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws

    async def incoming(self) -> AsyncGenerator[dict[str, Any] | AudioFrame, None]:
        """Everything that comes, to the end of the session; a fatal error of our own where the server is gone first."""
        ended = False
        async for frame in self._ws:
            if frame.type is aiohttp.WSMsgType.TEXT:
                message = json.loads(frame.data)
                ended |= message["type"] == "session.ended" or bool(message.get("fatal"))
                yield message
            elif frame.type is aiohttp.WSMsgType.BINARY and frame.data[:1] == bytes([KIND_REPLY_AUDIO]):
                yield decode_audio(frame.data)
        if not ended:
            yield dict(_GONE)

    async def send(self, kind: str, **fields: object) -> None:
        """One message."""
        with suppress(ConnectionError):
            await self._ws.send_json({"type": kind, **fields})

    async def goodbye(self, gone: asyncio.Event) -> None:
        """End the session; `gone` is set when it has ended."""
        await self.send("bye")
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                await gone.wait()

    async def report(self, playback: Playback) -> None:
        """What was heard."""
        with suppress(ConnectionError):
            await self._ws.send_json(playback.model_dump())

    async def speak(self, pcm: Pcm) -> None:
        """The caller's audio."""
        with suppress(ConnectionError):
            await self._ws.send_bytes(pcm.astype("<i2").tobytes())


@asynccontextmanager
async def connected(url: str, token: str) -> AsyncIterator[Line]:
    """A session of its own at `url`. Raises `SetupError` when there is no server, or it does not want us."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    limit = aiohttp.ClientTimeout(total=CONNECT_S)  # of the handshake; what is open may stay so
    try:
        async with aiohttp.ClientSession(headers=headers, timeout=limit) as http, await _socket(http, url) as ws:
            yield Line(ws)
    except aiohttp.WSServerHandshakeError as error:
        raise SetupError(
            f"{url} refused the call ({error.status})", fix=_MENDED_BY.get(error.status, _OTHERWISE)
        ) from error
    except aiohttp.ClientConnectorCertificateError as error:
        fix = "For a certificate of your own set SSL_CERT_FILE to it; it must name the host of the address."
        raise SetupError(f"{url} has a certificate that is not trusted: {error.certificate_error}", fix=fix) from error
    except (aiohttp.ClientError, ValueError) as error:
        raise SetupError(
            f"{url} cannot be reached: {error}", fix="Start `parlor serve`, or leave out --url."
        ) from error


async def _socket(http: aiohttp.ClientSession, url: str) -> aiohttp.ClientWebSocketResponse:
    address = f"{url.rstrip('/')}/v1/ws"
    try:
        return await http.ws_connect(address, protocols=(PROTOCOL,), max_msg_size=0, heartbeat=HEARTBEAT_S)
    except TimeoutError as error:
        fix = "Look whether Parlor runs there, and whether something between here and there swallows it."
        raise SetupError(f"{url} does not answer within {CONNECT_S:g} s", fix=fix) from error
