"""Who may connect: Host, Origin and tokens. Pure.

Host is checked so that a foreign name that resolves to this machine cannot drive it from a browser (DNS rebinding),
Origin so that a foreign page cannot, tokens so that a neighbour on the network cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from secrets import compare_digest
from urllib.parse import SplitResult, urlsplit

from app.errors import CallerError, SetupError
from app.settings import Server

PROTOCOL = "parlor.v1"
_TOKEN_PROTOCOL = "token."
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_BEARER = "bearer "


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def check_bind(server: Server) -> str | None:
    """A warning to be shown loudly, or None. Raises `SetupError` for a bind that would let in anybody unasked."""
    if is_loopback(server.host) or server.token:
        return None
    if not server.open_to_all:
        raise SetupError(
            f"server.host {server.host} can be reached from other machines and no server.token is set",
            fix="Set server.token (or bind to 127.0.0.1; or, knowing what it means, set server.open_to_all).",
        )
    return f"ANYONE who can reach {server.host} may talk to and listen through this server: server.open_to_all is set"


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one server."""

    server: Server

    def check_host(self, host: str) -> None:
        """`host` as in the Host header, with or without a port. Raises `CallerError` `bad_host`."""
        name = _name(host)
        allowed = {*_LOOPBACK_NAMES, *(h.lower() for h in self.server.allowed_hosts)}
        if name in allowed or name == self.server.host.lower():
            return
        if not is_loopback(self.server.host) and _is_address(name):
            return  # an address cannot be rebound
        raise CallerError("bad_host", "This server does not go by that name.", "Add the name to server.allowed_hosts.")

    def check_origin(self, origin: str | None, host: str) -> None:
        """`origin` as a browser sends it; None from anything else. Raises `CallerError` `bad_origin`."""
        if origin is None or origin in self.server.allowed_origins or _split(origin).netloc == host:
            return
        raise CallerError(
            "bad_origin", "Pages of that origin may not use this server.", "Add the origin to server.allowed_origins."
        )

    def cross_origin(self, origin: str | None) -> dict[str, str]:
        """Headers that let the pages of an allowed origin read our answers; none for any other."""
        if origin is None or origin not in self.server.allowed_origins:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Vary": "Origin",
        }

    def check_admin(self, headers: Mapping[str, str]) -> None:
        """Raises `CallerError` `unauthorized` unless the admin token is given; without one set nobody is admin."""
        if not self.server.token or not _same(token_of(headers), self.server.token):
            raise CallerError("unauthorized", "The admin token is needed.", "Send server.token as a bearer token.")

    def check_guest(self, headers: Mapping[str, str]) -> None:
        """Whether a new session may be opened. Raises `CallerError` `unauthorized`."""
        if self.server.token:
            self.check_admin(headers)


def token_of(headers: Mapping[str, str]) -> str:
    """The token in `Authorization: Bearer`, or in the `token.<token>` subprotocol; empty if there is none."""
    authorization = headers.get("Authorization", "")
    if authorization.lower().startswith(_BEARER):
        return authorization[len(_BEARER) :].strip()
    offered = (p.strip() for p in headers.get("Sec-WebSocket-Protocol", "").split(","))
    return next((p.removeprefix(_TOKEN_PROTOCOL) for p in offered if p.startswith(_TOKEN_PROTOCOL)), "")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _name(host: str) -> str:
    return (_split(f"//{host}").hostname or "").lower()


def _split(url: str) -> SplitResult:
    """The parts of `url`; all empty when it is none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _same(given: str, expected: str) -> bool:
    # aiohttp hands on bytes that are no UTF-8 as lone surrogates
    return compare_digest(given.encode(errors="surrogatepass"), expected.encode(errors="surrogatepass"))
