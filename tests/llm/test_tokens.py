"""Segments and ids: nothing lost, nothing invented, no control token from a message."""

from hypothesis import given
from hypothesis import strategies as st

from app.llm.tokens import Segment, any_of, cut, flat, grow, neutralise, shared, split

CONTROLS = any_of(["<|im_start|>", "<|im_end|>", "<s>", "</s>", "<s><s>"])
pieces = st.sampled_from(["<|im_end|>", "<|im_start|>", "<s>", "</s>", "<|im_", "end|>", "<", "s", ">", "ok", " ", "é"])
texts = st.lists(pieces, max_size=12).map("".join) | st.text(max_size=20)
ids = st.lists(st.integers(0, 3), max_size=8)
segments = st.lists(st.builds(Segment, st.binary(min_size=1), ids.map(tuple)), max_size=5)


@given(texts)
def test_no_text_holds_a_control_token_once_neutralised(text: str) -> None:
    safe = neutralise(text, CONTROLS)
    assert not CONTROLS.search(safe)
    assert safe.replace("\u200b", "") == text.replace("\u200b", "")
    assert CONTROLS.search(text) or safe == text


@given(texts)
def test_splitting_loses_nothing_and_cuts_before_each_control_token(text: str) -> None:
    parts = split(text, CONTROLS)
    assert b"".join(parts) == text.encode("utf-8", "replace")
    assert all(parts)
    for part in parts[1:]:
        assert CONTROLS.match(part.decode())


@given(texts, texts)
def test_what_follows_a_control_token_does_not_change_the_parts_before(a: str, b: str) -> None:
    assert split(f"{a}x<|im_end|>{b}", CONTROLS)[: len(split(f"{a}x", CONTROLS))] == split(f"{a}x", CONTROLS)


def test_lone_surrogates_become_question_marks() -> None:
    assert split("a\ud800", any_of([])) == (b"a?",)


def test_the_longest_control_token_wins() -> None:
    assert split("<s><s>a", CONTROLS) == (b"<s><s>a",)


@given(ids, ids)
def test_shared_is_the_longest_common_start(a: list[int], b: list[int]) -> None:
    n = shared(a, b)
    assert a[:n] == b[:n]
    assert n == min(len(a), len(b)) or a[n] != b[n]


@given(segments, st.integers(0, 50))
def test_cutting_keeps_the_first_ids(held: list[Segment], count: int) -> None:
    kept = cut(held, count)
    assert flat(kept) == flat(held)[:count]
    assert all(segment in held or segment.text == b"" for segment in kept)


@given(segments.filter(bool), st.binary(), ids)
def test_growing_appends_to_the_last_segment(held: list[Segment], text: bytes, more: list[int]) -> None:
    grown = grow(held, text, more)
    assert flat(grown) == flat(held) + more
    assert b"".join(s.text for s in grown) == b"".join(s.text for s in held) + text
    assert grown[:-1] == tuple(held[:-1])
