"""Waits, cut-offs and the one beside the other (scripts/peers/figures.py)."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.peers.capture import Outcome
from scripts.peers.figures import UNANSWERED_MS, Row, beside, row, rows, shared, table, undisturbed, voice_at


def call(number, voice_ms, cuts=0, side="us"):
    wait = None if voice_ms is None else voice_ms / 2
    return Outcome(side, f"turns {number}", "turns", cuts, wait, voice_ms, "hello", "hello there")


def setting(cut_offs, voice_ms):
    return Row("them", 10, 0, cut_offs, voice_ms, voice_ms, voice_ms, 0.0)


def test_a_call_without_an_answer_counts_as_long_as_it_was_waited_for():
    found = row("us", [call(0, None), call(1, None), call(2, 500.0, cuts=2)])
    assert (found.lost, found.voice_p50_ms) == (2, UNANSWERED_MS)
    assert found.cut_offs == pytest.approx(66.7, abs=0.1)


def test_sides_keep_their_order():
    found = rows([call(0, 1.0, side="b"), call(0, 2.0, side="a"), call(1, 3.0, side="b")])
    assert [(each.side, each.of) for each in found] == [("b", 2), ("a", 1)]


def test_between_two_settings_in_proportion():
    curve = [setting(40, 600), setting(20, 1_000)]
    assert voice_at(curve, 30) == (30, pytest.approx(800))
    assert voice_at(curve, 50) == (40, 600)


def test_where_all_cut_off_more_the_one_that_does_least():
    assert voice_at([setting(40, 600), setting(20, 1_000)], 10) == (20, 1_000)


def test_a_setting_that_is_worse_in_both_is_not_chosen():
    assert voice_at([setting(10, 500), setting(20, 900)], 25) == (10, 500)
    curve = [setting(10, 1_000), setting(20, 5_000), setting(30, 500)]
    assert voice_at(curve, 20) == (20, pytest.approx(750))


settings = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 5_000)), min_size=1, max_size=8)


@given(settings, st.integers(0, 100), st.integers(0, 100))
def test_who_may_cut_off_more_never_waits_longer(found, one, two):
    curve = [setting(*each) for each in found]
    if min(cuts for cuts, _ in found) <= min(one, two):
        assert voice_at(curve, max(one, two))[1] <= voice_at(curve, min(one, two))[1] + 1e-6


def test_half_the_time_is_a_ratio_of_one_half_however_the_calls_are_drawn():
    ours = [call(number, 300.0 + number) for number in range(20)]
    theirs = {"them": [call(number, 600.0 + 2 * number) for number in range(20)]}
    found = beside(ours, theirs, random.Random(1))
    assert found.ratio == pytest.approx(0.5)
    assert found.least == pytest.approx(0.5)
    assert found.most == pytest.approx(0.5)


def test_the_table_is_markdown():
    lines = table(rows([call(0, 420.4)]))
    assert lines[2] == "| us | 1 | 0 | 210 ms | 420 ms | 420 ms | 0 | 50 % |"
    assert len({line.count("|") for line in lines}) == 1


def test_only_calls_that_every_side_has_are_compared_and_the_newest_of_each():
    first, again, theirs = call(0, 400.0), call(0, 500.0), call(0, 900.0, side="them")
    assert shared([first, call(1, 1.0), theirs, again]) == [again, theirs]


def test_calls_of_other_models_or_other_words_are_not_compared():
    ours, theirs = call(0, 400.0), call(0, 900.0, side="them")
    assert shared([ours, replace(theirs, said="goodbye")]) == []
    newer = [replace(each, models="new") for each in (ours, theirs)]
    assert shared([ours, theirs, *newer]) == newer


def test_one_unanswered_call_of_twenty_is_nobodys_wait_of_some_seconds():
    voices = [call(number, 400.0) for number in range(18)] + [call(18, None), call(19, None)]
    assert row("us", voices).voice_p95_ms == UNANSWERED_MS


def test_a_call_that_was_disturbed_on_one_side_counts_on_none():
    calm, beside_it = call(0, 1.0), call(1, 1.0)
    disturbed = replace(call(1, 1.0, side="them"), foreign=0.5)
    assert undisturbed([calm, beside_it, disturbed], 0.1) == [calm]
    assert undisturbed([calm, beside_it, disturbed], 0.5) == [calm, beside_it, disturbed]
