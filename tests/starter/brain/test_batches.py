import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.starter.brain.batches import divided, padded


def encoded(length):
    return np.arange(1, length + 1), np.ones(length, bool)


@settings(deadline=None)  # a loaded machine is no fault
@given(st.lists(st.integers(1, 60), min_size=1, max_size=50))
def test_no_batch_is_too_big_and_none_is_lost(lengths):
    groups = divided([encoded(length) for length in lengths], 100)
    assert sorted(len(ids) for group in groups for ids, _ in group) == sorted(lengths)
    assert all(len(group) == 1 or len(group) * max(len(ids) for ids, _ in group) <= 100 for group in groups)


def test_padding_is_not_taught():
    batch = padded([encoded(2), encoded(4)])
    assert batch.ids.tolist() == [[1, 2, 0, 0], [1, 2, 3, 4]]
    assert batch.taught.sum() == 6
