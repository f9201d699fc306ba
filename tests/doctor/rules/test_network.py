"""The address, the port, and what browsers make of it."""

import pytest

from app.config import load
from app.doctor.finding import Status
from app.doctor.rules.network import NEW_TOKEN, Answer, NetworkFacts, certificate_command, judge_network, listeners

TABLE = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
"""


NOTHING = NetworkFacts()


def judged(name, facts=NOTHING, **server):
    config = load(None, {}, [f"server.{key}={value}" for key, value in server.items()])
    found = {f.name: f for f in judge_network(config.server, facts)}
    return found[name]


@pytest.mark.parametrize(
    ("facts", "status", "word"),
    [
        (NetworkFacts(), Status.OK, "is free"),
        (NetworkFacts(taken=True, holder="nginx (process 71)"), Status.ERROR, "nginx (process 71)"),
        (NetworkFacts(taken=True), Status.ERROR, "another program"),
        (NetworkFacts(taken=True, parlor=Answer("0.1.0", True, 2)), Status.OK, "Parlor 0.1.0 is serving"),
        (NetworkFacts(taken=True, parlor=Answer("0.1.0", False, 0)), Status.WARNING, "not ready"),
        (NetworkFacts(bind_fault="Permission denied"), Status.ERROR, "Permission denied"),
    ],
)
def test_the_port(facts, status, word):
    found = judged("port", facts, port=8080)
    assert found.status is status
    assert word in found.detail


def test_a_taken_port_names_the_next_one():
    assert "--set server.port=8081" in judged("port", NetworkFacts(taken=True), port=8080).fix
    assert "--set server.port=0" in judged("port", NetworkFacts(taken=True), port=65_535).fix


def test_any_port_is_always_free():
    assert judged("port", NetworkFacts(taken=True), port=0).status is Status.OK


@pytest.mark.parametrize(
    ("server", "command"),
    [
        ({"host": "0.0.0.0"}, "curl http://127.0.0.1:8080/readyz"),
        ({"host": "::1", "tls_cert": "c.pem"}, "curl --insecure https://[::1]:8080/readyz"),
    ],
)
def test_a_parlor_that_is_not_ready_can_be_asked(server, command):
    assert judged("port", NetworkFacts(taken=True, parlor=Answer("", False, 0)), **server).command == command


@pytest.mark.parametrize(
    ("server", "status", "command"),
    [
        ({}, Status.OK, ""),
        ({"host": "0.0.0.0"}, Status.ERROR, NEW_TOKEN),
        ({"host": "0.0.0.0", "open_to_all": "true"}, Status.WARNING, NEW_TOKEN),
        ({"host": "0.0.0.0", "token": "secret"}, Status.OK, ""),
    ],
)
def test_who_may_connect(server, status, command):
    found = judged("access", **server)
    assert (found.status, found.command) == (status, command)
    assert "secret" not in found.detail + found.fix


LAN = NetworkFacts(lan_address="192.168.1.20")


@pytest.mark.parametrize(
    ("server", "facts", "status", "word"),
    [
        ({}, LAN, Status.OK, "http://127.0.0.1:8080"),
        ({"host": "0.0.0.0", "tls_cert": "c.pem"}, LAN, Status.OK, "https://192.168.1.20:8080"),
        ({"host": "0.0.0.0"}, LAN, Status.WARNING, "http://192.168.1.20:8080"),
        ({"host": "10.0.0.7"}, LAN, Status.WARNING, "http://10.0.0.7:8080"),
        ({"host": "::"}, NetworkFacts(), Status.WARNING, "http://parlor.local:8080"),
    ],
)
def test_browsers_give_the_microphone_to_localhost_and_tls(server, facts, status, word):
    found = judged("browser", facts, **server)
    assert found.status is status
    assert word in found.detail
    if status is Status.WARNING:
        assert "--set server.tls_cert=" in found.fix
        assert f"chrome://flags/#unsafely-treat-insecure-origin-as-secure and enter {word}" in found.fix


@pytest.mark.parametrize(
    ("address", "name"),
    [("192.168.1.20", "IP:192.168.1.20"), ("fe80::1", "IP:fe80::1"), ("parlor.local", "DNS:parlor.local")],
)
def test_the_certificate_is_for_the_address(address, name):
    assert f"subjectAltName={name} " in certificate_command(address)


def test_a_certificate_that_cannot_be_used_stops_the_start():
    found = judged("TLS", NetworkFacts(tls_fault="c.pem cannot be used", lan_address="192.168.1.20"), host="0.0.0.0")
    assert found.status is Status.ERROR
    assert "IP:192.168.1.20" in found.command


def test_listeners_of_a_port():
    assert listeners(TABLE, 8080) == {"4711"}
    assert listeners(TABLE, 22) == {"4713"}
    assert listeners(TABLE, 40_000) == frozenset()
    assert listeners("", 22) == frozenset()
    assert listeners("header\nshort line", 22) == frozenset()
