"""Two lanes: control never waits for audio, dropped audio never leaves, both are bounded."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.net.outbox import MAX_AUDIO_BYTES, MAX_CONTROL_BYTES, Outbox, OutboxFullError
from app.wire.codec import HEADER_BYTES, AudioFrame, decode_audio
from app.wire.messages import Pong, ReplyDelta, ReplyStop


def sound(turn, samples=2):
    return AudioFrame(turn, 16_000, 0, b"\0\0" * samples)


async def take(box):
    """The next frame, decoded, or None when nothing is there."""
    try:
        async with asyncio.timeout(0):
            frame = await box.get()
    except TimeoutError:
        return None
    return json.loads(frame) if isinstance(frame, str) else decode_audio(frame)


async def drain(box):
    frames = []
    while (frame := await take(box)) is not None:
        frames.append(frame)
    return frames


@pytest.fixture
def box():
    box = Outbox()
    box.attach()
    return box


async def test_control_overtakes_audio(box):
    box.audio(sound(1))
    box.audio(sound(2))
    box.tell(Pong(), 40)
    assert await take(box) == {"type": "pong", "seq": 1, "at_ms": 40}
    assert await drain(box) == [sound(1), sound(2)]


async def test_a_reader_waits_for_the_next_frame(box):
    async with asyncio.TaskGroup() as group:
        reader = group.create_task(box.get())
        await asyncio.sleep(0)
        assert not reader.done()
        box.audio(sound(1))
        assert decode_audio(await reader) == sound(1)


async def test_dropped_audio_does_not_leave_nor_come_back(box):
    for turn in (1, 2, 3):
        box.audio(sound(turn))
    box.drop(2)
    box.drop(1)
    box.audio(sound(2))
    box.tell(ReplyStop(2), 0)
    assert [(await take(box))["type"], *await drain(box)] == ["reply.stop", sound(3)]


async def test_deltas_that_wait_become_one(box):
    box.tell(Pong(), 0)
    for at_ms, text in ((10, "a "), (20, "b "), (30, "c")):
        box.tell(ReplyDelta(1, text), at_ms)
    box.tell(ReplyDelta(2, "d"), 40)
    box.tell(Pong(), 50)
    box.tell(ReplyDelta(2, "e"), 60)
    found = [(f["seq"], f["at_ms"], f.get("turn"), f.get("text")) for f in await drain(box)]
    assert found == [
        (1, 0, None, None),
        (2, 10, 1, "a b c"),
        (3, 40, 2, "d"),
        (4, 50, None, None),
        (5, 60, 2, "e"),
    ]


async def test_a_delta_that_left_is_not_told_again(box):
    box.tell(ReplyDelta(1, "a"), 0)
    first = await take(box)
    box.tell(ReplyDelta(1, "b"), 0)
    assert [first["text"], (await take(box))["text"]] == ["a", "b"]


async def test_deltas_that_became_one_count_once(box):
    for _ in range(1_000):
        box.tell(ReplyDelta(1, "x"), 0)
    assert [f["text"] for f in await drain(box)] == ["x" * 1_000]


async def test_a_full_control_lane_ends_the_connection(box):
    box.tell(Pong(), 0)
    box.tell(ReplyDelta(1, "Ğ" * (MAX_CONTROL_BYTES // 2)), 0)
    box.tell(Pong(), 0)
    with pytest.raises(OutboxFullError):
        await box.get()
    box.attach()
    box.tell(Pong(), 0)
    assert (await take(box))["type"] == "pong"


async def test_many_small_messages_fill_it_too(box):
    size = len('{"type":"pong","seq":1,"at_ms":0}')
    for _ in range(MAX_CONTROL_BYTES // size):
        box.tell(Pong(), 0)
    with pytest.raises(OutboxFullError):
        await box.get()


async def test_taking_makes_room_for_control(box):
    half = ReplyDelta(1, "x" * (MAX_CONTROL_BYTES // 2 + 100))
    for _ in range(3):
        box.tell(half, 0)
        assert await take(box)


def test_room_for_audio(box):
    frame = sound(1, samples=(MAX_AUDIO_BYTES // 2 - HEADER_BYTES) // 2)
    for _ in range(2):
        assert box.has_room()
        box.audio(frame)
    assert not box.has_room()
    box.drop(1)
    assert box.has_room()


async def test_sending_makes_room_for_audio(box):
    box.audio(sound(1, samples=MAX_AUDIO_BYTES // 2))
    assert not box.has_room()
    await take(box)
    assert box.has_room()


async def test_nothing_is_kept_for_a_socket_that_is_not_there(box):
    box.tell(ReplyDelta(1, "lost"), 0)
    box.audio(sound(1))
    box.detach()
    box.tell(Pong(), 0)
    box.audio(sound(1))
    assert box.has_room()
    assert await take(box) is None
    box.attach()
    assert await take(box) is None


async def test_a_new_socket_goes_on_counting_and_keeps_what_was_dropped(box):
    box.tell(Pong(), 0)
    await take(box)
    box.drop(4)
    box.attach()
    box.audio(sound(4))
    box.tell(Pong(), 0)
    assert [frame["seq"] for frame in await drain(box)] == [2]


async def test_what_no_socket_carried_is_a_gap(box):
    box.tell(Pong(), 0)
    await take(box)
    box.detach()
    box.tell(ReplyDelta(1, "lost"), 0)
    box.tell(Pong(), 0)
    box.attach()
    box.tell(Pong(), 0)
    assert [frame["seq"] for frame in await drain(box)] == [3]


async def test_flushed_waits_for_control_only(box):
    box.audio(sound(1))
    await box.flushed()
    box.tell(Pong(), 0)
    box.tell(Pong(), 0)
    async with asyncio.TaskGroup() as group:
        flushed = group.create_task(box.flushed())
        for _ in range(2):
            await asyncio.sleep(0)
            assert not flushed.done()
            await take(box)
    assert flushed.done()
    assert await take(box) == sound(1)


async def test_flushed_does_not_outlive_its_socket(box):
    box.tell(Pong(), 0)
    async with asyncio.TaskGroup() as group:
        group.create_task(box.flushed())
        await asyncio.sleep(0)
        box.detach()


TURNS = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("delta"), TURNS), st.tuples(st.just("stop"), TURNS), st.tuples(st.just("audio"), TURNS),
    st.tuples(st.just("drop"), TURNS), st.tuples(st.just("take"), st.just(0)),
)  # fmt: skip


@given(st.lists(STEPS, max_size=60))
async def test_any_sequence_keeps_the_rules(steps):
    box, told, heard, waiting = Outbox(), [], [], []
    box.attach()
    seq = 0

    async def take_one():
        nonlocal seq
        frame = await take(box)
        if isinstance(frame, dict):
            seq += 1
            assert frame["seq"] == seq, "no gap"
            turn = frame["turn"]
            heard.extend((turn, int(word)) for word in frame["text"].split()) if "text" in frame else heard.append(turn)
            return True
        assert heard == told, "control never waits for audio"
        assert frame == (waiting.pop(0) if waiting else None), "in order, and nothing of what was dropped"
        return frame is not None

    for number, (what, turn) in enumerate(steps):
        if what == "delta":
            box.tell(ReplyDelta(turn, f"{number} "), number)
            told.append((turn, number))
        elif what == "stop":
            box.tell(ReplyStop(turn), number)
            told.append(turn)
        elif what == "audio":
            frame = AudioFrame(turn, 16_000, number, b"")
            box.audio(frame)
            if turn > max((t for w, t in steps[:number] if w == "drop"), default=-1):
                waiting.append(frame)
        elif what == "drop":
            box.drop(turn)
            waiting = [frame for frame in waiting if frame.turn > turn]
        else:
            await take_one()
    while await take_one():
        pass
    assert heard == told
