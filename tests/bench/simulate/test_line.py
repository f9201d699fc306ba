"""The WebSocket without a network."""

import asyncio
import random

import pytest
from aiohttp import WSMsgType

from app.bench.simulate.clock import run
from app.bench.simulate.line import Line, Network, Tap
from app.bench.simulate.log import Log
from app.wire.codec import AudioFrame
from app.wire.messages import Pong


def line(network=None):
    """A line, its log, and what the client gets."""
    log, got = Log(), []
    return Line(network or Network(0.01, 0.02, 0.1), random.Random(1), log, got.append), log, got


def test_frames_keep_their_order_both_ways():
    async def main():
        made, log, got = line()
        for number in range(50):
            made.send(f'{{"type": "{number}"}}')
            await made.send_str(str(number))
        received = [(await made.receive()).data for _ in range(50)]
        await asyncio.sleep(60)
        assert [entry.what for entry in log.of("server")] == ["took"] * 50
        return received, got

    received, got = run(main)
    assert received == [f'{{"type": "{number}"}}' for number in range(50)]
    assert got == [str(number) for number in range(50)]


@pytest.mark.parametrize(("rudely", "arrives"), [(False, 1), (True, 0)])
def test_what_is_under_way_arrives_unless_it_breaks(rudely, arrives):
    async def main():
        made, _, got = line()
        made.send(bytes(640))
        await made.send_bytes(b"reply")
        made.hang_up(rudely=rudely)
        made.send(bytes(640))
        kinds = []
        while not kinds or kinds[-1] is not WSMsgType.CLOSED:
            kinds.append((await made.receive()).type)
        with pytest.raises(ConnectionError):
            await made.send_str("late")
        await asyncio.sleep(60)
        return kinds.count(WSMsgType.BINARY), made.taken, got

    assert run(main) == (arrives, 320 * arrives, [])


def test_the_server_closes_it_once():
    async def main():
        made, _, got = line()
        await made.close(code=1001)
        await made.close(code=1000)
        await asyncio.sleep(1)
        await made.close()
        return made.close_code, got

    assert run(main) == (1001, [None])


def test_a_closed_line_is_not_told_that_it_closes():
    async def main():
        made, _, got = line()
        made.hang_up(rudely=True)
        await made.close()
        await asyncio.sleep(1)
        return got

    assert run(main) == []


def test_pings_are_answered():
    async def main():
        made, _, _ = line()
        await made.ping()
        await made.pong(b"")
        return (await made.receive()).type

    assert run(main) is WSMsgType.PONG


def test_what_the_session_tells_is_noted_though_nobody_listens():
    async def main():
        log = Log()
        tap = Tap(log)
        tap.tell(Pong(), 0)
        tap.attach()
        tap.tell(Pong(), 0)
        tap.audio(AudioFrame(1, 16_000, 0, bytes(4)))
        return [entry.what for entry in log.of("server")], await tap.get(), await tap.get()

    noted, text, sound = run(main)
    assert noted == ["pong", "attached", "detached", "pong", "audio"]
    assert '"seq":2' in text
    assert len(sound) == 16
