"""Speech that says which word it is."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio import to_float
from app.bench.simulate.speech import LEAST_MS, VOICED, Lexicon, cough, silence

TEXTS = ("i", "would", "like", "two", "hamburgers", "two")


def spoken(lexicon):
    parts = [silence(200), *(lexicon.say(text).pcm for text in TEXTS), cough(100), silence(100)]
    return to_float(np.concatenate(parts))


def texts(words):
    return [word.text for word in words]


def test_what_is_said_is_heard_in_its_place():
    lexicon = Lexicon()
    words = lexicon.heard(spoken(lexicon))
    assert texts(words) == list(TEXTS)
    assert words[0].start_ms == 200
    assert all(one.end_ms == two.start_ms for one, two in pairwise(words))
    assert words[0].end_ms - words[0].start_ms == LEAST_MS


@given(at=st.integers(0, 40_000))
def test_cut_in_two_each_word_is_in_one_piece_and_in_one_only(at):
    lexicon = Lexicon()
    audio = spoken(lexicon)
    found = texts(lexicon.heard(audio[:at])) + texts(lexicon.heard(audio[at:]))
    missing = len(TEXTS) - len(found)
    assert missing in (0, 1)  # cut in its very middle it is in neither
    if not missing:
        assert found == list(TEXTS)


def test_a_cough_is_loud_and_no_word():
    assert Lexicon().heard(to_float(cough(200))) == ()
    assert abs(to_float(cough(200))).min() > VOICED
    assert Lexicon().heard(to_float(silence(0))) == ()


def test_there_are_only_so_many_words(monkeypatch):
    monkeypatch.setattr("app.bench.simulate.speech.WORDS", 2)
    lexicon = Lexicon()
    lexicon.say("a")
    lexicon.say("b")
    with pytest.raises(ValueError, match="more than 2 words"):
        lexicon.say("c")
