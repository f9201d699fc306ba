"""The caller's pauses: robust, decaying, between what was heard and the prior."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.vad.rhythm import CUT_WEIGHT, MAX_PAUSES, SHORTEST_MS, Rhythm

PRIOR = 600
UNHURRIED = settings(deadline=None)
"""A busy machine may halt for a second; the code under test takes a tenth of a millisecond."""
PAUSES = st.lists(st.tuples(st.integers(SHORTEST_MS, 5_000), st.booleans()), max_size=60)


def after(pauses: list[tuple[int, bool]]) -> Rhythm:
    """After pauses in ms, and whether we cut the caller off there."""
    rhythm = Rhythm()
    for pause_ms, was_cut in pauses:
        rhythm = rhythm.cut(pause_ms) if was_cut else rhythm.heard(pause_ms)
    return rhythm


def test_nothing_heard_is_the_prior() -> None:
    assert Rhythm().pause_ms(PRIOR) == PRIOR


def test_one_long_pause_changes_nothing_and_the_second_does() -> None:
    assert after([(3_000, False)]).pause_ms(PRIOR) == PRIOR
    assert after([(900, False)] * 2).pause_ms(PRIOR) == 900


def test_a_cut_off_counts_as_two_pauses() -> None:
    assert CUT_WEIGHT == 2
    assert after([(900, True)]).pause_ms(PRIOR) == 900


def test_one_outlier_among_many_changes_nothing() -> None:
    assert after([(400, False)] * 12 + [(4_000, False)]).pause_ms(PRIOR) == 400


def test_a_quick_caller_is_learned_within_ten_pauses() -> None:
    assert after([(300, False)] * 10).pause_ms(PRIOR) == 300


def test_what_is_long_ago_is_forgotten() -> None:
    assert after([(1_500, False)] * 20 + [(400, False)] * 15).pause_ms(PRIOR) == 400


@UNHURRIED
@given(PAUSES, st.integers(100, 2_000))
def test_it_is_one_of_what_was_heard_or_the_prior(pauses: list[tuple[int, bool]], prior: int) -> None:
    rhythm = after(pauses)
    assert len(rhythm.pauses) == min(len(pauses), MAX_PAUSES)
    assert rhythm.pause_ms(prior) in {prior, *(pause for pause, _ in pauses)}


@UNHURRIED
@given(PAUSES, st.lists(st.integers(0, 3_000), min_size=60, max_size=60), st.integers(100, 2_000), st.integers(0, 900))
def test_longer_pauses_and_a_longer_prior_are_never_learned_as_shorter(
    pauses: list[tuple[int, bool]], more: list[int], prior: int, prior_more: int
) -> None:
    longer = [(pause + extra, was_cut) for (pause, was_cut), extra in zip(pauses, more, strict=False)]
    assert after(longer).pause_ms(prior) >= after(pauses).pause_ms(prior)
    assert after(pauses).pause_ms(prior + prior_more) >= after(pauses).pause_ms(prior)


@UNHURRIED
@given(PAUSES)
def test_it_is_a_value(pauses: list[tuple[int, bool]]) -> None:
    rhythm = after(pauses)
    before = rhythm.pauses
    rhythm.heard(700)
    assert rhythm.pauses == before
    assert after(pauses) == rhythm


def test_the_stop_of_a_consonant_is_no_pause() -> None:
    assert after([(64, False), (SHORTEST_MS - 1, False)] * 10) == Rhythm()
