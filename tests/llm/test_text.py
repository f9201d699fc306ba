"""Bytes in any pieces give the same text; stop words never come out."""

from hypothesis import given
from hypothesis import strategies as st

from app.llm.text import TextStream

words = st.text("abé", min_size=0, max_size=4)


def run(chunks: list[bytes], stop: tuple[str, ...]) -> tuple[str, bool]:
    stream = TextStream(stop)
    return "".join(map(stream.feed, chunks)) + stream.finish(), stream.stopped


def expected(text: str, stop: tuple[str, ...]) -> tuple[str, bool]:
    for end in range(len(text) + 1):
        ended = [word for word in stop if word and text[:end].endswith(word)]
        if ended:
            return text[: end - max(map(len, ended))], True
    return text, False


@given(st.text("abé☃", max_size=30), st.lists(words, max_size=3).map(tuple), st.data())
def test_chunking_never_matters(text: str, stop: tuple[str, ...], data: st.DataObject) -> None:
    raw = text.encode()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=10)))
    chunks = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert run(chunks, stop) == expected(text, stop)


def test_text_comes_as_soon_as_it_is_certain() -> None:
    stream = TextStream(("stop",))
    assert [stream.feed(p) for p in (b"go", b" st", b"art s", b"to", b"p now")] == ["go", " ", "start ", "", ""]
    assert stream.stopped
    assert stream.feed(b"more") == ""
    assert stream.finish() == ""


def test_a_character_comes_whole_and_half_of_one_never() -> None:
    stream = TextStream()
    assert [stream.feed(bytes([b])) for b in "é☃".encode()] == ["", "é", "", "", "☃"]
    assert stream.feed("é".encode()[:1]) == ""
    assert stream.finish() == ""
