"""Where words lie in the audio."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.tts.speakable import SpokenWord, speakable
from app.tts.word_times import Group, Kept, keep, place

RATE = 16_000


def tone(ms: int) -> np.ndarray:
    return (0.5 * np.sin(np.arange(RATE * ms // 1000))).astype(np.float32)


def quiet(ms: int) -> np.ndarray:
    return np.full(RATE * ms // 1000, 1e-4, np.float32)


def words(text: str) -> tuple[SpokenWord, ...]:
    return speakable(text, "en")


def test_silence_before_goes_and_behind_is_cut():
    kept = keep(np.concatenate([quiet(300), tone(500), quiet(900)]), RATE)
    assert kept == Kept(RATE * 295 // 1000, RATE * 800 // 1000, RATE)


def test_short_ends_stay_and_silence_is_empty():
    assert keep(tone(50), RATE) == Kept(0, RATE * 50 // 1000, RATE * 50 // 1000)
    assert keep(quiet(500), RATE) == Kept(0, 0, 0)
    assert keep(np.zeros(0, np.float32), RATE) == Kept(0, 0, 0)


def test_equal_counts_are_matched_one_to_one():
    placed = place(words("one two"), [Group(3, 1600, 3200), Group(2, 4800, 6400)], Kept(1600, 8000, 8000), RATE)
    assert [(w.text, w.start_ms, w.end_ms) for w in placed] == [("one", 0, 100), ("two", 200, 300)]


def test_merged_words_share_their_group():
    # "in the" is one group in English espeak
    groups = [Group(4, 0, 1600), Group(4, 1600, 4800), Group(3, 4800, 8000)]
    placed = place(words("cats in the house"), groups, Kept(0, 8000, 8000), RATE)
    assert [w.start_ms for w in placed] == [0, 100, 180, 300]


def test_split_words_take_all_their_groups():
    placed = place(
        words("understanding it"),
        [Group(5, 0, 1600), Group(6, 1600, 3200), Group(2, 3200, 4800)],
        Kept(0, 4800, 4800),
        RATE,
    )
    assert [(w.start_ms, w.end_ms) for w in placed] == [(0, 200), (200, 300)]


def test_without_groups_or_a_way_to_match_letters_decide():
    for groups in ([], [Group(2, 0, 100)] * 9):
        placed = place(words("aa bbbb"), groups, Kept(0, 9600, 9600), RATE)
        assert [(w.start_ms, w.end_ms) for w in placed] == [(0, 200), (200, 600)]


def test_groups_that_leave_much_of_the_speech_to_no_word_are_not_believed():
    placed = place(words("aa bbbb"), [Group(2, 0, 800), Group(4, 800, 1600)], Kept(0, 9600, 12_800), RATE)
    assert [(w.start_ms, w.end_ms) for w in placed] == [(0, 200), (200, 600)]


def test_a_word_that_says_nothing_has_no_length():
    placed = place(words("hi 😀 you"), [Group(2, 0, 1600), Group(2, 1600, 3200)], Kept(0, 3200, 3200), RATE)
    assert [(w.text, w.start_ms, w.end_ms) for w in placed] == [("hi", 0, 100), ("😀", 100, 100), ("you", 100, 200)]


def test_a_word_that_says_several_takes_them_all():
    placed = place(
        words("$5 please"), [Group(4, 0, 800), Group(5, 800, 1600), Group(4, 1600, 3200)], Kept(0, 3200, 3200), RATE
    )
    assert [(w.text, w.start_ms, w.end_ms) for w in placed] == [("$5", 0, 100), ("please", 100, 200)]


@given(
    st.lists(st.sampled_from(["a", "12", "😀", "house", "—", "the"]), max_size=8).map(" ".join),
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 900), st.integers(0, 900)), max_size=12),
    st.integers(0, 4000),
    st.integers(1, 8000),
)
def test_words_ascend_within_the_audio(text: str, steps: list[tuple[int, int, int]], first: int, length: int):
    groups, at = [], 0
    for phonemes, gap, duration in steps:
        groups.append(Group(phonemes, at + gap, at + gap + duration))
        at += gap + duration
    placed = place(words(text), groups, Kept(first, first + length, first + length), RATE)
    edges = [t for w in placed for t in (w.start_ms, w.end_ms)]
    assert [w.text for w in placed] == text.split()
    assert edges == sorted(edges)
    assert all(0 <= t <= length * 1000 // RATE for t in edges)
