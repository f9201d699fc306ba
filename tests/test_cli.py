"""The command, as a user types it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from app.config import ROOT

PARLOR = [sys.executable, "-m", "app"]


def parlor(*args, **env):
    return subprocess.run(
        [*PARLOR, *args], capture_output=True, text=True, timeout=60, check=False, env=os.environ | env
    )


def test_help_is_quick_and_names_the_commands():
    done = parlor("--help")
    assert done.returncode == 0
    assert "serve" in done.stdout
    assert "call" in done.stdout


def test_openmp_waits_passively_before_any_library_that_reads_it_is_loaded():
    code = (
        "import os, sys; from app.cli import main; main(['models', 'list']); "
        "print(os.environ['OMP_WAIT_POLICY'], {'llama_cpp', 'ctranslate2', 'torch'} & set(sys.modules))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.splitlines()[-1] == "PASSIVE set()"


def test_all_faults_of_the_settings_are_listed_and_nothing_starts():
    done = parlor("serve", "--set", "vad.threshold=2", "--set", "vad.treshold=1", PARLOR_STT__BEAM_SIZE="many")
    assert done.returncode == 1
    for fault in ("vad.threshold", "vad.treshold", "stt.beam_size", "PARLOR_STT__BEAM_SIZE"):
        assert fault in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (["stt.model=models/none"], "stt.model"),
        (["llm.model=models/none.gguf"], "models/none.gguf"),
        (['tts.voices=["models/none.onnx"]'], "models/none.onnx"),
        (["server.host=0.0.0.0"], "server.token"),
        (["server.host=203.0.113.1", "server.token=x"], "203.0.113.1"),
        (["server.tls_cert=none.pem"], "tls_cert"),
    ],
)
def test_what_is_wrong_with_the_installation_is_said_in_words(settings, words):
    flags = [part for setting in ("server.port=0", *settings) for part in ("--set", setting)]
    done = parlor("serve", *flags)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_busy_port_is_named():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = parlor("serve", "--set", f"server.port={port}")
    assert done.returncode == 1
    assert str(port) in done.stderr


@pytest.mark.engine
def test_serve_says_when_it_is_ready_and_stops_on_a_signal():
    with subprocess.Popen(
        [*PARLOR, "serve", "--set", "server.port=0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        lines = [server.stdout.readline(), server.stdout.readline()]
        assert "Starter models in use" in lines[0]
        url = lines[1].split()[4]
        with urllib.request.urlopen(f"{url}/readyz") as answer:
            body = json.load(answer)
        assert body["starter"] in lines[0]
        assert {engine["state"] for engine in body["engines"].values()} == {"ready"}
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=15) == 0
        assert not server.stderr.read()


SLOW_START = """
import asyncio, contextlib, sys
import app.compose
@contextlib.asynccontextmanager
async def server(config, end=None):
    print("loading", flush=True)
    await asyncio.sleep(60)
    yield
app.compose.server = server
sys.argv = ["parlor", "serve"]
from app.cli import main
sys.exit(main())
"""


def test_serve_stops_on_a_signal_while_it_starts():
    with subprocess.Popen([sys.executable, "-c", SLOW_START], stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        assert server.stdout.readline() == "loading\n"
        server.send_signal(signal.SIGINT)
        assert server.stdout.readline() == "Stopping before it is ready.\n"
        assert server.wait(timeout=10) == 130


def test_a_call_to_nobody_is_told():
    clip = str(ROOT / "tests/fixtures/speech/hello.flac")
    done = parlor("call", "--wav", clip, "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.engine
def test_a_fault_within_a_server_of_ones_own_is_told_without_a_traceback():
    tls = ("--set", "server.tls_cert=cert.pem", "--set", "server.tls_key=key.pem")  # on loopback there is none
    done = parlor("call", "--wav", "none.wav", *tls)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "none.wav" in done.stderr


@pytest.mark.parametrize(("name", "words"), [("none.wav", "none.wav"), ("README.md", "README.md")])
def test_a_file_that_is_no_audio_is_told(name, words):
    done = parlor("call", "--wav", str(ROOT / name), "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_tls(tmp_path):
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    made = subprocess.run([*request, "-keyout", key, "-out", cert], capture_output=True, check=False)
    assert made.returncode == 0, "openssl is part of every Debian"
    import aiohttp

    from app.net.access import Access
    from app.net.api import Api
    from app.net.server import listening
    from tests.conftest import configured

    async def ask():
        config = configured(f"server.tls_cert={cert}", f"server.tls_key={key}")
        async with listening(Api(Access(config.server)), config.server) as url, aiohttp.ClientSession() as http:
            assert url.startswith("https://")
            async with http.get(f"{url}/healthz", ssl=False) as answer:
                return answer.status

    assert asyncio.run(ask()) == 200


def test_what_mends_it_can_be_pasted():
    done = parlor("serve", "--config", "cpu", "--set", "server.port=0", PATH="/usr/bin:/bin")
    assert done.returncode == 1
    command = done.stderr.splitlines()[-1].split()
    assert command[0].endswith("bin/parlor")
    assert command[1:3] == ["models", "download"]
    assert (ROOT / command[0]).exists()
