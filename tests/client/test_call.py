"""A caller made of files obeys what a loudspeaker is told, against a server that says what the test wants."""

import asyncio
from itertools import pairwise

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.client import connection
from app.client.call import call
from app.client.files import write_wav
from app.errors import SetupError
from tests.client.peer import RATE, answering


async def called(url, tmp_path):
    write_wav(tmp_path / "a.wav", np.full(RATE // 5, 5_000, np.int16), RATE)
    events = []
    records, went_well = await call(url, "", [tmp_path / "a.wav"], events.append)
    assert went_well
    return records[0], events


async def test_frames_of_a_later_kind_are_ignored(tmp_path):
    async def script(peer):
        await asyncio.sleep(0.4)
        await peer.tell("reply.started", turn=1)
        await peer.ws.send_bytes(b"\x07later")
        await peer.play(1, 0.2)
        await peer.until("playback", state="done")
        await peer.tell("reply.ended", turn=1, status="completed", heard_text="", timeline={})

    async with answering(script) as url:
        record, _ = await called(url, tmp_path)
    assert record.ended


async def test_ducks_pauses_goes_on_and_stops(tmp_path):
    async def script(peer):
        await asyncio.sleep(0.4)
        await peer.tell("reply.started", turn=1)
        await peer.play(1, 5.0)
        await peer.until("playback", state="playing")
        await peer.tell("reply.duck", turn=1, gain_db=-12.0)
        await peer.tell("reply.pause", turn=1)
        paused = await peer.until("playback", 0.2, state="paused")
        await asyncio.sleep(0.5)
        assert peer.heard[-1] == paused, "told once, and nothing went on meanwhile"
        await peer.tell("reply.resume", turn=1, from_ms=paused["played_ms"])
        await asyncio.sleep(0.5)
        playing = peer.of("playback", state="playing")
        assert all(b["played_ms"] - a["played_ms"] <= 250 for a, b in pairwise(playing))
        await peer.tell("reply.stop", turn=1)
        done = await peer.until("playback", 0.2, state="done")
        assert 450 <= done["played_ms"] - paused["played_ms"] <= 700
        await asyncio.sleep(0.4)
        assert len(peer.of("playback", state="done")) == 1
        await peer.tell("reply.ended", turn=1, status="interrupted", heard_text="", timeline={})

    async with answering(script) as url:
        record, _ = await called(url, tmp_path)
    assert record.player.pcm().size == 5 * RATE
    assert record.player.gain_db == 0.0, "a reply that goes on is as loud as it was"


async def test_an_end_is_told_once(tmp_path):
    async def script(peer):
        await asyncio.sleep(0.4)
        await peer.tell("reply.started", turn=1)
        await peer.play(1, 0.3)
        assert (await peer.until("playback", state="done"))["played_ms"] == 300
        await asyncio.sleep(0.3)
        assert len(peer.of("playback", state="done")) == 1
        for kind, more in (("reply.duck", {"gain_db": -3.0}), ("reply.resume", {"from_ms": 0}), ("reply.stop", {})):
            await peer.tell(kind, turn=1, **more)
        await peer.tell("reply.ended", turn=1, status="completed", heard_text="", timeline={})

    async with answering(script) as url:
        record, events = await called(url, tmp_path)
    assert record.ended
    assert len([e for e in events if e["type"] == "audio"]) == 1


@pytest.mark.parametrize("hears", [True, False], ids=["closed", "hangs"])
async def test_a_server_that_goes_away_ends_the_call_and_is_told(tmp_path, monkeypatch, hears):
    monkeypatch.setattr(connection, "HEARTBEAT_S", 0.4)

    async def script(peer):
        if hears:
            await peer.tell("reply.started", turn=1)
            await peer.ws.close()
        else:
            await asyncio.sleep(2.0)  # and answers no ping

    write_wav(tmp_path / "a.wav", np.full(10 * RATE, 5_000, np.int16), RATE)
    events = []
    async with answering(script, hears=hears) as url:
        async with asyncio.timeout(15.0):
            records, went_well = await call(url, "", [tmp_path / "a.wav", tmp_path / "a.wav"], events.append)
    assert not went_well
    assert len(records) == 1
    assert [(e["code"], e["fatal"]) for e in events if e["type"] == "error"] == [("server_gone", True)]


async def test_an_answer_that_failed_is_no_success(tmp_path):
    async def script(peer):
        await asyncio.sleep(0.4)
        await peer.tell("reply.started", turn=1)
        await peer.tell("error", code="engine_failed", message="llm: broken", fix="Say it again.", fatal=False)
        await peer.tell("reply.ended", turn=1, status="failed", heard_text="", timeline={})

    write_wav(tmp_path / "a.wav", np.full(RATE // 5, 5_000, np.int16), RATE)
    async with answering(script) as url:
        _, went_well = await call(url, "", [tmp_path / "a.wav"], lambda event: None)
    assert not went_well


@pytest.mark.parametrize("recognised", [True, False])
async def test_a_turn_that_nothing_comes_of_is_not_waited_for(tmp_path, monkeypatch, recognised):
    monkeypatch.setattr("app.client.call.SETTLE_S", 0.5)

    async def script(peer):
        await asyncio.sleep(0.4)
        await peer.tell("speech.started", turn=1)
        if recognised:  # the caller went on before the text was there, and is answered once
            await peer.tell("speech.started", turn=2)
            await peer.tell("transcript.final", turn=1, text="two")
            await peer.tell("transcript.final", turn=2, text="two cokes")
            await peer.tell("reply.started", turn=2)
            await peer.tell("reply.ended", turn=2, status="completed", heard_text="", timeline={})
        else:
            await peer.tell("error", code="engine_timeout", message="stt: late", fix="Say it again.", fatal=False)

    write_wav(tmp_path / "a.wav", np.full(RATE // 5, 5_000, np.int16), RATE)
    async with answering(script) as url, asyncio.timeout(10.0):
        _, went_well = await call(url, "", [tmp_path / "a.wav"], lambda event: None)
    assert went_well is recognised


@pytest.mark.parametrize(
    ("status", "fix"), [(401, "token"), (403, "allowed_hosts"), (404, "parlor serve"), (503, "ready")]
)
async def test_who_is_refused_is_told_what_mends_it(tmp_path, status, fix):
    async def refuse(_):
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/v1/ws", refuse)
    write_wav(tmp_path / "a.wav", np.zeros(RATE // 5, np.int16), RATE)
    async with TestServer(app) as server:
        with pytest.raises(SetupError) as refused:
            await call(str(server.make_url("/")), "", [tmp_path / "a.wav"], lambda event: None)
    assert fix in refused.value.fix
