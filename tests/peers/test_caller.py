"""The caller that both sides are measured with (scripts/peers/caller.py), with a scripted server: it tests timing."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web

from app.audio import to_float, to_pcm
from app.bench.calls.call import Call
from app.client.files import read_audio
from app.client.player import audible_windows
from app.interfaces import RATE_HZ
from app.wire.codec import AudioFrame, encode_audio
from scripts.peers.caller import FRAME, make_call
from scripts.peers.lines import ParlorLine, RawLine

SPEECH = Path(__file__).resolve().parent.parent / "fixtures" / "speech"
SPOKEN = RATE_HZ // 2
ANSWER = np.full(RATE_HZ // 10, 6_000, np.int16)
LAG_MS = 120
"""How late a busy machine may make a timing."""


def a_call():
    audio = np.full(SPOKEN, 0.1, np.float32)
    return Call("turns 7", "turns", "en", "nobody", 0, np.pad(audio, (RATE_HZ, 0)), (), (), RATE_HZ, RATE_HZ + SPOKEN)


async def served(handler):
    app = web.Application()
    app.router.add_get("/", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"


async def heard_until(ws, samples):
    """Take so much audio; how much of it came before the caller began to sound."""
    parts, taken = [], 0
    while taken < samples:
        message = await ws.receive()
        if isinstance(message.data, bytes):
            parts.append(np.frombuffer(message.data, "<i2"))
            taken += parts[-1].size
        elif message.type is not web.WSMsgType.TEXT:
            break
    return int(np.argmax(np.concatenate(parts) != 0)) if parts else 0


async def test_both_wires_measure_the_same_answer_alike():
    waited = {}

    async def raw(request):
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        waited["raw"] = await heard_until(ws, SPOKEN + RATE_HZ * 3 // 10 + RATE_HZ // 10)
        await ws.send_str(json.dumps({"type": "turn.ended", "text": "hello"}))
        await ws.send_bytes(bytes(3_200) + ANSWER.tobytes())
        await heard_until(ws, RATE_HZ)
        return ws

    async def parlor(request):
        ws = web.WebSocketResponse(protocols=("parlor.v1",))
        await ws.prepare(request)
        await ws.send_str(json.dumps({"type": "session.ready"}))
        waited["parlor"] = await heard_until(ws, SPOKEN + RATE_HZ * 3 // 10 + RATE_HZ // 10)
        for event in ({"type": "speech.stopped", "turn": 1}, {"type": "transcript.final", "turn": 1, "text": "hello"}):
            await ws.send_str(json.dumps(event))
        await ws.send_bytes(encode_audio(AudioFrame(1, RATE_HZ, 0, bytes(3_200) + ANSWER.tobytes(), last=True)))
        await heard_until(ws, RATE_HZ)
        return ws

    for name, handler, line in (("raw", raw, RawLine), ("parlor", parlor, ParlorLine)):
        runner, url = await served(handler)
        found = await make_call(name, line(url), a_call())
        await runner.cleanup()
        assert found.text == "hello"
        assert found.cuts == 0
        assert found.wait_ms == pytest.approx(100, abs=LAG_MS)
        assert found.voice_ms - found.wait_ms == pytest.approx(100, abs=LAG_MS)
    # At most 300 ms of the silence before the caller are sent.
    assert waited["raw"] == waited["parlor"] == RATE_HZ * 3 // 10


async def test_it_speaks_no_faster_than_a_microphone_and_outlives_the_server():
    early = []

    async def leaving(request):
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        began = asyncio.get_running_loop().time()
        for number in range(1, 61):
            await ws.receive()
            early.append(number * FRAME / RATE_HZ - (asyncio.get_running_loop().time() - began))
            if number == 20:
                await ws.send_str(json.dumps({"type": "turn.ended", "text": ""}))
        await ws.close()
        return ws

    runner, url = await served(leaving)
    found = await make_call("them", RawLine(url), a_call())
    await runner.cleanup()
    assert (found.cuts, found.wait_ms, found.voice_ms) == (1, None, None)
    assert max(early) < 0.03


@pytest.mark.engine
async def test_parlor_answers_it(server_url):
    audio = to_float(read_audio(SPEECH / "drinks.flac"))
    end = audible_windows(to_pcm(audio), RATE_HZ)[-1]
    call = Call("turns 1", "turns", "en", "somebody", 0, audio, (), (), 0, end)
    found = await make_call("us", ParlorLine(f"{server_url}/v1/ws"), call)
    assert found.text
    assert found.cuts == 0
    assert 100 < found.wait_ms < found.voice_ms + 50
