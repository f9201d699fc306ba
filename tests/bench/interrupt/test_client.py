"""The caller's end of a call."""

import asyncio

import numpy as np
import pytest

from app.audio import to_float
from app.bench.interrupt.client import CHUNK, Client, found_end
from app.bench.simulate.clock import run
from app.interfaces import RATE_HZ
from app.wire import messages as wire
from app.wire.codec import AudioFrame
from tests.bench.interrupt.conftest import PATH

HEARD = np.random.default_rng(1).integers(-9, 9, 4_000).astype(np.int16)


@pytest.mark.parametrize("end", [800, 3_999, 4_000])
def test_what_was_heard_is_found_again(end):
    assert found_end(HEARD, to_float(HEARD[end - 700 : end])) == end


def test_it_is_found_with_less_of_our_echo_in_it():
    echo = np.random.default_rng(2).normal(0, 6, 700)
    assert found_end(HEARD, (to_float(HEARD[1_300:2_000]) - echo / 32_768).astype(np.float32)) == 2_000


def test_what_is_like_nothing_that_was_heard_is_of_now():
    assert found_end(HEARD, np.full(500, 0.5, np.float32)) == 4_000


class Server:
    """Hears a client, and says a word in between."""

    def __init__(self, client):
        self.client, self.chunks, self.reports = client, [], []

    async def hear(self, data):
        self.chunks.append(np.frombuffer(data, "<i2"))
        if len(self.chunks) == 20:
            sound = np.full(8 * CHUNK, 3_000, np.int16)
            self.client.audio(AudioFrame(1, RATE_HZ, 0, sound.tobytes(), last=True))
        if len(self.chunks) == 24:
            self.client.tell(wire.ReplyStop(1), 0)
        if len(self.chunks) == 120:
            raise EOFError

    async def receive(self, report):
        self.reports.append((report.played_ms, report.state))


def test_a_scene_begins_when_its_reply_sounds(made):
    async def called():
        client = Client(PATH)
        server = Server(client)
        client.play(made())
        assert client.sample == 0
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(client.report(server))
                tasks.create_task(client.listen(server))
        except* EOFError:
            pass
        return client, server

    client, server = run(called)
    assert client.begin == 20 * CHUNK
    assert client.told == [(4 * CHUNK, wire.ReplyStop(1))]
    ((played_ms, state),) = server.reports  # at once, and once
    assert (played_ms, state) == (pytest.approx(80, abs=1), "paused")
    heard = np.concatenate(server.chunks)
    loud = np.flatnonzero(np.abs(heard) > 1_500)
    assert loud[0] == pytest.approx(client.begin + 8_000, abs=20), "the caller"
    piece = to_float(heard[client.begin : client.begin + 16_000])
    assert client.place(piece) == 16_000
    assert client.has_room()
    assert client.is_sent()
    client.drop(1)
