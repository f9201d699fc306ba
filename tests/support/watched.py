"""Makes every way out of this machine an error, and records it."""

import ipaddress
import socket
import sys
from pathlib import Path

LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
SENDS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getnameinfo"}


class WayOutError(Exception):
    """Somebody tried to leave."""


def watch(record):
    """From now on: a connection, a packet or a lookup beyond loopback is written to the file `record` and raises."""
    path = Path(record)
    path.touch()

    def hook(event, arguments):
        if event not in LOOKUPS | SENDS:
            return
        if event in LOOKUPS:
            host = arguments[0]
        elif event == "socket.getnameinfo":
            host = arguments[0][0]
        else:
            host = _host(*arguments)
        if not _stays(host):
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{event} {host}\n")
            raise WayOutError(f"{event}: {host}")

    sys.addaudithook(hook)


def _host(sock, address=None):
    """Where a call on a socket leads; None for sockets that are no network, and where it is connected already."""
    return address[0] if sock.family in {socket.AF_INET, socket.AF_INET6} and address else None


def _stays(host):
    if host is None or host in ("", b"", "localhost", b"localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
