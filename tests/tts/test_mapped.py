"""Text that remembers its written words."""

from hypothesis import given
from hypothesis import strategies as st

from app.tts.mapped import NEXT, Mapped, rule


def test_a_match_over_two_words_gives_each_its_own():
    mapped = Mapped("for 12 TL now", str)
    mapped.apply((rule(r"12 TL", f"twelve{NEXT}lira"),))
    assert mapped.spoken() == ["for", "twelve", "lira", "now"]


def test_without_a_mark_the_first_word_takes_all():
    mapped = Mapped("for 12 TL now", str)
    mapped.apply((rule(r"12 TL", "twelve lira"),))
    assert mapped.spoken() == ["for", "twelve lira", "", "now"]


def test_insertions_belong_to_the_word_before():
    mapped = Mapped("B12 x", str)
    mapped.apply((rule(r"(?<=B)(?=\d)", " "), rule(r"x", lambda _: None)))
    assert mapped.spoken() == ["B 12", "x"]


def test_line_breaks_stay():
    assert Mapped("a \n b\tc", str).text == "a\nb c"


@given(st.text(), st.sampled_from([r"\w+", r"\s", r"", r"^", r"."]), st.text(max_size=3))
def test_there_is_always_one_entry_for_each_written_word(text: str, pattern: str, said: str):
    mapped = Mapped(text, lambda word: word.replace("a", ""))
    mapped.apply((rule(pattern, said),))
    assert len(mapped.spoken()) == len(text.split())
