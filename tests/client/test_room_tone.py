"""What a room sounds like where its microphone is turned down."""

import numpy as np
import pytest

from app.audio import level_dbfs, to_float
from app.client.front import FrontEnd
from app.client.room_tone import KEPT, RoomTone
from app.vad.floor import NoiseFloor
from app.wire.codec import AudioFrame

RATE, BLOCK = 16_000, 160


def noise(dbfs, blocks, seed=1):
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((blocks, BLOCK)) * 32_768 * 10 ** (dbfs / 20)).astype(np.int16)


def level(blocks):
    return level_dbfs(to_float(np.concatenate(blocks)))


def test_nothing_is_known_at_first():
    assert not RoomTone().block(BLOCK).any()


def test_it_is_as_loud_as_the_room_and_not_as_who_speaks_in_it():
    tone = RoomTone()
    for block in (*noise(-45, 300), *noise(-20, 60), *noise(-45, 50)):
        tone.heard(block)
    assert level([tone.block(BLOCK) for _ in range(KEPT)]) == pytest.approx(-45, abs=2)


def test_blocks_of_another_size_are_filled():
    tone = RoomTone()
    for block in noise(-65, 100):
        tone.heard(block)
    assert tone.block(3 * BLOCK + 7).size == 3 * BLOCK + 7


def test_the_floor_stays_where_it_was_while_nothing_is_heard():
    front, room = FrontEnd(RATE, RATE, None), noise(-45, 800)
    floor = NoiseFloor()
    for at, block in enumerate(room[:500]):
        floor.follow(level([front.listen(block, at / 100, 0.0)]), voiced=False)
    before = floor.dbfs
    front.hear(AudioFrame(1, RATE, 0, np.full(RATE * 3, 8_000, "<i2").tobytes(), True))
    sent = []
    for at, block in enumerate(room[500:], 500):
        front.play(at / 100, 0.0)
        sent.append(front.listen(block, at / 100, 0.0))
        floor.follow(level([sent[-1]]), voiced=False)
    assert floor.dbfs == pytest.approx(before, abs=3)
    assert not any(np.array_equal(mine, block) for mine, block in zip(sent[1:], room[501:], strict=True))
