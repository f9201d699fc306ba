"""Who can connect, and whether a browser will give them its microphone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.doctor.finding import Finding, error, ok, warning
from app.errors import SetupError
from app.net.access import check_bind, is_loopback
from app.settings import Server

ANYWHERE = ("0.0.0.0", "::", "")
NEW_TOKEN = "export PARLOR_SERVER__TOKEN=$(openssl rand -hex 16) && echo $PARLOR_SERVER__TOKEN"
"""In the environment and not on the command line, which everybody on the machine can read."""
_LISTENING = "0A"
"""State of a listening socket in /proc/net/tcp."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What answers on the port."""

    version: str
    """Parlor's."""
    ready: bool
    sessions: int


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What was found out about the address that Parlor is to have."""

    bind_fault: str = ""
    """Why it cannot be had, in the system's words."""
    taken: bool = False
    holder: str = ""
    """Who has the port, as far as it can be told: "nginx (process 71)"."""
    parlor: Answer | None = None
    """A Parlor that has the port."""
    tls_fault: str = ""
    """Why the certificate cannot be used."""
    lan_address: str = ""
    """This machine's address in its network."""


def judge_network(server: Server, facts: NetworkFacts) -> Iterator[Finding]:
    """The address, the port, who may connect, and what browsers will say."""
    yield _port(server, facts)
    yield _access(server)
    if facts.tls_fault:
        fix = "Set server.tls_cert and server.tls_key to PEM files, or make new ones."
        yield error("TLS", facts.tls_fault, fix, certificate_command(_address(server, facts)))
        return
    yield _microphone(server, facts)


def certificate_command(address: str) -> str:
    """What makes a certificate for `address`, which browsers accept after one warning."""
    kind = "IP" if _is_number(address) else "DNS"
    return (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj /CN=parlor "
        f"-addext subjectAltName={kind}:{address} -keyout parlor-key.pem -out parlor-cert.pem"
    )


def listeners(table: str, port: int) -> frozenset[str]:
    """Inodes of the sockets that listen on `port`, from the text of /proc/net/tcp or tcp6."""
    rows: Iterable[list[str]] = (line.split() for line in table.splitlines()[1:])
    return frozenset(
        row[9] for row in rows if len(row) > 9 and row[3] == _LISTENING and row[1].rpartition(":")[2] == f"{port:04X}"
    )


def _port(server: Server, facts: NetworkFacts) -> Finding:
    where = f"{server.host}:{server.port}"
    if server.port == 0:
        return ok("port", f"a free one of {server.host} will be taken")
    if facts.parlor is not None:
        answer = facts.parlor
        name = f"Parlor {answer.version}".strip()
        if answer.ready:
            return ok("port", f"{where}: {name} is serving there already ({answer.sessions} sessions)")
        return warning(
            "port", f"{where}: {name} is there, but not ready", "See its log, and what it says here:", _ask(server)
        )
    if facts.taken:
        by = facts.holder or "another program"
        return error(
            "port",
            f"{where} is taken by {by}",
            f"Stop it, or start with another port: --set server.port={(server.port + 1) % 65_536}",
        )
    if facts.bind_fault:
        fix = "Start with an address of this machine and a port above 1023: --set server.host=127.0.0.1"
        return error("port", f"{where} cannot be had: {facts.bind_fault}", fix)
    return ok("port", f"{where} is free")


def _access(server: Server) -> Finding:
    try:
        told = check_bind(server)
    except SetupError as fault:
        return error("access", fault.message, fault.fix, NEW_TOKEN)
    if told:
        return warning("access", told, "Ask callers for a token instead, and start with it:", NEW_TOKEN)
    if is_loopback(server.host):
        return ok("access", "this machine only")
    return ok("access", "whoever has the token")


def _microphone(server: Server, facts: NetworkFacts) -> Finding:
    """Browsers give it to pages from localhost, and to pages over TLS."""
    name = "browser"
    if server.tls_cert:
        return ok(name, f"https://{_url(_address(server, facts), server.port)}: the microphone works over TLS")
    if is_loopback(server.host):
        return ok(name, f"http://{_url(server.host, server.port)}: the microphone works on this machine")
    address = _address(server, facts)
    origin = f"http://{_url(address, server.port)}"
    return warning(
        name,
        f"{origin}: browsers on other machines give no microphone to pages without TLS",
        "Make a certificate with the command below, then serve with --set server.tls_cert=parlor-cert.pem "
        "--set server.tls_key=parlor-key.pem. Or, to try it in one Chrome: open "
        f"chrome://flags/#unsafely-treat-insecure-origin-as-secure and enter {origin}.",
        certificate_command(address),
    )


def _address(server: Server, facts: NetworkFacts) -> str:
    """Where others reach this machine."""
    return server.host if server.host not in ANYWHERE else facts.lan_address or "parlor.local"


def _ask(server: Server) -> str:
    host = "127.0.0.1" if server.host in ANYWHERE else server.host
    return f"curl {'--insecure https' if server.tls_cert else 'http'}://{_url(host, server.port)}/readyz"


def _url(host: str, port: int) -> str:
    return f"{f'[{host}]' if ':' in host else host}:{port}"


def _is_number(address: str) -> bool:
    return ":" in address or address.replace(".", "").isdigit()
