"""Silence goes between words, and every label follows."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio import level_dbfs, ms_to_samples
from app.bench.calls.call import TAIL, Place, Room, assembled, paused
from app.bench.calls.lines import Gap, Line
from app.bench.speech.labels import Span, Speech
from app.interfaces import RATE_HZ

LENGTH = 2_000
"""Samples of a word, which is one number from end to end: the word's place, from 1."""


def speech(count, between=0):
    parts, words = [], []
    for number in range(count):
        start = number * (LENGTH + between)
        words.append(Span(f"w{number}", start, start + LENGTH))
        parts += [np.full(LENGTH, number + 1, np.float32), np.zeros(between, np.float32)]
    return Speech("", "voice", np.concatenate(parts), tuple(words), ())


@st.composite
def plans(draw):
    count = draw(st.integers(1, 6))
    places = draw(st.sets(st.integers(0, count - 2))) if count > 1 else set()
    gaps = tuple(Gap(after, "elsewhere", draw(st.integers(300, 1_500))) for after in sorted(places))
    return speech(count, draw(st.integers(0, 300))), gaps


@given(plans())
def test_words_keep_their_sound_and_pauses_are_silent(plan):
    whole, gaps = plan
    made, pauses = paused(whole, gaps)
    assert len(pauses) == len(gaps)
    assert all(one.end <= two.start for one, two in pairwise(made.words))
    for number, word in enumerate(made.words):
        assert word.end - word.start == LENGTH
        middle = made.audio[word.start + 200 : word.end - 200]
        assert np.all(middle == number + 1)
    for pause, gap in zip(pauses, gaps, strict=True):
        assert pause.end - pause.start == max(ms_to_samples(gap.ms), pause.end - pause.start)
        assert pause.start == made.words[gap.after].end
        assert pause.end == made.words[gap.after + 1].start
        assert not made.audio[pause.start : pause.end].any()


def test_a_gap_that_is_there_already_counts():
    made, (pause,) = paused(speech(2, between=1_600), (Gap(0, "elsewhere", 300),))
    assert pause.end - pause.start == ms_to_samples(300)
    assert len(made.audio) == len(speech(2, between=1_600).audio) + ms_to_samples(200)


def test_nothing_clicks_where_speech_is_cut():
    made, (pause,) = paused(speech(2), (Gap(0, "elsewhere", 500),))
    steps = np.abs(np.diff(made.audio))
    assert steps[pause.start - 200 : pause.end + 200].max() < 0.05


def test_a_call_begins_after_its_silence_and_ends_with_its_last_word():
    line = Line("en", ("w0", "w1"), 400, (Gap(0, "in a number", 600),), asked="Well?")
    call = assembled(Place("pauses", 7, 3), line, speech(2))
    assert (call.name, call.set, call.person, call.asked, call.text) == ("pauses 7", "pauses", 3, "Well?", "w0 w1")
    assert call.start == ms_to_samples(400)
    assert not call.audio[: call.start].any()
    assert call.end == len(call.audio) - TAIL == call.start + 2 * LENGTH + ms_to_samples(600)
    assert [(pause.start, pause.end) for pause in call.pauses] == [(call.words[0].end, call.words[1].start)]


def test_a_sound_without_words_has_its_ends_too():
    cough = Speech("", "voice", np.full(3_000, 0.1, np.float32), (), ())
    call = assembled(Place("backchannels", 0, 0), Line("en", (), 100, reply="We have soups."), cough)
    assert (call.start, call.end) == (1_600, 4_600)


@pytest.mark.parametrize("room", [Room(), Room(echo_s=0.4), Room(noise="pink", noise_dbfs=-40)])
def test_a_room_is_heard(room):
    audio = np.zeros(RATE_HZ, np.float32)
    audio[4_000:8_000] = np.sin(np.arange(4_000)) / 8
    made = room.around(audio, np.random.default_rng(1))
    assert made.shape == audio.shape
    after = level_dbfs(made[8_200:9_000])
    before = level_dbfs(made[:3_000])
    if room.noise:
        assert before == pytest.approx(-40, abs=3)
    elif room.echo_s:
        assert before < -90
        assert after > -40
    else:
        assert np.array_equal(made, audio)
