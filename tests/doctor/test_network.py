"""Real sockets: free ports, taken ports, who holds them, certificates."""

import asyncio
import os
import socket
import subprocess
from pathlib import Path

import pytest

from app.doctor.network import read_network
from app.doctor.rules.network import certificate_command
from tests.conftest import configured


def server(**settings):
    return configured(*(f"server.{key}={value}" for key, value in settings.items())).server


@pytest.fixture
def taken():
    """A port on which something listens that is no Parlor and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_free_port_is_free(taken):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    facts = read_network(server(port=port))
    assert (facts.taken, facts.bind_fault, facts.tls_fault) == (False, "", "")
    assert not read_network(server(port=0)).taken


def test_a_taken_port_names_its_holder(taken, monkeypatch):
    monkeypatch.setattr("app.doctor.network.ASK_LIMIT_S", 0.2)
    facts = read_network(server(port=taken))
    assert facts.taken
    assert facts.parlor is None
    assert facts.holder.endswith(f"(process {os.getpid()})")


def test_an_address_of_another_machine_cannot_be_had():
    facts = read_network(server(host="192.0.2.99", port=8080))
    assert facts.bind_fault
    assert not facts.taken
    assert read_network(server(host="no-such-name.invalid", port=8080)).bind_fault


async def test_a_parlor_on_the_port_is_known(serving):
    async with serving() as (url, _):
        port = int(url.rpartition(":")[2])
        facts = await asyncio.get_running_loop().run_in_executor(None, read_network, server(port=port))
    assert facts.parlor is not None
    assert (facts.parlor.ready, facts.parlor.sessions, facts.holder) == (True, 0, "")


def test_the_certificate_that_the_doctor_proposes_can_be_used(tmp_path):
    subprocess.run(certificate_command("192.168.1.20").split(), cwd=tmp_path, check=True, capture_output=True)
    cert, key = (tmp_path / f"parlor-{part}.pem" for part in ("cert", "key"))
    assert read_network(server(tls_cert=cert, tls_key=key)).tls_fault == ""
    assert str(cert) in read_network(server(tls_cert=cert, tls_key=Path(__file__))).tls_fault
    assert "No such file" in read_network(server(tls_cert="no-such.pem")).tls_fault
