"""The caller's audio by absolute position."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio import to_float
from app.session.buffer import AudioBuffer, BufferFullError

SECOND = 16_000


def ramp(start: int, end: int) -> np.ndarray:
    """Samples that tell their own position."""
    return to_float((np.arange(start, end) % 30_000).astype(np.int16))


@given(
    st.lists(st.tuples(st.sampled_from(["append", "drop", "slice"]), st.integers(0, 40_000), st.integers(0, 40_000))),
)
def test_is_a_window_on_all_that_came(steps: list[tuple[str, int, int]]) -> None:
    buffer, start, end = AudioBuffer(200_000), 0, 0
    for what, a, b in steps:
        if what == "append" and (end - start + a) * 2 > 200_000:
            with pytest.raises(BufferFullError):
                buffer.append(ramp(end, end + a))
        elif what == "append":
            buffer.append(ramp(end, end + a))
            end += a
        elif what == "drop":
            buffer.drop_before(start + a)
            start = min(start + a, end)
        else:
            low, high = sorted((min(start + a, end), min(start + b, end)))
            assert np.array_equal(buffer.slice(low, high), ramp(low, high))
        assert (buffer.start, buffer.end, buffer.bytes) == (start, end, 2 * (end - start))
        assert buffer.chunks <= (end - start) // SECOND + 2


def test_holds_exactly_its_bound() -> None:
    buffer = AudioBuffer(2 * SECOND)
    buffer.append(ramp(0, SECOND))
    with pytest.raises(BufferFullError):
        buffer.append(ramp(0, 1))
    assert buffer.end == SECOND
    buffer.drop_before(1)
    buffer.append(ramp(SECOND, SECOND + 1))


@pytest.mark.parametrize(("start", "end"), [(0, 20), (10, 101), (30, 20), (-1, 20)])
def test_what_is_not_there_is_an_index_error(start: int, end: int) -> None:
    buffer = AudioBuffer(1000)
    buffer.append(ramp(0, 100))
    buffer.drop_before(10)
    with pytest.raises(IndexError):
        buffer.slice(start, end)


def test_a_slice_is_a_copy() -> None:
    buffer = AudioBuffer(1000)
    buffer.append(ramp(0, 100))
    buffer.slice(0, 100)[:] = 0
    assert np.array_equal(buffer.slice(0, 100), ramp(0, 100))


def test_lets_go_of_whole_blocks() -> None:
    buffer = AudioBuffer(10 * SECOND)
    buffer.append(ramp(0, 3 * SECOND))
    buffer.drop_before(2 * SECOND)
    assert buffer.chunks == 1
    assert np.array_equal(buffer.slice(2 * SECOND, 3 * SECOND), ramp(2 * SECOND, 3 * SECOND))
