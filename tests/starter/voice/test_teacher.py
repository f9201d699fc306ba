"""From HTS's segments to Piper's phonemes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.starter.voice import teacher
from scripts.starter.voice.context import Label, labels
from scripts.starter.voice.english import ENGLISH
from scripts.starter.voice.reading import Phone, Phrase
from scripts.starter.voice.reading import phrases as read


def phrases(phonemes: str) -> tuple[Phrase, ...]:
    return read(phonemes, ENGLISH)


def segments(text: str) -> list[Label]:
    return labels(phrases(text))


def test_silence_is_cut_at_both_ends_and_long_pauses_in_between() -> None:
    found = segments("ˈaɪ, ˈaɪ.")
    kept = teacher.kept_frames(found, np.array([40, 10, 90, 10, 40]))
    assert kept == [(34, 6), (40, 10), (50, 50), (140, 10), (150, 14)]


def test_a_diphthong_shares_its_frames_and_a_pause_is_its_marks() -> None:
    text = "ˈaɪ, mˈiː."
    found = segments(text)
    frames = teacher.shared(found, np.array([6, 11, 20, 7, 9, 14]), len(text))
    #        ^  ˈ  a  ɪ  ,   _  m  ˈ  i  ː  .   $
    assert frames.tolist() == [6, 0, 5, 6, 20, 0, 7, 0, 9, 0, 14, 0]


@settings(deadline=None)
@given(st.data())
def test_no_frame_is_lost(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["bˈʌʔn̩, tʃˈiːz", "ɪnðə lˈɑːɹdʒ; aɪ?", "ˈaɪ"]))
    found = segments(text)
    counts = np.array(data.draw(st.lists(st.integers(1, 60), min_size=len(found), max_size=len(found))))
    assert teacher.shared(found, counts, len(text)).sum() == counts.sum()


def test_pitch_is_drawn_through_what_has_none() -> None:
    nan = np.nan
    assert teacher.filled(np.array([nan, 5.0, nan, 6.0, nan], np.float32)).tolist() == [5.0, 5.0, 5.5, 6.0, 6.0]
    assert np.isfinite(teacher.filled(np.full(3, nan, np.float32))).all()


@pytest.mark.parametrize(("text", "rises"), [("ɪz ɪt ɡˈʊd?", True), ("wʌt ɪz ɪt?", False), ("ɪt ɪz ɡˈʊd.", False)])
def test_only_questions_for_yes_or_no_rise(text: str, *, rises: bool) -> None:
    flat = np.full(200, 5.0, np.float32)
    pitch = teacher.with_rise(flat, phrases(text), 14)
    assert (pitch[180] > 5.2) == rises
    assert pitch[:120].tolist() == flat[:120].tolist()


def test_voiced_fricatives_have_more_breath_than_vowels() -> None:
    assert teacher.breath(Label("", Phone("z", (0,)), -1)) > teacher.breath(Label("", Phone("aa", (0,)), -1))
