"""The HTTP calls, and the two doors to a WebSocket."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from aiohttp import WSCloseCode, web
from pydantic import ValidationError

from app import __version__
from app.errors import CallerError, EngineBusyError, ParlorError
from app.interfaces import EngineState
from app.net.access import PROTOCOL, Access, token_of
from app.net.outbox import Outbox
from app.net.socket import Connection, make_socket
from app.session.store import Entry, Sessions
from app.wire.codec import encode, faults
from app.wire.incoming import MAX_BINARY_BYTES, MAX_TEXT_BYTES, Options
from app.wire.messages import EndReason, ErrorMessage, SessionReady

WEB = Path(__file__).resolve().parent.parent / "web"
LOADING_RETRY_S = 2.0


class Api:
    """All handlers of one server. `sessions` is there once the engines are."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.sessions: Sessions[Outbox] | None = None
        self._connections: dict[str, Connection] = {}

    def routes(self) -> list[web.RouteDef | web.StaticDef]:
        return [
            web.get("/", self.page),
            web.static("/web", WEB),
            web.get("/healthz", self.healthz),
            web.get("/readyz", self.readyz),
            web.get("/metrics", self.metrics),
            web.post("/v1/sessions", self.create),
            web.get("/v1/sessions", self.list),
            web.get("/v1/sessions/{id}/stats", self.stats),
            web.delete("/v1/sessions/{id}", self.delete),
            web.get("/v1/sessions/{id}/ws", self.join),
            web.get("/v1/ws", self.connect),
            web.options("/v1/{path:.*}", self.preflight),
        ]

    async def preflight(self, request: web.Request) -> web.Response:
        """A browser asks on behalf of a page of an allowed origin; the headers are set for every answer."""
        return web.Response(status=204)

    async def page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(WEB / "index.html")

    async def healthz(self, request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(self, request: web.Request) -> web.Response:
        if self.sessions is None:
            return web.json_response({"version": __version__, "sessions": 0, "engines": {}}, status=503)
        infos = {name: engine.info() for name, engine in self.sessions.parts.engines.each().items()}
        engines = {name: asdict(info) | {"state": info.state.value} for name, info in infos.items()}
        body = {
            "version": __version__,
            "sessions": len(self.sessions),
            "starter": self.sessions.parts.starter(),
            "engines": engines,
        }
        ready = all(info.state is EngineState.READY for info in infos.values())
        return web.json_response(body, status=200 if ready else 503)

    async def metrics(self, request: web.Request) -> web.Response:
        parts = self._ready().parts
        return web.Response(body=parts.metrics.text(parts.engines), content_type="text/plain", charset="utf-8")

    async def create(self, request: web.Request) -> web.Response:
        self.access.check_guest(request.headers)
        sent = await request.read()
        try:
            wanted = Options.model_validate_json(sent or b"{}")
        except ValidationError as error:
            if error.errors()[0]["loc"]:
                raise CallerError("bad_message", faults(error), "Correct the fields named.") from error
            raise CallerError("bad_json", "The body is no JSON object.", "Send one JSON object, or nothing.") from error
        entry = await self._ready().open(wanted, Outbox())
        body = {
            "session_id": entry.session.id,
            "token": entry.token,
            "ws_path": f"/v1/sessions/{entry.session.id}/ws",
            "limits": self._limits(),
        }
        return web.json_response(body, status=201)

    async def list(self, request: web.Request) -> web.Response:
        self.access.check_admin(request.headers)
        sessions = self._ready()
        return web.json_response({"total": len(sessions), "active": sessions.ids(), "max": sessions.max})

    async def stats(self, request: web.Request) -> web.Response:
        return web.json_response(self._entry(request).session.stats())

    async def delete(self, request: web.Request) -> web.Response:
        self._entry(request).session.end(EndReason.CLOSED)
        return web.Response(status=204)

    async def join(self, request: web.Request) -> web.StreamResponse:
        """A socket for a session that `create` made, or that lost its socket."""
        if not request.query.get("from", "0").isdecimal():
            raise CallerError("bad_message", "from is not a number.", "Give the first seq that you miss.")
        _check_upgrade(request)
        return await self._serve(request, self._entry(request))

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """A socket with a session of its own."""
        self.access.check_guest(request.headers)
        _check_upgrade(request)
        try:
            entry = await self._ready().open(Options(), Outbox())
        except EngineBusyError as error:
            return await self._refuse(request, error)
        return await self._serve(request, entry)

    async def _refuse(self, request: web.Request, error: ParlorError) -> web.StreamResponse:
        """Browsers cannot read the answer to a failed handshake: they are told inside the socket."""
        self.told(error)
        ws = make_socket(PROTOCOL)
        await ws.prepare(request)
        await ws.send_str(encode(ErrorMessage(error.code, error.message, error.fix, True, error.retry_after_s), 1, 0))
        await ws.close(code=WSCloseCode.TRY_AGAIN_LATER)
        return ws

    async def _serve(self, request: web.Request, entry: Entry[Outbox]) -> web.StreamResponse:
        ws = make_socket(PROTOCOL)
        await ws.prepare(request)
        connection, earlier = Connection(ws, entry, self._greeting(entry)), self._connections.get(entry.session.id)
        self._connections[entry.session.id] = connection  # at once: who comes next replaces this one, and no older one
        try:
            if earlier:
                await earlier.replace()
            await connection.run()
        finally:
            connection.gone.set()
            if self._connections.get(entry.session.id) is connection:
                del self._connections[entry.session.id]
        return ws

    def told(self, error: ParlorError) -> None:
        """Count an error that is told outside of any session."""
        if self.sessions is not None:
            self.sessions.parts.metrics.errors.labels(error.code).inc()

    def _greeting(self, entry: Entry[Outbox]) -> SessionReady:
        parts = self._ready().parts
        config = entry.session.choice.as_dict()
        config["language"] = config["language"] or parts.config.stt.language or None
        # Nothing is replayed yet, so a session that goes on is not called resumed.
        return SessionReady(
            entry.session.id, entry.token, False, config, self._limits(), parts.models(), parts.starter()
        )

    def _limits(self) -> dict[str, object]:
        settings = self._ready().parts.config.session
        return {
            "binary_bytes": MAX_BINARY_BYTES,
            "text_bytes": MAX_TEXT_BYTES,
            "text_chars": settings.max_text_chars,
            "buffer_bytes": settings.buffer_bytes,
            "idle_s": settings.idle_s,
            "keep_s": settings.keep_s,
        }

    def _entry(self, request: web.Request) -> Entry[Outbox]:
        return self._ready().find(request.match_info["id"], token_of(request.headers))

    def _ready(self) -> Sessions[Outbox]:
        if self.sessions is None:
            raise EngineBusyError("server", "the engines are still loading", retry_after_s=LOADING_RETRY_S)
        return self.sessions


def _check_upgrade(request: web.Request) -> None:
    """Before anything is made for it: a picture on a foreign page can send a GET too."""
    offered = [each.strip() for each in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if offered != [""] and PROTOCOL not in offered:  # aiohttp would log what is offered: tokens
        raise CallerError("bad_message", f"The subprotocol {PROTOCOL} is not offered.", f"Offer {PROTOCOL} first.")
    if not make_socket(PROTOCOL).can_prepare(request):
        raise CallerError("no_websocket", "This address is for WebSockets.", "Connect with a WebSocket client.")
