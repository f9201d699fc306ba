"""espeak-ng's events beside Piper's phonemes."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.starter.voice import teacher
from scripts.starter.voice.matching import Event, segments

TEXT = "tamˈam, iːkˈɪ tʃˈaj."
_SAID = "_3 t5 a6 m7 a8 m9 _30 _2 iː10 k4 ɪ6 _2 tʃ8 a9 j5 _40"
EVENTS = [Event(name.strip("_"), int(count)) for name, count in re.findall(r"(\D+?)(\d+) ?", _SAID)]


def test_silence_is_its_marks_or_else_the_phones_before_it() -> None:
    found, frames = segments(TEXT, EVENTS)
    names = [label.phone.name if label.phone else "_" for label in found]
    assert " ".join(names) == "_ t a m a m _ iː k ɪ tʃ a j _"
    assert frames.tolist() == [3, 5, 6, 7, 8, 9, 32, 10, 4, 8, 8, 9, 5, 40]
    assert [label.place for label in found if label.phone is None] == [-1, 6, 19]


def test_both_letters_of_a_phone_share_its_frames() -> None:
    found, frames = segments(TEXT, EVENTS)
    letters = teacher.shared(found, frames, len(TEXT))
    assert [letters[TEXT.index(letter) + 1] for letter in "tʃ"] == [5, 4]
    assert letters.sum() == frames.sum()
    assert letters[TEXT.index(" ") + 1] == 0


def test_other_phonemes_are_refused() -> None:
    with pytest.raises(ValueError, match="other phonemes"):
        segments("tamˈem.", EVENTS)
    with pytest.raises(ValueError, match="other phonemes"):
        segments("...", [])


@pytest.mark.parametrize(("text", "place"), [("a", -1), ("a.", 1)])
def test_speech_that_ends_without_a_pause_gets_an_empty_one(text: str, place: int) -> None:
    found, frames = segments(text, [Event("a", 4)])
    assert (found[-1].phone, found[-1].place, frames.tolist()) == (None, place, [0, 4, 0])


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "tʃ", "", "iː"]), st.integers(0, 30)), min_size=1))
def test_no_frame_is_lost(said: list[tuple[str, int]]) -> None:
    events = [Event("m", 5), *(Event(name, frames) for name, frames in said)]
    text = "".join(name or "," for name, _ in said)
    found, frames = segments("m" + text, events)
    assert frames.sum() == sum(event.frames for event in events)
    assert np.count_nonzero([label.phone is not None for label in found]) == sum(bool(event.name) for event in events)
