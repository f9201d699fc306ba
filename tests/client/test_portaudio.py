"""`parlor talk` as a user starts it: real PortAudio, on a JACK server without hardware; the real engines."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import asynccontextmanager

import pytest

from app.config import ROOT

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("jackd"), reason="no jackd: sudo apt install libportaudio2 jackd2"),
]
TALK = [sys.executable, "-m", "app", "talk", "--input-device", "system", "--output-device", "system"]
CLIP = ROOT / "tests" / "fixtures" / "speech" / "lentil-price.flac"


@pytest.fixture
def jack():
    """The environment of programs that find the server, and the server.

    Always the same name: JACK keeps eight names for good, those of killed servers too, and gives only the own one back.
    """
    env = os.environ | {"JACK_DEFAULT_SERVER": "parlor-test"}
    command = ["jackd", "-r", "-n", "parlor-test", "-d", "dummy", "-r", "48000", "-p", "480"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 10
            while subprocess.run(["jack_lsp"], env=env, capture_output=True, check=False).returncode:
                assert server.poll() is None
                assert time.monotonic() < deadline
            yield env, server
        finally:
            server.terminate()


@asynccontextmanager
async def talking(url, env, *more):
    """A running `parlor talk --json`, and a function that reads its events up to one of a type."""
    command = [*TALK, "--json", "--url", url, *more]
    process = await asyncio.create_subprocess_exec(*command, env=env, cwd=ROOT, stdout=subprocess.PIPE)
    events = []

    async def until(kind):
        async with asyncio.timeout(60):
            while True:
                events.append(json.loads(await process.stdout.readline()))
                if events[-1]["type"] == kind:
                    return events

    try:
        yield process, until
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def done(*command, env):
    process = await asyncio.create_subprocess_exec(*command, env=env, cwd=ROOT)
    assert await process.wait() == 0


async def until_it_listens(env):
    async with asyncio.timeout(20):
        while True:
            process = await asyncio.create_subprocess_exec("jack_lsp", env=env, stdout=subprocess.PIPE)
            ports, _ = await process.communicate()
            if b":in_" in ports and b":out_" in ports:
                return
            await asyncio.sleep(0.1)


async def test_a_call_through_portaudio_with_our_own_voice_in_the_microphone(server_url, jack):
    """JACK is not hard real time here, so that a busy machine may garble a word: what counts is who spoke when.

    Through the canceller alone one call in ten heard itself, as it is 0 of 18; two of two must not.
    """
    env, _ = jack
    events = await called(server_url, env)
    if any(event["type"] == "reply.stop" for event in events):
        events = await called(server_url, env)
    kinds = [event["type"] for event in events]
    (ended,) = (event for event in events if event["type"] == "reply.ended")
    assert ended["status"] == "completed", events
    assert ended["heard_text"] == "".join(e["text"] for e in events if e["type"] == "reply.delta")
    assert "speech.started" not in kinds[kinds.index("reply.sentence") :], "it never hears itself"
    assert any(len(e["text"].split()) > 2 for e in events if e["type"] == "transcript.final")
    assert events[kinds.index("sound.summary")]["lost_ms"] == 0


async def called(url, env):
    """The events of a call in which one question is asked."""
    async with talking(url, env) as (process, until):
        await until("session.ready")
        await until_it_listens(env)
        await done(sys.executable, "-m", "tests.client.jack_voice", str(CLIP), env=env)
        await until("reply.ended")
        process.send_signal(signal.SIGINT)
        events = await until("session.ended")
        assert await process.wait() == 0
        return events


async def test_a_sound_server_that_dies_ends_the_call_with_a_word(server_url, jack):
    env, server = jack
    process = await asyncio.create_subprocess_exec(
        *TALK, "--url", server_url, env=env, cwd=ROOT, stderr=subprocess.PIPE
    )
    await until_it_listens(env)
    await asyncio.sleep(0.5)
    server.kill()
    async with asyncio.timeout(30):
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert b"the microphone stopped" in errors
    assert b"Traceback" not in errors
