"""Transcripts as servers write them."""

import math
from itertools import pairwise

import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES
from hypothesis import given
from hypothesis import strategies as st

from app.stt.verbose import LANGUAGES, read


def times(told, duration_ms=2000):
    return [(w.text, w.start_ms, w.end_ms) for w in read(told, duration_ms).words]


def word(text, start, end, **more):
    return {"word": text, "start": start, "end": end, **more}


PLACED = [("Ice-cream,", 100, 900), ("please.", 1000, 1500)]


def test_words_as_openai_cuts_them():
    words = [word("Ice", 0.1, 0.4), word("cream", 0.5, 0.9), word("please", 1.0, 1.5)]
    assert times({"text": "Ice-cream, please.", "words": words}) == PLACED


def test_words_as_faster_whisper_cuts_them():
    words = [word(" Ice", 0.1, 0.4), word("-cream,", 0.5, 0.9), word(" please.", 1.0, 1.5), word(".", 1.6, 1.7)]
    segments = [{"text": " Ice-cream, please.", "start": 0.0, "end": 1.7, "words": words}]
    assert times({"text": " Ice-cream,  please. ", "segments": segments}) == PLACED


def test_words_within_segments():
    segments = [
        {"text": " one two", "start": 0.0, "end": 0.6},
        {"text": "?", "start": 0.6, "end": 0.7},
        {"text": " ten", "start": 1.0, "end": 1.3},
        {"text": "without a place"},
    ]
    told = {"text": "one two ten", "segments": segments}
    assert times(told) == [("one", 0, 300), ("two", 300, 600), ("ten", 1000, 1300)]


def test_words_that_nobody_placed():
    assert times({"text": "one - two"}, 1200) == [("one", 0, 600), ("two", 600, 1200)]
    assert times({"text": "çay 茶 です"}, 600) == [
        ("çay", 0, 300),
        ("茶", 300, 400),
        ("で", 400, 500),
        ("す", 500, 600),
    ]


def test_more_words_than_were_placed_come_at_the_end():
    assert times({"text": "one two", "words": [word("one", 0.1, 0.4)]}) == [("one", 100, 400), ("two", 400, 400)]


def test_how_sure_it_is():
    segments = [{"text": "a b", "avg_logprob": -0.5, "no_speech_prob": 0.2, "start": 0, "end": 1}]
    segments.append(segments[0] | {"avg_logprob": -1.5, "no_speech_prob": 0.1})
    told = read({"text": "a b", "segments": segments}, 1000)
    assert (told.avg_log_prob, told.no_speech_prob) == (-1.0, 0.1)
    assert [w.p for w in told.words] == pytest.approx([math.exp(-1)] * 2)
    sure = read({"text": "a b", "words": [word("a", 0, 1, probability=0.7), word("b", 1, 2, probability=0.9)]}, 2000)
    assert [w.p for w in sure.words] == [0.7, 0.9]
    assert read({"text": "a"}, 100).words[0].p == 1.0


@pytest.mark.parametrize(
    ("told", "code"),
    [("english", "en"), ("Turkish", "tr"), ("tr", "tr"), ("yue", "yue"), ("klingonese", ""), ("", ""), (None, "")],
)
def test_languages(told, code):
    assert read({"text": "", "language": told}, 0).language == code


def test_the_languages_are_whispers():
    assert sorted(LANGUAGES.values()) == sorted(_LANGUAGE_CODES)


def test_what_a_server_does_not_know_may_be_null():
    none = {"avg_logprob": None, "no_speech_prob": None, "words": None, "text": "a b", "start": None, "end": 1.0}
    told = read({"text": "a b", "segments": [none], "words": [word("a", 0, None)]}, 1000)
    assert [(w.text, w.start_ms, w.end_ms, w.p) for w in told.words] == [("a", 0, 500, 1.0), ("b", 500, 1000, 1.0)]
    assert (told.avg_log_prob, told.no_speech_prob) == (0.0, 0.0)


def test_no_word_lies_outside_the_sound_or_before_the_last_one():
    words = [word("a", -1.0, 0.5), word("b", 0.4, 30.0), word("c", 20.0, float("inf"))]
    assert times({"text": "a b c", "words": words}, 1000) == [("a", 0, 500), ("b", 500, 1000), ("c", 1000, 1000)]


@pytest.mark.parametrize("told", [[], {}, {"text": None}, {"text": "a", "words": [1]}, {"text": "a", "words": [{}]}])
def test_what_is_no_transcript(told):
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        read(told, 100)


@given(
    st.lists(st.tuples(st.text("ab,. ", max_size=5), st.floats(0, 5), st.floats(0, 5)), max_size=6),
    st.text("ab,. ", max_size=20),
)
def test_every_word_comes_once_and_in_order(cut, text):
    at, words = 0.0, []
    for name, pause, length in cut:
        words.append(word(name, at + pause, at + pause + length))
        at += pause + length
    placed = read({"text": text, "words": words}, 1000).words
    assert [w.text for w in placed] == [w for w in text.split() if any(map(str.isalnum, w))]
    assert all(w.start_ms <= w.end_ms for w in placed)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(placed))
