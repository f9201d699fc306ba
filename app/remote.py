"""An OpenAI-compatible server that does an engine's work: requests to it, and its faults in our words.

What it writes about a fault may repeat what the caller said: it reaches neither a log nor a client.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.http import HttpProcessingError

from app import __version__
from app.errors import EngineError, PromptTooLongError
from app.interfaces import EngineState
from app.settings import Config

CONNECT_S = 2.0
"""On the same premises. What is switched off does not refuse, it stays silent."""
MOST_BYTES = 4 << 20
"""Of an answer in one piece: many times the transcript of the longest utterance."""
_WRONG = {401, 403, 404}
"""Nothing but other settings mends these."""
_TOO_LONG = re.compile(r"context[ _](length|size|window)")
"""In `error.type` of llama.cpp's server, in `error.code` of OpenAI's, in the message of vLLM's."""


class RefusedError(EngineError):
    """The server did not take a request."""

    def __init__(self, engine: str, message: str, *, fix: str, status: int) -> None:
        super().__init__(engine, message, fix=fix)
        self.status = status


class Endpoint:
    """`url` ends where an API's own paths begin: `http://gpu-box:8080/v1`."""

    def __init__(self, engine: str, url: str, key: str) -> None:
        """`engine` is whose settings these are."""
        self.state = EngineState.LOADING
        self.host = urlsplit(url).netloc
        self._engine = engine
        self._url = url.rstrip("/")
        self._headers = {"User-Agent": f"parlor/{__version__}"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._open: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S)
        # One that is kept may be closed by the server just as it is used; a new one costs nothing on the same premises.
        connector = aiohttp.TCPConnector(force_close=True)
        self._open = aiohttp.ClientSession(connector=connector, timeout=timeout, headers=self._headers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:
            await self._open.close()
        self._open = None

    @asynccontextmanager
    async def post(self, path: str, **body: Any) -> AsyncIterator[aiohttp.ClientResponse]:  # noqa: ANN401 - aiohttp's
        """The answer to `body` (aiohttp's `json` or `data`), still to be read; to leave early is to hang up.

        Raises `EngineError`, `RefusedError`, `PromptTooLongError`; of what goes wrong while it is read, too.
        """
        if not self._open:
            raise EngineError(self._engine, "is not loaded")
        try:
            async with self._open.post(self._url + path, allow_redirects=False, **body) as response:
                if response.status != 200:
                    raise await self._refused(response)
                self.state = EngineState.READY
                yield response
        except aiohttp.ClientError as error:
            self.state = EngineState.FAILED
            fix = f"Start the server that {self._engine}.url names, or correct the address; it usually ends in /v1."
            raise EngineError(
                self._engine, f"{self.host} cannot be reached ({type(error).__name__})", fix=fix
            ) from error
        except (ValueError, HttpProcessingError):  # the latter of a line without an end, and quotes it
            raise EngineError(self._engine, f"the answer of {self.host} cannot be read") from None

    async def _refused(self, response: aiohttp.ClientResponse) -> EngineError:
        status = response.status
        if _TOO_LONG.search(await _told(response)):
            return PromptTooLongError(self._engine, f"the prompt is longer than {self.host} takes")
        if status in _WRONG:
            self.state = EngineState.FAILED
        fixes = {
            401: f"Set {self._engine}.key to what that server asks for.",
            403: f"Set {self._engine}.key to what that server asks for.",
            404: f"Correct {self._engine}.url, which usually ends in /v1, or {self._engine}.model.",
            429: "That server has too much to do: let it take more at once, or fewer use it.",
            503: "Wait until that server has loaded its model, or let it take more at once.",
        }
        what = f"{self.host} refused the request (HTTP {status})"
        return RefusedError(self._engine, what, fix=fixes.get(status, "Look into that server's log."), status=status)


async def read_json(response: aiohttp.ClientResponse) -> object:
    """The body, of at most `MOST_BYTES`. Raises `ValueError`."""
    found = bytearray()
    async for chunk in response.content.iter_chunked(1 << 16):
        found += chunk
        if len(found) > MOST_BYTES:
            raise ValueError("too long")
    return json.loads(found)


def notices(config: Config) -> list[str]:
    """What the operator should know of such servers: where callers' words go, or may, if they leave this machine."""
    tries = [("stt", one.url) for one in config.stt.order()] + [("llm", one.url) for one in config.llm.order()]
    found = []
    for engine, url in dict.fromkeys(tries):
        parts = urlsplit(url)
        if url and not _is_loopback(parts.hostname or ""):
            plainly = ", unencrypted" if parts.scheme == "http" else ""
            found.append(f"what callers say goes to {parts.netloc}{plainly} ({engine}.url)")
    return found


async def _told(response: aiohttp.ClientResponse) -> str:
    """What the body of a refusal says of it; empty where it says nothing."""
    try:
        told = await read_json(response)
    except (ValueError, aiohttp.ClientError):
        return ""
    fault = told.get("error", told) if isinstance(told, Mapping) else None
    return " ".join(str(fault.get(name)) for name in ("type", "code", "message")) if isinstance(fault, Mapping) else ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
