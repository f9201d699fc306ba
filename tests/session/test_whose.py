"""Whose a sound is: by levels first, then by words."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.session.whose import LONG_MS, OVER_MS, UNSURE_MS, Doubt, Verdict, judge, strange_words

OURS = ("the", "lentil", "soup", "falafel", "wrap,")
THEIRS = Doubt(excess_db=4.0, sounding_ms=300, silent_ms=0, language="en", playing=OURS)
OVER = replace(THEIRS, silent_ms=OVER_MS, heard_whole=True)


@given(st.text(max_size=20), st.integers(0, 5_000), st.integers(0, 2_000), st.booleans())
def test_what_we_explain_is_ours_whatever_is_understood(heard, sounding, silent, whole):
    doubt = Doubt(-inf, sounding, silent, "en", heard=heard, heard_whole=whole, playing=OURS)
    assert judge(doubt) is Verdict.OURS


@pytest.mark.parametrize("heard", ["wait", "Wait!", "no", "okay i'll take", "Stop.", "the bill"])
def test_one_word_that_we_do_not_play_is_the_callers(heard):
    assert judge(replace(THEIRS, heard=heard)) is Verdict.CALLER
    assert judge(replace(OVER, heard=heard)) is Verdict.CALLER


@pytest.mark.parametrize(
    ("heard", "language"),
    [("uh-huh", "en"), ("Okay.", "en"), ("yeah yeah", "en"), ("soup okay", "en"), ("hı hı", "tr"), ("Evet.", "tr")],
)
def test_a_backchannel_is_waited_for_and_asks_for_nothing(heard, language):
    assert judge(replace(THEIRS, heard=heard, language=language)) is Verdict.UNSURE
    assert judge(replace(OVER, heard=heard, language=language)) is Verdict.BACKCHANNEL


@given(st.integers(0, LONG_MS - 1), st.integers(0, 2 * OVER_MS))
def test_words_that_are_not_certain_are_the_callers_when_the_sound_goes_on(sounding, silent):
    unsure = replace(THEIRS, guessed="way", sounding_ms=sounding, silent_ms=silent)
    assert (judge(unsure) is Verdict.CALLER) == (sounding >= UNSURE_MS and silent < OVER_MS)
    for explained in ("okay", "soup", ""):
        assert judge(replace(unsure, guessed=explained)) is not Verdict.CALLER


def test_a_certain_word_is_taken_with_those_beside_it():
    assert judge(replace(THEIRS, heard="see", guessed="i see")) is Verdict.UNSURE
    assert judge(replace(OVER, heard="see", guessed="i see")) is Verdict.BACKCHANNEL
    assert judge(replace(THEIRS, heard="see", guessed="i see you")) is Verdict.UNSURE
    assert judge(replace(THEIRS, heard="see you", guessed="i see you")) is Verdict.CALLER


@pytest.mark.parametrize(
    ("asked", "heard", "language"),
    [("Shall I bring it now?", "okay", "en"), ("İster misiniz?", "tamam", "tr"), ("Encore un peu ?", "Okay.", "fr")],
)
def test_behind_our_question_it_is_an_answer(asked, heard, language):
    assert judge(replace(THEIRS, heard=heard, guessed=heard, asked=asked, language=language)) is Verdict.CALLER
    assert judge(replace(OVER, heard="", guessed=heard, asked=asked, language=language)) is Verdict.CALLER
    assert judge(replace(OVER, heard="", asked=asked, language=language)) is Verdict.NOTHING


@pytest.mark.parametrize(("heard", "language"), [("okay", "en"), ("Yes.", "en"), ("tamam", "tr")])
def test_when_we_have_finished_it_is_a_turn(heard, language):
    assert judge(replace(OVER, heard=heard, guessed=heard, language=language, afterwards=True)) is Verdict.CALLER
    assert judge(replace(OVER, heard="the soup", language=language, afterwards=True)) is Verdict.NOTHING


def test_what_is_over_and_held_no_word_was_nothing():
    assert judge(OVER) is Verdict.NOTHING
    assert judge(replace(OVER, heard="the soup")) is Verdict.NOTHING
    assert judge(replace(OVER, heard_whole=False)) is Verdict.UNSURE


@given(st.sampled_from(["", "okay", "soup"]), st.integers(LONG_MS, 60_000))
def test_who_speaks_on_and_on_is_the_caller(heard, sounding):
    assert judge(replace(THEIRS, heard=heard, sounding_ms=sounding)) is Verdict.CALLER


def test_before_our_echo_is_known_it_takes_a_sentence():
    unknown = replace(THEIRS, excess_db=-inf, learned=False)
    assert judge(replace(unknown, heard="wait please")) is Verdict.OURS
    assert judge(replace(unknown, heard="could you bring me another bill")) is Verdict.CALLER
    assert judge(replace(unknown, heard="the lentil soup the falafel rap no")) is Verdict.OURS
    assert judge(replace(unknown, heard="okay okay yeah yeah yeah")) is Verdict.OURS


def test_a_word_is_enough_of_a_sound_that_goes_like_nothing_of_ours():
    stranger = replace(THEIRS, excess_db=-inf, learned=False, unlike=True)
    assert judge(replace(stranger, heard="less please")) is Verdict.CALLER
    for nothing in ("", "okay", "the soup", "lentil soup less"):
        assert judge(replace(stranger, heard=nothing)) is Verdict.OURS


@pytest.mark.parametrize("why", [{"afterwards": True}, {"asked": "Would you like fries?"}])
def test_a_yes_is_an_answer_where_the_echo_is_not_learned_and_goes_like_nothing_of_ours(why):
    answers = replace(THEIRS, excess_db=-inf, learned=False, unlike=True, heard="okay", **why)
    assert judge(answers) is Verdict.CALLER
    assert judge(replace(answers, heard="the soup")) is Verdict.OURS


def test_our_words_are_ours_even_misheard():
    assert strange_words(["falafels", "coup", "lentilsoup", "coup"], OURS, "en", 0.85) == ["coup", "coup"]
    assert strange_words(["soup"], (), "en", 0.85) == ["soup"]


@pytest.mark.parametrize("learned", [True, False])
def test_our_own_echo_without_spaces_is_ours(learned):
    clause = "欢迎光临，请问您想喝点什么？"
    echo = " ".join("欢迎光临请问您想喝点什么")
    ours = Doubt(-inf, 900, 0, "zh", learned=learned, heard=echo, heard_whole=True, playing=(clause,))
    assert judge(ours) is Verdict.OURS
    theirs = replace(ours, excess_db=4.0, heard="等 一下 我 要 换 一个", guessed="等 一下 我 要 换 一个")
    assert judge(theirs) is Verdict.CALLER
