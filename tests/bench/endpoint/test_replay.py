"""A rule ends turns on frames, knows words when they are known, and learns from the caller."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.endpoint.policies import Fixed
from app.bench.endpoint.replay import Ears, as_whisper, replay, replayed

MIN_SPEECH_MS = 96
PAUSE_10 = "#####" + "." * 10 + "#####" + "." * 40
"""Two words of 160 ms with 320 ms between."""


def run(call, policy, **ears):
    return replay(call, policy, MIN_SPEECH_MS, Ears(**ears))


def test_a_pause_that_is_sat_out_is_no_cut(call, scripted):
    policy = scripted(400)
    outcome = run(call("two teas", PAUSE_10), policy)
    assert (outcome.cut, outcome.wait_ms, outcome.text) == ((), 416, "two teas")
    assert policy.told == [("sat out", 320)]


def test_a_pause_that_is_not_is_a_cut_and_what_follows_a_turn_of_its_own(call, scripted):
    policy = scripted(300)
    outcome = run(call("two teas", PAUSE_10), policy)
    assert (outcome.cut, outcome.wait_ms, outcome.text) == (("elsewhere",), 320, "teas")
    assert policy.told == [("cut off", 320)]


def test_a_cut_outside_of_a_thinking_pause_has_no_place(call, scripted):
    heard = call("two teas", PAUSE_10)
    heard = type(heard)(**{name: getattr(heard, name) for name in heard.__slots__} | {"pauses": ()})
    assert run(heard, scripted(300)).cut == ("",)


def test_words_are_known_late_and_all_of_them_in_a_pause(call, scripted):
    policy = scripted(400)
    run(call("two teas", PAUSE_10), policy, live_ms=300, draft_ms=150)
    texts = [moment.text for moment in policy.moments]
    assert texts[:10] == [""] * 4 + ["two"] * 6
    assert texts[10:] == ["two"] * 4 + ["two teas"] * 9
    assert {(moment.asked, moment.language, moment.noise_dbfs) for moment in policy.moments} == {("Well?", "en", -70)}


def test_words_may_be_written_as_whisper_does(call, scripted):
    policy = scripted(400)
    assert run(call("two teas", PAUSE_10), policy, write=as_whisper).text == "Two teas."
    assert policy.moments[0].text == ""


def test_a_rule_may_wait_by_the_text(call, scripted):
    policy = scripted(900, {"two": 330, "two teas": 200})
    assert run(call("two teas", PAUSE_10), policy).wait_ms == 224


def test_silence_goes_on_where_the_audio_ends(call, scripted):
    assert run(call("yes", "#####..."), scripted(2_000)).wait_ms == 2_016


def test_a_click_is_no_turn(call, scripted):
    outcome = run(call("yes", "..##" + "." * 40), scripted(300))
    assert (outcome.wait_ms, outcome.cut) == (None, ())


def test_an_end_that_comes_a_little_before_the_label_is_no_cut(call, scripted):
    assert run(call("yes", "#####..", trailing=-6_400), scripted(300)).wait_ms == -80
    late = run(call("yes", "#####..", trailing=-8_000), scripted(300))
    assert (late.wait_ms, late.cut) == (None, ("",))


@settings(deadline=None)  # of many frames, on a machine that is shared
@given(st.lists(st.integers(3, 40), min_size=1, max_size=6), st.integers(100, 1_500), st.integers(0, 500))
def test_longer_waits_never_cut_off_more(call, pauses, ms, more):
    words = " ".join("abcdefg"[: len(pauses) + 1])
    heard = call(words, "####" + "".join("." * pause + "####" for pause in pauses) + "...")
    short, long = (replay(heard, Fixed(wait), MIN_SPEECH_MS) for wait in (ms, ms + more))
    assert len(short.cut) == sum(pause * 32 >= ms for pause in pauses)
    assert len(long.cut) <= len(short.cut)
    assert long.wait_ms >= short.wait_ms >= ms


def test_a_policy_stays_with_a_person_through_both_sets(call, scripted):
    made = []

    def rule():
        made.append(scripted(400))
        return made[-1]

    calls = [
        call("two teas", PAUSE_10, person=person, name=f"{set_} {number}")
        for set_ in ("turns", "pauses")
        for person in (0, 1)
        for number in (2 * person, 2 * person + 1)
    ]
    outcomes = replayed(calls, rule, MIN_SPEECH_MS)
    names = ["pauses 0", "turns 0", "pauses 1", "turns 1", "pauses 2", "turns 2", "pauses 3", "turns 3"]
    assert [outcome.name for outcome in outcomes] == names
    assert [len(policy.told) for policy in made] == [4, 4]


def test_a_fixed_rule_is_the_same_alone_and_among_others(call):
    one = call("two teas", PAUSE_10)
    assert replayed([one, one], lambda: Fixed(300), MIN_SPEECH_MS) == [replay(one, Fixed(300), MIN_SPEECH_MS)] * 2


@pytest.mark.parametrize(("text", "written"), [("", ""), ("a", "A."), ("çay lütfen", "Çay lütfen.")])
def test_whisper_writes_sentences(text, written):
    assert as_whisper(text) == written
