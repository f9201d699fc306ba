"""What a caller hears, and when (scripts/peers/capture.py)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.interfaces import RATE_HZ
from scripts.peers.capture import Capture, outcome

LOUD = np.full(RATE_HZ // 10, 8_000, np.int16)
"""100 ms."""
SILENT = np.zeros(RATE_HZ // 10, np.int16)
CALL = ("turns 1", "turns")


def heard(*parts, ended=(1.0,), at=1.2):
    capture = Capture(ended=list(ended))
    for part in parts:
        capture.play(1, part, RATE_HZ, at)
    return capture


def test_silence_before_the_answer_is_waited_through():
    found = outcome("us", CALL, 0.9, heard(SILENT, LOUD))
    assert found.wait_ms == pytest.approx(100)
    assert found.voice_ms == pytest.approx(400)
    assert found.cuts == 0


def test_a_turn_that_ended_before_the_caller_did_is_a_cut_off_and_its_answer_is_none():
    capture = heard(LOUD, ended=[1.0], at=1.1)
    capture.ended.append(3.0)
    capture.stop(1.15)
    capture.play(2, LOUD, RATE_HZ, 3.5)
    found = outcome("us", CALL, 2.5, capture)
    assert found.cuts == 1
    assert found.voice_ms == pytest.approx(1_000)


def test_the_end_of_a_word_is_no_surer_than_100_ms():
    assert outcome("us", CALL, 1.09, heard(LOUD)).cuts == 0
    assert outcome("us", CALL, 1.11, heard(LOUD)).cuts == 1


def test_no_answer_is_none():
    found = outcome("us", CALL, 0.9, heard(SILENT))
    assert found.voice_ms is None
    assert outcome("us", CALL, 2.0, heard(LOUD)).wait_ms is None


def test_what_sounded_before_the_turn_was_over_is_no_answer():
    assert heard(LOUD, SILENT, LOUD, at=1.15).first_sound(1.2) == pytest.approx(1.2)


def test_what_is_stopped_is_not_heard():
    capture = heard(SILENT, LOUD)
    capture.stop(1.3)
    assert capture.first_sound(1.0) is None
    assert capture.played_ms(1, 9.0) == 100


def test_a_pause_goes_on_where_it_began():
    capture = heard(LOUD, LOUD, at=1.0)
    capture.pause(1.05)
    capture.play(1, LOUD, RATE_HZ, 1.1)
    assert capture.played_ms(1, 2.0) == 50
    capture.resume(2.0)
    assert capture.played_ms(1, 9.0) == 300
    assert capture.first_sound(1.5) == pytest.approx(2.0)


@given(st.lists(st.tuples(st.floats(0, 0.3), st.integers(1, 4_000)), min_size=1, max_size=20))
def test_sounds_never_overlap_and_nothing_is_played_before_it_came(chunks):
    capture, now = Capture(), 0.0
    for gap, size in chunks:
        now += gap
        capture.play(1, np.ones(size, np.int16), RATE_HZ, now)
        assert capture.sounds[-1].at >= now
    for one, two in zip(capture.sounds, capture.sounds[1:], strict=False):
        assert two.at >= one.until - 1e-9
    assert sum(sound.pcm.size for sound in capture.sounds) == sum(size for _, size in chunks)


@given(st.floats(0, 1), st.integers(1, 5))
def test_a_pause_and_its_end_lose_nothing(at, parts):
    capture = heard(*[LOUD] * parts, at=0.0)
    capture.pause(at)
    capture.resume(2.0)
    assert capture.played_ms(1, 10.0) == pytest.approx(100 * parts, abs=parts)
