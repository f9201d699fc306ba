"""An OpenAI-compatible server that does an engine's work: requests to it, and its faults in our words.

What it writes about a fault may repeat what the caller said: it reaches neither a log nor a client.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import aiohttp

from app import __version__
from app.errors import EngineBusyError, EngineError, PromptTooLongError
from app.interfaces import EngineState

CONNECT_S = 2.0
"""On the same premises. What is switched off does not refuse, it stays silent."""
_NOT_NOW = {502, 503, 504}
"""A proxy without its server, and llama.cpp's server while it loads a model."""
_TOO_LONG = re.compile(r"context_(length|size)")
"""In `error.type` of llama.cpp's server and vLLM's, in `error.code` of OpenAI's."""


class Endpoint:
    """`url` ends where an API's own paths begin: `http://gpu-box:8080/v1`."""

    def __init__(self, engine: str, url: str, key: str) -> None:
        """`engine` is whose settings these are."""
        self.state = EngineState.LOADING
        parts = urlsplit(url)
        self.host = f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
        self._engine = engine
        self._url = url.rstrip("/")
        self._headers = {"User-Agent": f"parlor/{__version__}"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._open: aiohttp.ClientSession | None = None
        self._warnings = () if _is_loopback(parts.hostname or "") else (self._told(parts.scheme),)

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

    @property
    def warnings(self) -> tuple[str, ...]:
        """Where the caller's words go, if they leave this machine."""
        return self._warnings

    @asynccontextmanager
    async def post(self, path: str, **body: Any) -> AsyncIterator[aiohttp.ClientResponse]:  # noqa: ANN401 - aiohttp's
        """The answer to `body` (aiohttp's `json` or `data`), still to be read; to leave early is to hang up.

        Raises `EngineError`, `EngineBusyError`, `PromptTooLongError`; of what goes wrong while it is read, too.
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
            raise self._away(f"{self.host} cannot be reached ({type(error).__name__})") from error

    def _told(self, scheme: str) -> str:
        plainly = ", unencrypted" if scheme == "http" else ""
        return f"{self._engine}: what callers say goes to {self.host}{plainly} ({self._engine}.url)"

    def _away(self, why: str) -> EngineError:
        self.state = EngineState.FAILED
        fix = f"Start the server that {self._engine}.url names, or correct the address; it usually ends in /v1."
        return EngineError(self._engine, why, fix=fix)

    async def _refused(self, response: aiohttp.ClientResponse) -> EngineError:
        status = response.status
        if status in _NOT_NOW:
            return self._away(f"{self.host} is not ready (HTTP {status})")
        if status == 429:
            return EngineBusyError(self._engine, f"{self.host} has too much to do", retry_after_s=1.0)
        if _TOO_LONG.search(await _named(response)):
            return PromptTooLongError(self._engine, f"the prompt is longer than {self.host} takes")
        fixes = {
            401: f"Set {self._engine}.key to what that server asks for.",
            403: f"Set {self._engine}.key to what that server asks for.",
            404: f"Correct {self._engine}.url, which usually ends in /v1, or {self._engine}.model.",
        }
        what = f"{self.host} refused the request (HTTP {status})"
        return EngineError(self._engine, what, fix=fixes.get(status, "Look into that server's log."))


async def _named(response: aiohttp.ClientResponse) -> str:
    """What sort of fault the body of a refusal names; empty where it names none."""
    try:
        told = await response.json(content_type=None)
    except (ValueError, aiohttp.ClientError):
        return ""
    fault = told.get("error") if isinstance(told, Mapping) else None
    return f"{fault.get('type')} {fault.get('code')}" if isinstance(fault, Mapping) else ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
