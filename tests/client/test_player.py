"""A loudspeaker without a sound card, against one that plays sample by sample."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.player import Player, audible_windows
from app.wire.codec import AudioFrame

RATE = 1_024
"""Makes every time an exact float; a 10 ms window has 10 samples."""
LOUD, QUIET = 10_000, 5


def frame(*levels, last=False):
    """10 ms of each level."""
    return AudioFrame(1, RATE, 0, np.repeat(np.array(levels, "<i2"), 10).tobytes(), last)


def at(sample):
    return sample / RATE


@pytest.mark.parametrize(
    ("levels", "windows"),
    [([], []), ([0, QUIET], []), ([QUIET, LOUD, 0, -LOUD], [10, 30]), ([104, 103], [0])],
)
def test_from_minus_50_dbfs_on_it_can_be_heard(levels, windows):
    assert audible_windows(np.repeat(np.array(levels, np.int16), 10), RATE) == windows


def test_a_last_window_may_be_shorter():
    assert audible_windows(np.full(13, LOUD, np.int16), RATE) == [0, 10]


def test_plays_from_the_first_frame_on():
    player = Player(1, RATE)
    assert (player.played_ms(at(5)), player.done(at(5))) == (0, False)
    player.add(frame(QUIET, LOUD, LOUD), at(100))
    player.add(frame(LOUD, last=True), at(101))
    assert player.first_sound_at == at(110)
    assert player.played_ms(at(120)) == 20 * 1000 // RATE
    assert not player.done(at(139))
    assert player.done(at(140))
    assert player.pcm().tolist() == [QUIET] * 10 + [LOUD] * 30


def test_late_frames_leave_a_gap():
    player = Player(1, RATE)
    player.add(frame(QUIET), at(0))
    player.add(frame(LOUD), at(50))
    assert player.first_sound_at == at(50)
    assert player.played_ms(at(55)) == 15 * 1000 // RATE


def test_a_stop_is_the_end():
    player = Player(1, RATE)
    player.add(frame(LOUD, LOUD), at(0))
    player.stop(at(5))
    player.add(frame(LOUD), at(6))
    assert player.done(at(6))
    assert player.played_ms(at(100)) == 5 * 1000 // RATE
    assert player.first_sound_at == 0


@pytest.mark.parametrize("later", [(), (LOUD,)], ids=["", "a late frame"])
def test_what_was_cut_before_it_sounded_was_never_heard(later):
    player = Player(1, RATE)
    player.add(frame(QUIET, LOUD), at(0))
    player.stop(at(10))
    player.add(frame(*later), at(11))
    assert player.first_sound_at is None


def test_nothing_received():
    player = Player(1, RATE)
    assert player.pcm().size == 0
    player.add(AudioFrame(1, RATE, 0, b"", last=True), at(0))
    assert player.done(at(0))
    assert player.first_sound_at is None


STEPS = st.lists(
    st.tuples(st.integers(0, 60), st.lists(st.sampled_from([0, QUIET, LOUD]), max_size=4) | st.none()), max_size=20
)


@given(STEPS)
def test_is_like_a_loudspeaker_that_plays_sample_by_sample(steps):
    player, buffer, played, first, now = Player(1, RATE), [], 0, None, 0
    for pause, levels in steps:
        for _ in range(pause):
            if played < len(buffer):
                if first is None and buffer[played] == LOUD:
                    first = at(now)
                played += 1
            now += 1
        if levels is not None:
            player.add(frame(*levels), at(now))
            buffer += [level for level in levels for _ in range(10)]
        assert player.played_ms(at(now)) == played * 1000 // RATE
        assert played <= len(buffer)
        assert not player.done(at(now)), "the last frame has not come"
        if first is not None:
            assert player.first_sound_at == first
        else:
            assert (player.first_sound_at is None) == (LOUD not in buffer)
    player.add(frame(last=True), at(now))
    assert player.complete
    assert player.done(at(now)) == (played == len(buffer))
    assert player.done(at(now + len(buffer)))
    assert player.pcm().tolist() == buffer
