"""The order of chunks: whatever is wrong with one, nothing is lost and nothing is taken twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CallerError
from app.wire.chunks import Chunks
from app.wire.incoming import AudioChunk


def chunk(index, data="00", *, final=False):
    return AudioChunk(type="audio_chunk", data=data, encoding="hex", chunk_index=index, is_final=final)


def refused(chunks, bad):
    with pytest.raises(CallerError) as caught:
        chunks.take(bad)
    return caught.value.code


def test_chunks_in_their_order():
    chunks = Chunks()
    assert [chunks.take(chunk(n, f"0{n}")) for n in range(3)] == [b"\0", b"\1", b"\2"]


@pytest.mark.parametrize(
    ("bad", "code"), [(chunk(2), "chunk_gap"), (chunk(0), "chunk_repeat"), (chunk(1, "x"), "bad_audio_data"),
                      (chunk(1, "x", final=True), "bad_audio_data"), (chunk(9, "x"), "chunk_gap")],
)  # fmt: skip
def test_a_bad_chunk_changes_nothing(bad, code):
    chunks = Chunks()
    chunks.take(chunk(0))
    assert refused(chunks, bad) == code
    assert chunks.take(chunk(1, "07")) == b"\7"


def test_a_final_chunk_begins_anew():
    chunks = Chunks()
    chunks.take(chunk(0))
    chunks.take(chunk(1, final=True))
    assert refused(chunks, chunk(2)) == "chunk_gap"
    assert chunks.take(chunk(0, final=True)) == b"\0"
    assert chunks.take(chunk(0)) == b"\0"


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["", "0a", "0b0c", "0", "xx"]), st.booleans())))
def test_any_sequence_is_taken_in_order_or_refused_by_name(sent):
    chunks, expected = Chunks(), 0
    for index, data, final in sent:
        sound = chunk(index, data, final=final)
        if index != expected:
            assert refused(chunks, sound) == ("chunk_gap" if index > expected else "chunk_repeat")
        elif data in {"0", "xx"}:
            assert refused(chunks, sound) == "bad_audio_data"
        else:
            assert chunks.take(sound) == bytes.fromhex(data)
            expected = 0 if final else expected + 1
