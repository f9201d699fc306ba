"""Nothing leaves the machine: a conversation where every way out is an error, and one where there is no way out."""

import json
import os
import subprocess
import sys

import pytest

from app.config import ROOT
from tests.support.namespace import attempts, isolated

WATCHED = "import sys; from tests.support.watched import watch; watch(sys.argv.pop(1)); "
CALL = "from app.cli import main; sys.exit(main())"
HELLO = str(ROOT / "tests/fixtures/speech/hello.flac")
CALLER = ("call", "--wav", HELLO, "--json")


def python(code, *arguments, prefix=(), **env):
    command = [*prefix, sys.executable, "-c", code, *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)} | env
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False, env=env)


def transcript(done):
    assert done.returncode == 0, done.stderr
    (turn,) = json.loads(done.stdout.splitlines()[-1])["turns"]
    assert turn["reply"]
    return turn["transcript"].strip(" .!").lower()


@pytest.mark.engine
@pytest.mark.slow
def test_a_conversation_asks_for_no_address_but_loopback(tmp_path):
    record = tmp_path / "record"
    assert transcript(python(WATCHED + CALL, record, *CALLER)) == "hello"
    assert record.read_text("utf-8") == ""


@pytest.mark.engine
@pytest.mark.slow
def test_a_conversation_without_any_network_does_not_even_try(tmp_path):
    trace = tmp_path / "trace"
    record = tmp_path / "record"
    done = python(WATCHED + CALL, record, *CALLER, prefix=isolated(), TRACE=str(trace))
    assert transcript(done) == "hello"
    assert record.read_text("utf-8") == ""
    assert attempts(trace) == {}


def test_no_library_keeps_an_identifier_to_report_with(tmp_path):
    """They report after ten seconds and more: longer than the conversations above."""
    load = "import app, onnxruntime, sys; onnxruntime.InferenceSession(sys.argv[1])"
    done = python(load, ROOT / "models/starter/voice/starter-voice.onnx", HOME=str(tmp_path), XDG_CACHE_HOME="")
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("import socket; socket.create_connection(('192.0.2.1', 9))", "socket.getaddrinfo 192.0.2.1"),
        ("import socket; socket.socket().connect(('192.0.2.1', 9))", "socket.connect 192.0.2.1"),
        ("import socket; socket.socket(socket.AF_INET6).connect(('2001:db8::1', 9))", "socket.connect 2001:db8::1"),
        ("import socket as s; s.socket(type=s.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))", "socket.sendto 192.0.2.1"),
        ("import socket as s; s.socket(type=s.SOCK_DGRAM).sendmsg([b''], (), 0, ('192.0.2.1', 9))", "socket.sendmsg"),
        ("import socket; socket.gethostbyname('example.org')", "socket.gethostbyname example.org"),
        ("import urllib.request as r; r.urlopen('http://example.org', timeout=1)", "socket.getaddrinfo example.org"),
        ("import asyncio; asyncio.run(asyncio.open_connection('192.0.2.1', 9))", "socket.connect 192.0.2.1"),
    ],
)
def test_the_watch_bites(tmp_path, code, event):
    record = tmp_path / "record"
    done = python(WATCHED + code, record)
    assert done.returncode == 1
    assert "WayOutError" in done.stderr
    assert event in record.read_text("utf-8")


def test_the_watch_lets_loopback_be(tmp_path):
    record = tmp_path / "record"
    code = (
        "import socket; a = socket.create_server(('127.0.0.1', 0)); socket.create_connection(a.getsockname()); "
        "socket.getaddrinfo('localhost', 80); socket.socketpair()"
    )
    done = python(WATCHED + code, record)
    assert done.returncode == 0, done.stderr
    assert record.read_text("utf-8") == ""


@pytest.mark.parametrize(
    "code",
    [
        "import uvloop, asyncio; uvloop.run(asyncio.open_connection('192.0.2.1', 9))",  # libuv: no audit event
        "import uvloop, asyncio; uvloop.run(asyncio.open_connection('example.org', 9))",
        "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b'', ('2001:db8::1', 9))",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('127.0.0.53', 53))",  # a local name server
    ],
)
def test_the_kernel_counts_what_no_hook_sees(tmp_path, code):
    trace = tmp_path / "trace"
    python(code, prefix=isolated(), TRACE=str(trace))
    assert attempts(trace)
