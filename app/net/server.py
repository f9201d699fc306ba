"""The aiohttp application: checks before every call, named errors after it."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from math import ceil
from pathlib import Path

from aiohttp import web

from app.config import ROOT
from app.errors import CallerError, EngineBusyError, ParlorError, SetupError
from app.net.api import Api
from app.settings import Server

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 64 * 1024
RENEW_S = 24 * 3600.0
"""A certificate is replaced weeks before its end."""
_STATUS = {"unauthorized": 401, "bad_host": 403, "bad_origin": 403, "not_found": 404}
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(api: Api) -> web.Application:
    """All routes of `api` behind its access rules."""

    @web.middleware
    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            api.access.check_host(request.host)
            api.access.check_origin(request.headers.get("Origin"), request.host)
            return await handler(request)
        except ParlorError as error:
            api.told(error)
            return _failure(error)
        except web.HTTPError as error:  # aiohttp's own, as plain text
            return _refused(error)

    app = web.Application(middlewares=[guarded], client_max_size=MAX_BODY_BYTES)
    app.add_routes(api.routes())

    async def secured(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_SECURITY_HEADERS)
        response.headers.update(api.access.cross_origin(request.headers.get("Origin")))

    app.on_response_prepare.append(secured)
    return app


@asynccontextmanager
async def listening(api: Api, server: Server) -> AsyncIterator[str]:
    """Serve until left; yields the URL. Raises `SetupError` when the address cannot be had."""
    runner = web.AppRunner(make_app(api), access_log=None, shutdown_timeout=5.0)
    await runner.setup()
    context = _tls(server)
    renewal = _Renewal(context, server) if context else None
    try:
        site = web.TCPSite(runner, server.host, server.port, ssl_context=context)
        try:
            await site.start()
        except OSError as error:
            fix = "Stop what uses that port, or choose another with --set server.port=PORT."
            if isinstance(error, socket.gaierror):
                fix = "Set server.host to an address of this machine, such as 127.0.0.1 or 0.0.0.0."
            raise SetupError(f"cannot listen on {server.host}:{server.port}: {error.strerror}", fix=fix) from error
        host, port = runner.addresses[0][:2]
        yield f"http{'s' if context else ''}://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        if renewal:
            renewal.stop()
        await runner.cleanup()


def _failure(error: ParlorError) -> web.Response:
    body = {"code": error.code, "message": error.message, "fix": error.fix, "retry_after_s": error.retry_after_s}
    status = 503 if isinstance(error, EngineBusyError) else 500
    if isinstance(error, CallerError):
        status = _STATUS.get(error.code, 400)
    headers = {} if error.retry_after_s is None else {"Retry-After": str(ceil(error.retry_after_s))}
    return web.json_response({"error": body}, status=status, headers=headers)


def _refused(error: web.HTTPError) -> web.Response:
    nowhere = isinstance(error, web.HTTPMethodNotAllowed) and error.allowed_methods <= {"OPTIONS"}
    status = 404 if nowhere else error.status
    code = {404: "not_found", 413: "too_large"}.get(status, "bad_message")
    body = {"code": code, "message": f"{HTTPStatus(status).phrase}.", "fix": "See docs/wire.md.", "retry_after_s": None}
    headers = {name: error.headers[name] for name in ("Allow",) if name in error.headers and not nowhere}
    return web.json_response({"error": body}, status=status, headers=headers)


def _tls(server: Server) -> ssl.SSLContext | None:
    if not server.tls_cert:
        if server.tls_key:
            raise SetupError("server.tls_key is set without server.tls_cert", fix="Set both to PEM files, or none.")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _load(context, server)
    return context


def _load(context: ssl.SSLContext, server: Server) -> None:
    """Raises `SetupError`; what `context` held before is lost then."""
    files = [Path(ROOT, name).expanduser() for name in (server.tls_cert, server.tls_key) if name]
    try:
        context.load_cert_chain(files[0], files[1] if server.tls_key else None)
    except (OSError, ssl.SSLError) as error:
        raise SetupError(
            f"the TLS certificate cannot be used ({' and '.join(map(str, files))}): {error}",
            fix="Set server.tls_cert and server.tls_key to PEM files that Parlor may read; the key must be the cert's.",
        ) from error


class _Renewal:
    """Takes a renewed certificate once a day: connections that begin later use it. A faulty one changes nothing."""

    def __init__(self, context: ssl.SSLContext, server: Server) -> None:
        self._context = context
        self._server = server
        self._timer = self._later()

    def stop(self) -> None:
        self._timer.cancel()

    def _later(self) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(RENEW_S, self._renew)

    def _renew(self) -> None:
        self._timer = self._later()
        try:
            _tls(self._server)  # on trial: a certificate whose key is another's would spoil the context in use
            _load(self._context, self._server)
        except SetupError as error:
            log.error("%s; the one in use stays", error.message)  # noqa: TRY400 - the message says it all
