"""Live text: stable only grows, is a prefix of the whole, and is right when the recogniser errs only at cut edges."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.interfaces import RATE_HZ, Word
from app.stt.agreement import LiveText, Partial, align, join
from app.stt.windows import Pace, Window

PACE = Pace(window=2 * RATE_HZ, overlap=RATE_HZ // 2, interval=RATE_HZ * 2 // 5, min_chunk=RATE_HZ * 3 // 10)
VOCABULARY = ("two", "pizzas", "a", "lemonade", "please", "and", "soup", "the", "greek", "salad")


def spread(text: list[str]) -> list[str]:
    """Without a word that comes again within a second: then half a look cannot tell which of the two it was."""
    kept: list[str] = []
    for word in text:
        if word not in kept[-3:]:
            kept.append(word)
    return kept


texts = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=30).map(spread)
hypotheses = st.lists(st.tuples(st.sampled_from(VOCABULARY), st.integers(0, 400), st.integers(0, 500)), max_size=8)


def spoken(text: list[str], length_ms: int = 300, gap_ms: int = 100) -> list[Word]:
    step = length_ms + gap_ms
    return [Word(t, 200 + i * step, 200 + i * step + length_ms) for i, t in enumerate(text)]


def hear(truth: list[Word], window: Window) -> list[Word]:
    """A recogniser that is right except for words that its window cuts."""
    start, end = window.start // 16, window.end // 16
    seen = [w for w in truth if w.end_ms > start and w.start_ms < end]
    return [
        Word(w.text if start <= w.start_ms and w.end_ms <= end else "uh", w.start_ms - start, w.end_ms - start)
        for w in seen
    ]


def words(text: str, start_ms: int = 0) -> list[Word]:
    return [Word(t, start_ms + 300 * i, start_ms + 300 * i + 250) for i, t in enumerate(text.split())]


def test_one_hypothesis_is_unstable() -> None:
    live = LiveText(PACE)
    assert live.add(Window(0, 32_000), words("can i have")) == Partial("", "can i have")


def test_what_two_agree_on_is_stable() -> None:
    live = LiveText(PACE)
    live.add(Window(0, 20_000), words("can i have a lemon"))
    assert live.add(Window(0, 32_000), words("Can i have a lemonade")) == Partial("Can i have a", " lemonade")


@pytest.mark.parametrize(("one", "other"), [("iki ayran", "İki ayran"), ("ışık var", "Işık var"), ("için", "İÇİN")])
def test_a_turkish_capital_is_the_same_word(one: str, other: str) -> None:
    live = LiveText(PACE)
    live.add(Window(0, 20_000), words(one))
    assert live.add(Window(0, 24_000), words(other)).stable == other


def test_a_word_at_the_cut_edge_is_no_evidence() -> None:
    live = LiveText(PACE)
    live.add(Window(0, 12_800), words("two pizzas"))
    assert live.add(Window(0, 14_400), words("two pizzas")) == Partial("two", " pizzas")


def test_settled_words_stay_when_heard_differently() -> None:
    live = LiveText(PACE)
    live.add(Window(0, 24_000), words("two margherita pizzas"))
    live.add(Window(0, 30_000), words("two margherita pizzas"))
    partial = live.add(Window(16_000, 48_000), [Word("zzas", 0, 0), Word("and", 700, 900)])
    assert partial == Partial("two margherita pizzas", " and")


def test_a_window_that_comes_late_changes_nothing() -> None:
    live = LiveText(PACE)
    later = live.add(Window(0, 32_000), words("two soups"))
    assert live.add(Window(0, 16_000), words("you")) == later


def test_silence_settles_what_was_said() -> None:
    live = LiveText(PACE)
    live.add(Window(0, 32_000), words("yes please"))
    assert live.add(Window(32_000, 64_000), []) == Partial("yes please", "")


def test_next_window_paces_itself() -> None:
    live = LiveText(PACE)
    assert live.next_window(1_000) is None
    assert live.next_window(8_000) == Window(0, 8_000)
    assert live.next_window(8_100) is None
    assert live.next_window(64_000) == Window(0, 64_000)  # the first was lost


@given(texts, st.lists(st.booleans(), min_size=40, max_size=40), st.integers(320, 9_000))
def test_it_is_right_when_only_cut_words_are_wrong(text: list[str], lost: list[bool], step: int) -> None:
    truth = spoken(text)
    end = (truth[-1].end_ms + 500) * 16
    live, stable, drops = LiveText(PACE), "", iter(lost)
    for samples in [*range(step, end, step), end, end + PACE.interval]:
        window = live.next_window(samples)
        if window is None or (next(drops, False) and samples <= end):
            continue
        partial = live.add(window, hear(truth, window))
        assert partial.stable.startswith(stable)
        stable = partial.stable
    assert live.flush() == Partial(" ".join(text), "")


@given(st.lists(st.tuples(st.integers(0, 60_000), st.integers(1, 32_000), hypotheses), max_size=20))
def test_stable_only_grows_whatever_is_heard(
    rounds: list[tuple[int, int, list[tuple[str, int, int]]]],
) -> None:
    """Any windows in any order, any words at any (rising) times."""
    live, stable = LiveText(PACE), ""
    for start, length, heard in rounds:
        at, found = 0, []
        for text, pause, lasts in heard:
            found.append(Word(text, at + pause, at + pause + lasts))
            at += pause + lasts
        partial = live.add(Window(start, start + length), found)
        assert partial.stable.startswith(stable)
        assert partial == live.text()
        stable = partial.stable
    whole = live.flush()
    assert whole.stable.startswith(stable)
    assert whole.unstable == ""


@given(hypotheses, hypotheses)
def test_alignment_is_in_order_and_of_same_words(
    one: list[tuple[str, int, int]], two: list[tuple[str, int, int]]
) -> None:
    a = [Word(t, s, s + n) for t, s, n in one]
    b = [Word(t, s, s + n) for t, s, n in two]
    pairs = align(a, b)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))
    assert all(a[i].text == b[j].text for i, j in pairs)
    assert align(a, a) == [(i, i) for i in range(len(a))]


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("two", "soups"), "two soups"),
        (("你", "好"), "你好"),
        (("用", "AI", "吧"), "用AI吧"),
        ((), ""),
        (("สวัส", "ดี"), "สวัสดี"),
    ],
)
def test_words_are_joined_as_the_script_is_written(parts: tuple[str, ...], text: str) -> None:
    assert join(Word(p, 0, 0) for p in parts) == text
