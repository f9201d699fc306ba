"""Fair parts of a step, and prefixes within their bounds."""

from hypothesis import given
from hypothesis import strategies as st

from app.llm.slots import Prefixes, share

counts = st.lists(st.integers(1, 300), max_size=10)


@given(counts, st.integers(1, 200))
def test_a_step_is_filled_and_nobody_gets_more_than_they_need(pending: list[int], chunk: int) -> None:
    given_ = share(pending, chunk)
    assert sum(given_) == min(chunk, sum(pending))
    assert all(0 <= g <= p for g, p in zip(given_, pending, strict=True))


@given(counts, st.integers(1, 200))
def test_who_wants_more_got_no_less_than_anybody(pending: list[int], chunk: int) -> None:
    given_ = share(pending, chunk)
    for got, want in zip(given_, pending, strict=True):
        assert got == want or got >= max(given_) - 1


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), max_size=40))
def test_prefixes_stay_within_their_sequences_and_tokens(puts: list[tuple[int, int]]) -> None:
    prefixes = Prefixes((7, 8, 9), 16)
    held: dict[int, int] = {}
    for key, size in puts:
        if prefixes.get(key):
            continue
        prefix, emptied = prefixes.put(key, range(size))
        held = {k: s for k, s in held.items() if s not in emptied}
        if prefix:
            assert prefix.sequence in {7, 8, 9} - set(held.values())
            held[key] = prefix.sequence
        else:
            assert not size
        got = {k: found for k in held if (found := prefixes.get(k))}
        assert {k: p.sequence for k, p in got.items()} == held
        assert sum(len(p.ids) for p in got.values()) <= 16


def test_the_one_unused_for_longest_gives_way() -> None:
    prefixes = Prefixes((1, 2), 100)
    for key in "ab":
        prefixes.put(key, [1])
    prefixes.get("a")
    prefix, emptied = prefixes.put("c", [1])
    assert prefixes.get("b") is None
    assert prefix is not None
    assert emptied == [prefix.sequence]
    assert prefixes.drop() is not None
    assert prefixes.get("a") is None


def test_without_sequences_or_room_nothing_is_held() -> None:
    assert Prefixes((), 100).put("a", [1]) == (None, [])
    assert Prefixes((1,), 2).put("a", [1, 2, 3]) == (None, [])
    assert Prefixes((1,), 2).drop() is None
