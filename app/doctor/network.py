"""Finds out about the address that Parlor is to have: free or taken, by whom, with which certificate."""

from __future__ import annotations

import errno
import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.config import ROOT
from app.doctor.rules.network import ANYWHERE, Answer, NetworkFacts, listeners
from app.settings import Server

ASK_LIMIT_S = 2.0
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_FAR = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737). No packet is sent: a datagram socket only looks for the way there."""


def read_network(server: Server) -> NetworkFacts:
    """Binds the port for a moment; where that fails, asks who has it."""
    fault = _bind_fault(server)
    taken = fault is not None and fault.errno == errno.EADDRINUSE
    parlor = _ask_parlor(server) if taken else None
    return NetworkFacts(
        bind_fault=(fault.strerror or str(fault)) if fault else "",
        taken=taken,
        holder=next(_holders(server.port), "") if taken and parlor is None else "",
        parlor=parlor,
        tls_fault=_tls_fault(server),
        lan_address=_lan_address(),
    )


def _bind_fault(server: Server) -> OSError | None:
    """The first fault of any address that the name stands for."""
    try:
        found = socket.getaddrinfo(server.host or None, server.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, kind, protocol, _, address in found:
            with socket.socket(family, kind, protocol) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.bind(address)
                sock.listen(1)
    except OSError as error:
        return error
    return None


def _ask_parlor(server: Server) -> Answer | None:
    """What a Parlor says of itself; None when it is something else that answers, or nothing does."""
    try:
        status, told = _get(server, "/readyz")
    except (OSError, http.client.HTTPException, ValueError):
        return None
    if not isinstance(told, dict) or not {"version", "engines"} <= told.keys():
        return None
    return Answer(str(told["version"]), status == http.client.OK, int(told.get("sessions", 0)))


def _get(server: Server, path: str) -> tuple[int, Any]:
    host = "127.0.0.1" if server.host in ANYWHERE else server.host
    connection: http.client.HTTPConnection
    if server.tls_cert:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # it is asked who it is, and told nothing
        connection = http.client.HTTPSConnection(host, server.port, timeout=ASK_LIMIT_S, context=context)
    else:
        connection = http.client.HTTPConnection(host, server.port, timeout=ASK_LIMIT_S)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, json.loads(response.read(1 << 20))
    finally:
        connection.close()


def _holders(port: int) -> Iterator[str]:
    """Programs that listen on `port`, as far as /proc shows them to us."""
    inodes = {inode for table in _TABLES if table.exists() for inode in listeners(table.read_text(), port)}
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in wanted for link in (process / "fd").iterdir()):
                yield f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue  # another user's, or gone


def _tls_fault(server: Server) -> str:
    if not server.tls_cert:
        return ""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(ROOT / server.tls_cert, ROOT / server.tls_key if server.tls_key else None)
    except (OSError, ssl.SSLError) as error:
        return f"{server.tls_cert} cannot be used: {error}"
    return ""


def _lan_address() -> str:
    """This machine's address in its network; empty where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(_FAR)
        except OSError:
            return ""
        return str(sock.getsockname()[0])
