"""The wait after what was said: its usual lengths, its bounds, and which way each sign may move it."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.vad.cues.judging import judge
from app.vad.cues.words import Completeness
from app.vad.rhythm import SHORTEST_MS, Rhythm
from app.vad.waiting import (
    DEFAULT,
    KIOSK,
    LOUD_DBFS,
    MAX_COMPLETE_MS,
    MAX_WAIT_MS,
    MIN_WAIT_MS,
    NOISE_MS,
    TUTOR,
    Situation,
    wait_ms,
)

PROFILES = (KIOSK, DEFAULT, TUTOR)
ROWS = [line.split("\t") for line in Path(__file__).with_name("cues.tsv").read_text("utf-8").splitlines()[1:]]
TEXTS = st.sampled_from([(language, asked, text) for language, _, asked, text in ROWS]) | st.tuples(
    st.sampled_from(["en", "tr", "zh", "fr"]), st.just(""), st.text(max_size=60)
)
SHARES = st.floats(0, 1)
UNHURRIED = settings(deadline=None)
"""A busy machine may halt for a second; the code under test takes a tenth of a millisecond."""


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    """What was learned of some caller."""
    rhythm = Rhythm()
    for pause_ms in draw(st.lists(st.integers(0, 4_000), max_size=12)):
        rhythm = rhythm.cut(pause_ms) if draw(st.booleans()) else rhythm.heard(pause_ms)
    return rhythm


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Anything that may be known."""
    language, asked, text = draw(TEXTS)
    noise, over = draw(st.floats(-120, 0)), draw(st.none() | SHARES)
    return Situation(text, language, asked, noise, over, draw(rhythms()))


@pytest.mark.parametrize(
    ("text", "language", "asked", "waits"),
    [
        ("what time is it", "en", "", (200, 250, 400)),
        ("can i have the bill please", "en", "", (200, 250, 400)),
        ("yes", "en", "", (200, 250, 400)),
        ("okay", "en", "Is that right?", (200, 250, 400)),
        ("two", "en", "How many?", (200, 250, 400)),
        ("hesabı alabilir miyim", "tr", "", (200, 250, 400)),
        ("i live in london", "en", "", (350, 450, 800)),
        ("", "en", "", (600, 800, 1_300)),
        ("", "tr", "How many?", (600, 800, 1_300)),
        ("my brother", "en", "", (1_200, 1_500, 2_000)),
        ("i would like a soup and", "en", "", (1_500, 2_000, 2_000)),
        ("two", "en", "", (1_500, 2_000, 2_000)),
        ("çorbayı", "tr", "", (1_500, 2_000, 2_000)),
    ],
)
def test_usual_waits(text: str, language: str, asked: str, waits: tuple[int, int, int]) -> None:
    assert tuple(wait_ms(Situation(text, language, asked), patience) for patience in PROFILES) == waits


def test_a_turn_model_cannot_stall_a_complete_text() -> None:
    doubting = Situation("what time is it", "en", over=0.0)
    assert wait_ms(Situation("what time is it", "en")) < wait_ms(doubting) <= MAX_COMPLETE_MS
    assert wait_ms(Situation("my brother", "en", over=0.0)) > MAX_COMPLETE_MS


def test_a_turn_model_pulls_both_ways() -> None:
    sure, torn, doubting = (wait_ms(Situation("", "en", over=over)) for over in (1.0, 0.5, 0.0))
    assert (sure, torn, doubting) == (525, 800, 1_400)


def test_a_loud_room_adds_a_little() -> None:
    quiet = Situation("my name is anna", "en", noise_dbfs=-70.0)
    assert wait_ms(replace(quiet, noise_dbfs=LOUD_DBFS)) - wait_ms(quiet) == NOISE_MS


def test_a_caller_with_long_pauses_is_waited_for_where_the_words_do_not_tell() -> None:
    slow = Rhythm().cut(1_350).heard(1_350).heard(1_350)
    assert wait_ms(Situation("", "en", rhythm=slow)) == 1_200
    assert wait_ms(Situation("is it spicy", "en", rhythm=slow)) == 250


def test_a_quick_caller_is_answered_sooner_but_not_after_an_and() -> None:
    quick = Rhythm()
    for _ in range(12):
        quick = quick.heard(300)
    assert wait_ms(Situation("", "en", rhythm=quick)) == 520
    assert wait_ms(Situation("a soup and", "en", rhythm=quick)) == MAX_WAIT_MS


@UNHURRIED
@given(rhythms(), st.sampled_from(PROFILES))
def test_a_surer_text_never_waits_longer(rhythm: Rhythm, patience) -> None:
    texts = ["is it spicy", "i live in london", "", "my brother", "a soup and"]
    judged = [judge(text, "en").completeness for text in texts]
    assert judged == sorted(Completeness, reverse=True)
    waits = [wait_ms(Situation(text, "en", rhythm=rhythm), patience) for text in texts]
    assert waits == sorted(waits)


@UNHURRIED
@given(situations(), st.sampled_from(PROFILES))
def test_bounds(situation: Situation, patience) -> None:
    complete = judge(situation.text, situation.language, situation.asked).completeness is Completeness.COMPLETE
    assert MIN_WAIT_MS <= wait_ms(situation, patience) <= (MAX_COMPLETE_MS if complete else MAX_WAIT_MS)


@UNHURRIED
@given(situations(), st.sampled_from(PROFILES), SHARES, SHARES)
def test_a_surer_turn_model_never_waits_longer(situation: Situation, patience, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert wait_ms(replace(situation, over=high), patience) <= wait_ms(replace(situation, over=low), patience)


@UNHURRIED
@given(situations())
def test_kiosk_is_eager_and_tutor_patient(situation: Situation) -> None:
    waits = [wait_ms(situation, patience) for patience in PROFILES]
    assert all(eager <= patient for eager, patient in pairwise(waits))


@UNHURRIED
@given(situations(), st.sampled_from(PROFILES), st.sampled_from([("en", " and"), ("tr", " ve"), ("en", " um")]))
def test_an_and_never_shortens(situation: Situation, patience, ending: tuple[str, str]) -> None:
    situation = replace(situation, language=ending[0])
    longer = replace(situation, text=situation.text + ending[1])
    assert wait_ms(longer, patience) >= wait_ms(situation, patience)


@UNHURRIED
@given(
    situations(),
    st.sampled_from(PROFILES),
    st.lists(st.integers(SHORTEST_MS, 3_000), min_size=1, max_size=8),
    st.data(),
)
def test_longer_pauses_never_shorten(situation: Situation, patience, pauses: list[int], data: st.DataObject) -> None:
    shorter = longer = Rhythm()
    for pause_ms in pauses:
        shorter, longer = shorter.heard(pause_ms), longer.heard(pause_ms + data.draw(st.integers(0, 2_000)))
    waits = [wait_ms(replace(situation, rhythm=rhythm), patience) for rhythm in (shorter, longer)]
    assert waits[0] <= waits[1]


@UNHURRIED
@given(situations(), st.sampled_from(PROFILES), st.floats(-120, 0), st.floats(-120, 0))
def test_a_louder_room_never_shortens(situation: Situation, patience, one: float, other: float) -> None:
    low, high = sorted((one, other))
    quiet, loud = (wait_ms(replace(situation, noise_dbfs=noise), patience) for noise in (low, high))
    assert quiet <= loud <= quiet + NOISE_MS + 1
