"""A caller with a sound card: against a server that says what the test wants, and against the real one."""

import asyncio
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app import cli
from app.client import talk as talk_file
from app.client.card import Device
from app.client.connection import connected
from app.client.echo import canceller
from app.client.files import read_audio
from app.client.front import FrontEnd
from app.client.talk import Talk
from app.config import load
from app.errors import SetupError
from tests.client.peer import answering
from tests.client.room import RATE, Room

FIXTURES = Path(__file__).parent.parent / "fixtures" / "speech"


class Nothing:
    """A canceller for where there is no echo."""

    def played(self, block, rate_hz):
        pass

    def cleaned(self, block, rate_hz, delay_ms):
        return block


async def held(url, room, show, *, canceller=None, doing=None):
    """A whole call; `doing(talk)` runs beside it. Whether the server failed it."""
    async with connected(url, "") as line:
        talk = Talk(line, FrontEnd(RATE, RATE, canceller), show)
        if not doing:
            await talk.run(room.open)
            return talk.fault is not None
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(doing(talk))
            await talk.run(room.open)
    return talk.fault is not None


def ignore(_):
    """Nobody looks."""


def sounding(room):
    return sum(bool(block.any()) for block in room.played) * 10


async def test_says_what_it_will_send_and_wants_to_hear_then_sends_in_real_time():
    async def script(peer):
        formats = {"codec": "pcm16", "rate": RATE}
        assert await peer.until("session.configure") == {
            "type": "session.configure", "input": formats, "output": formats,
        }  # fmt: skip
        room.say(np.full(RATE // 10, 5_000, np.int16))
        await asyncio.sleep(1.0)
        assert 0.7 * RATE < len(peer.pcm) / 2 < 1.1 * RATE
        assert np.count_nonzero(np.frombuffer(peer.pcm, "<i2") == 5_000) == RATE // 10
        await peer.end()

    room, events = Room(), []
    async with answering(script) as url:
        assert not await held(url, room, events.append)
    assert events[-1] == {"t_ms": events[-1]["t_ms"], "type": "sound.summary", "gaps": 0, "lost_ms": 0}


async def test_plays_and_tells_what_was_heard():
    async def script(peer):
        await peer.until("session.configure")
        await peer.play(7, 1.0)
        assert (await peer.until("playback", state="done"))["played_ms"] == 1_000
        reports = peer.of("playback", turn=7, state="playing")
        assert len(reports) >= 4
        assert all(b["played_ms"] - a["played_ms"] <= 250 for a, b in pairwise(reports))
        await peer.end()

    room = Room()
    async with answering(script) as url:
        await held(url, room, ignore)
    assert 990 <= sounding(room) <= 1_010


async def test_obeys_and_answers_at_once():
    async def script(peer):
        await peer.until("session.configure")
        await peer.play(7, 3.0)
        await peer.until("playback", state="playing")
        await peer.tell("reply.duck", turn=7, gain_db=-12.0)
        await asyncio.sleep(0.2)
        assert 1_900 < np.abs(room.played[-1]).max() < 2_100
        await peer.tell("reply.pause", turn=7)
        paused = await peer.until("playback", 1.0, state="paused")
        await asyncio.sleep(0.2)
        assert not room.played[-1].any()
        await peer.tell("reply.resume", turn=7, from_ms=paused["played_ms"])
        await asyncio.sleep(0.2)
        assert np.abs(room.played[-1]).max() == 8_000
        await peer.tell("reply.stop", turn=7)
        assert (await peer.until("playback", 1.0, state="done"))["played_ms"] > paused["played_ms"]
        await asyncio.sleep(0.2)
        assert not room.played[-1].any()
        await peer.end()

    room = Room()
    async with answering(script) as url:
        await held(url, room, ignore)


@pytest.mark.parametrize(("cancels", "heard"), [(None, False), (Nothing(), True)], ids=["half", "full"])
async def test_without_echo_cancellation_nothing_is_heard_while_it_plays(cancels, heard, monkeypatch):
    monkeypatch.setattr("app.client.duplex.PROTECTED_S", 0.0)

    async def script(peer):
        await peer.until("session.configure")
        await peer.play(7, 1.0)
        await peer.until("playback", state="playing")
        begin = len(peer.pcm)
        room.say(np.full(RATE // 10, 5_000, np.int16))
        await peer.until("playback", state="done")
        assert (5_000 in np.frombuffer(peer.pcm[begin:], "<i2")) == heard
        await asyncio.sleep(0.4)
        begin = len(peer.pcm)
        room.say(np.full(RATE // 10, 5_000, np.int16))
        await asyncio.sleep(0.3)
        assert 5_000 in np.frombuffer(peer.pcm[begin:], "<i2")
        await peer.end()

    room = Room()
    async with answering(script) as url:
        await held(url, room, ignore, canceller=cancels)


async def test_enter_stops_a_reply_and_hanging_up_says_goodbye():
    async def script(peer):
        await peer.until("interrupt")
        hang_up.set()
        await peer.until("bye")
        assert peer.heard[-1]["type"] == "bye"

    async def doing(talk):
        await asyncio.sleep(0.2)
        talk.interrupt()
        await hang_up.wait()
        talk.hang_up()

    hang_up = asyncio.Event()
    async with answering(script) as url:
        assert not await held(url, Room(), ignore, doing=doing)


async def test_a_refusal_is_a_failure():
    async def script(peer):
        await peer.tell("error", code="busy", message="Full.", fix="Wait.", fatal=True)
        await peer.end()

    class Taken(Room):
        def open(self, front, heard):
            raise AssertionError("nobody will hear it")

    events = []
    async with answering(script, ready=False) as url:
        assert await held(url, Taken(), events.append)
    assert [e["type"] for e in events] == ["error", "session.ended"]


async def test_why_a_call_failed_is_on_stderr_where_nobody_reads_what_was_said(monkeypatch, capsys):
    async def script(peer):
        await peer.tell("error", code="busy", message="Full.", fix="Wait.", fatal=True)
        await peer.end()

    monkeypatch.setattr("app.client.card.find", lambda kind, wanted: Device(0, kind, RATE))
    async with answering(script, ready=False) as url:
        args = cli._parser().parse_args(["talk", "--url", url])
        assert await cli._talk(load(None, {}, []), args) == 1
    assert capsys.readouterr().err == "parlor: Full.\n  Wait.\n"


async def test_a_server_that_accepts_and_says_nothing_is_told(monkeypatch):
    monkeypatch.setattr("app.client.connection.CONNECT_S", 0.2)
    over = asyncio.Event()

    async def silent(reader, writer):
        await over.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(SetupError, match=r"does not answer within 0\.2 s"):
        await held(f"http://127.0.0.1:{port}", Room(), ignore)
    over.set()
    server.close()


@pytest.mark.parametrize("fault", ["", "it burned"])
async def test_a_microphone_that_gives_nothing_is_told(monkeypatch, fault):
    monkeypatch.setattr(talk_file, "SILENT_S", 0.2)

    async def script(peer):
        await peer.until("session.configure")

    room = Room()
    room.dead, room.health.fault = True, fault
    async with answering(script) as url:
        with pytest.raises(SetupError, match=fault or r"nothing for 0\.2 s") as caught:
            await held(url, room, ignore)
    assert "--input-device" in caught.value.fix


@pytest.mark.parametrize("fault", ["", "it burned"])
async def test_a_loudspeaker_that_takes_nothing_is_told_though_the_microphone_hears(monkeypatch, fault):
    monkeypatch.setattr(talk_file, "SILENT_S", 0.2)

    async def script(peer):
        await peer.until("session.configure")

    room = Room()
    room.mute, room.health.fault = True, fault
    async with answering(script) as url:
        with pytest.raises(SetupError, match=fault or r"took nothing for 0\.2 s") as caught:
            await held(url, room, ignore)
    assert "--output-device" in caught.value.fix


async def test_what_a_slow_link_loses_is_counted():
    microphone = talk_file._Microphone()
    for number in range(talk_file.MIC_BLOCKS + 3):
        microphone.heard(np.full(1, number, np.int16))
    await asyncio.sleep(0)
    assert microphone.lost == 3
    assert (await microphone.take()).tolist() == [3, 4], "the oldest went"


async def test_a_program_that_stood_still_has_no_silent_microphone(monkeypatch):
    monkeypatch.setattr(talk_file, "SILENT_S", 0.05)
    microphone = talk_file._Microphone()
    async with asyncio.TaskGroup() as tasks:
        taking = tasks.create_task(microphone.take())
        await asyncio.sleep(0)
        for number in range(2):
            microphone.heard(np.full(1, number, np.int16))
        threading.Event().wait(0.2)  # as after Ctrl-Z
    assert taking.result().tolist() == [0, 1]
    with pytest.raises(TimeoutError):
        await microphone.take()


def reference(name):
    lines = (FIXTURES / "refs.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t")[:2] for line in lines)[name]


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.parametrize("cancels", [True, False], ids=["full", "half"])
async def test_a_conversation_in_a_room(server_url, cancels):
    """The loudspeaker comes back into the microphone at -12 dB after 100 ms, and nobody answers it."""
    room, events, changed = Room(echo_db=-12), [], asyncio.Event()
    clips = ("lentil-price.flac", "thank-you.flac")

    def of(kind):
        return [e for e in events if e["type"] == kind]

    def show(event):
        events.append(event)
        changed.set()

    async def doing(talk):
        await asyncio.sleep(0.3)
        for number, name in enumerate(clips, 1):
            room.say(read_audio(FIXTURES / name))
            async with asyncio.timeout(60):
                while len(of("reply.ended")) < number:
                    changed.clear()
                    await changed.wait()
            await asyncio.sleep(0.4)
        talk.hang_up()

    assert not await held(server_url, room, show, canceller=canceller() if cancels else None, doing=doing)
    assert [e["text"] for e in of("transcript.final")] == [reference(name) for name in clips]
    assert [e["status"] for e in of("reply.ended")] == ["completed"] * 2
    assert len(of("speech.started")) == 2, "it never hears itself"
    assert sounding(room) > 1_500
