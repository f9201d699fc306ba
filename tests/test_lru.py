"""What is kept: never more than the limit, never longer than asked, and the last used longest."""

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from app.lru import Lru

puts = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30), st.integers(0, 3)), max_size=60)


@given(puts, st.integers(0, 60), st.sampled_from([3, inf]))
def test_never_above_the_limit_and_never_too_old(steps, limit, keep_s):
    kept, model, now = Lru(limit, keep_s), {}, 0
    for key, size, wait in steps:
        now += wait
        kept.put(key, (key, now), size, now)
        model[key] = now
        assert kept.size <= limit
        for other, since in model.items():
            assert kept.get(other, now) in (None, (other, since))
            assert kept.get(other, now) is None or now - since < keep_s
        assert (kept.get(key, now) is not None) == (size <= limit)


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 5))
def test_what_was_unused_for_longest_goes_first(uses, limit):
    kept, order = Lru(limit), []
    for key in uses:
        if kept.get(key) is None:
            kept.put(key, key, 1)
        order = [k for k in order if k != key] + [key]
        assert [kept.get(k) for k in order[-limit:]] == order[-limit:]
        assert len(kept) == min(limit, len(order))


def test_a_newer_value_replaces_the_older():
    kept = Lru(10)
    kept.put("a", 1, 6)
    kept.put("a", 2, 4)
    assert (kept.get("a"), kept.size, len(kept)) == (2, 4, 1)


def test_a_value_larger_than_the_limit_is_not_kept_and_drops_nothing_else():
    kept = Lru(10)
    kept.put("a", 1, 6)
    kept.put("b", 2, 11)
    assert (kept.get("a"), kept.get("b")) == (1, None)
    kept.put("a", 3, 11)
    assert (kept.get("a"), kept.size) == (None, 0)
