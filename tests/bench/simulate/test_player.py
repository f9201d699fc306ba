"""The loudspeaker, by the clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.simulate.player import Player

RATE = 16_000


def test_it_plays_what_came_and_no_more():
    player = Player(1)
    player.add(320, 0.0, last=False)  # less than what playing starts with
    assert player.first_at is None
    player.add(RATE - 320, 1.0, last=False)
    assert player.first_at == 1.0
    assert player.played_ms(1.5) == 500
    assert player.played(9.0) == RATE
    assert (player.over, player.state) == (False, "playing")
    player.finish(9.0)
    assert (player.over, player.state) == (True, "done")


def test_the_last_is_played_however_short():
    player = Player(1)
    player.add(160, 0.0, last=True)
    assert player.first_at == 0.0
    assert player.played_ms(1.0) == 10


@given(st.floats(0.05, 0.9), st.floats(0.0, 5.0))
def test_a_pause_loses_nothing(at, rest):
    player = Player(1)
    player.add(RATE, 0.0, last=True)
    player.pause(at)
    player.pause(at)
    paused = player.played_ms(at + rest)
    assert player.state == "paused"
    player.resume(paused, at + rest)
    assert player.state == "playing"
    assert player.played_ms(at + rest) == pytest.approx(paused, abs=1)
    assert player.played(at + rest + 1.0) == RATE


def test_what_comes_in_a_pause_is_kept():
    player = Player(1)
    player.add(RATE, 0.0, last=False)
    player.pause(0.5)
    player.add(RATE, 0.6, last=True)
    assert player.played_ms(3.0) == 500
    player.resume(500, 3.0)
    assert player.played_ms(4.0) == 1_500


def test_it_goes_on_from_where_it_is_told_but_never_from_what_did_not_come():
    player = Player(1)
    player.add(RATE, 0.0, last=True)
    player.pause(0.5)
    player.resume(5_000, 1.0)
    assert player.played_ms(1.0) == 1_000


def test_after_a_stop_nothing_is_heard():
    player = Player(1)
    player.add(RATE, 0.0, last=False)
    player.stop(0.25)
    player.add(RATE, 0.3, last=True)
    assert (player.played_ms(5.0), player.over, player.state) == (250, True, "paused")


def test_ducking_plays_on():
    player = Player(1)
    player.add(RATE, 0.0, last=True)
    player.duck(-12.0)
    assert (player.gain_db, player.played_ms(0.5)) == (-12.0, 500)
    player.resume(500, 0.5)
    assert player.gain_db == 0.0
