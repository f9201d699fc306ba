"""Whole frames out of any chunking."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.interfaces import FRAME_SAMPLES
from app.vad.framer import Framer


@given(st.lists(st.integers(0, 2000), max_size=20))
def test_chunking_never_matters(sizes: list[int]) -> None:
    samples = np.arange(sum(sizes), dtype=np.float32)
    framer = Framer()
    frames = [framer.feed(chunk) for chunk in np.split(samples, np.cumsum(sizes)[:-1])] if sizes else []
    assert all(f.shape[1:] == (FRAME_SAMPLES,) for f in frames)
    got = np.concatenate([np.empty(0, np.float32), *(f.ravel() for f in frames)])
    whole = samples.size // FRAME_SAMPLES * FRAME_SAMPLES
    assert np.array_equal(got, samples[:whole])


def test_does_not_keep_a_message_alive() -> None:
    framer = Framer()
    framer.feed(np.zeros(100_000, np.float32))
    assert framer._rest.base is None
