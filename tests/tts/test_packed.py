"""Speech on disk: back to the sample and the millisecond, or not at all."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.interfaces import Speech, Word
from app.tts.packed import DamagedError, name_of, pack, unpack
from app.tts.speakable import SpokenWord, speakable

words = st.builds(Word, st.text(max_size=8), st.integers(0, 9999), st.integers(0, 9999), st.floats(0, 1))
speeches = st.builds(
    Speech,
    arrays(np.int16, st.integers(0, 50)),
    st.sampled_from([16_000, 22_050]),
    st.lists(words, max_size=4).map(tuple),
)
SPEECH = Speech(np.arange(40, dtype=np.int16), 16_000, (Word("Çay,", 3, 40, 0.25), Word("5₺", 40, 90)))


@given(speeches)
def test_it_comes_back_as_it_was(speech):
    again = unpack(pack(speech))
    assert (again.rate_hz, again.words) == (speech.rate_hz, speech.words)
    assert again.pcm.dtype == np.int16
    assert np.array_equal(again.pcm, speech.pcm)


@given(st.integers(0, len(pack(SPEECH)) - 1), st.integers(1, 255))
def test_one_changed_byte_is_damage(at, change):
    data = bytearray(pack(SPEECH))
    data[at] ^= change
    try:
        again = unpack(bytes(data))
    except DamagedError:
        return
    assert again.words == SPEECH.words  # white space of the first line: nothing is lost
    assert np.array_equal(again.pcm, SPEECH.pcm)


@given(st.integers(0, len(pack(SPEECH)) - 1))
def test_a_part_is_damage(size):
    with pytest.raises(DamagedError):
        unpack(pack(SPEECH)[:size])


@given(st.binary(max_size=60))
def test_anything_else_is_damage(data):
    with pytest.raises(DamagedError):
        unpack(data)


@pytest.mark.parametrize("head", [[0, 0, "[]"], [1, 0, 5], [1, 0], 7, None, {"a": 1}])
def test_another_form_is_damage(head):
    with pytest.raises(DamagedError):
        unpack(json.dumps(head).encode() + b"\n")


def test_the_name_says_what_is_said_and_by_what():
    said = speakable("That is $5.", "en")
    names = {
        name_of(said, 1.0, "piper 1 abc"),
        name_of(said, 1.15, "piper 1 abc"),
        name_of(said, 1.0, "piper 2 abc"),
        name_of(speakable("That is five dollars.", "en"), 1.0, "piper 1 abc"),  # it has other words, as written
        name_of((*said[:-1], SpokenWord(said[-1].written, "five lira.")), 1.0, "piper 1 abc"),
    }
    assert len(names) == 5
    assert name_of(speakable("That  is\n$5.", "en"), 1.0, "piper 1 abc") in names  # gaps are not spoken
    assert all(name.isalnum() for name in names)
