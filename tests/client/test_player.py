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
    assert player.played_ms(at(110)) == 10 * 1000 // RATE
    assert player.first_sound_at is None
    assert player.played_ms(at(120)) == 20 * 1000 // RATE
    assert player.first_sound_at == at(110)
    assert not player.done(at(139))
    assert player.done(at(140))
    assert player.pcm().tolist() == [QUIET] * 10 + [LOUD] * 30


def test_late_frames_leave_a_gap():
    player = Player(1, RATE)
    player.add(frame(QUIET), at(0))
    player.add(frame(LOUD), at(50))
    assert player.played_ms(at(55)) == 15 * 1000 // RATE
    assert player.first_sound_at == at(50)


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


def test_what_it_tells():
    player = Player(1, RATE)
    player.add(frame(LOUD, LOUD, last=True), at(0))
    assert told(player, 5) == (4, "playing")
    player.duck(-12.0, at(5))
    assert player.gain_db == -12.0
    player.pause(at(10))
    assert player.paused
    assert told(player, 50) == (9, "paused")
    player.resume(9, at(60))
    assert player.gain_db == 0.0
    assert told(player, 65) == (14, "playing")
    assert told(player, 70) == (19, "done")


def told(player, sample):
    report = player.report(at(sample))
    assert (report.type, report.turn) == ("playback", 1)
    return report.played_ms, report.state


def test_it_may_go_on_from_before_and_never_from_what_has_not_come():
    player = Player(1, RATE)
    player.add(frame(*[LOUD] * 12), at(0))
    player.pause(at(110))
    player.resume(50, at(200))
    assert player.played_ms(at(200)) == 51 * 1000 // RATE
    player.pause(at(200))
    player.resume(5_000, at(300))
    assert player.played_ms(at(300)) == 120 * 1000 // RATE
    assert not player.done(at(400))


def test_paused_it_waits_even_with_everything_played():
    player = Player(1, RATE)
    player.pause(at(0))
    player.add(frame(last=True), at(1))
    assert not player.done(at(9))
    player.resume(0, at(10))
    assert player.done(at(10))


STEPS = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.lists(st.sampled_from([0, QUIET, LOUD]), max_size=4) | st.sampled_from(["pause", "resume"]) | st.none(),
    ),
    max_size=20,
)


@given(STEPS)
def test_is_like_a_loudspeaker_that_plays_sample_by_sample(steps):
    player, buffer, played, first, now, paused = Player(1, RATE), [], 0, None, 0, False
    for pause, step in steps:
        for _ in range(pause):
            if played < len(buffer) and not paused:
                if first is None and buffer[played] == LOUD:
                    first = at(now)
                played += 1
            now += 1
        if step == "pause":
            player.pause(at(now))
            paused = True
        elif step == "resume":
            player.resume(played * 1000 // RATE, at(now))
            paused = False
        elif step is not None:
            player.add(frame(*step), at(now))
            buffer += [level for level in step for _ in range(10)]
        assert player.played_ms(at(now)) == played * 1000 // RATE
        assert played <= len(buffer)
        assert not player.done(at(now)), "the last frame has not come"
        assert player.first_sound_at == first
    player.resume(played * 1000 // RATE, at(now))
    player.add(frame(last=True), at(now))
    assert player.complete
    assert player.done(at(now)) == (played == len(buffer))
    assert player.done(at(now + len(buffer)))
    assert player.pcm().tolist() == buffer
