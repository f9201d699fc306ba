"""Stages are differences on one clock; what did not happen is left out."""

from hypothesis import given
from hypothesis import strategies as st

from app.bench.stages.turns import OVER_THE_WAIT, STAGES, by_case, measured, stages, tally


def test_every_stage_of_a_turn(turn):
    found = stages(turn())
    assert tuple(found) == STAGES
    assert found == {
        "voice to voice": 425,
        "endpoint": 300,
        "final text": 10,
        "first token": 20,
        "first audio": 80,
        "endpoint to first audio": 110,
        "endpoint to sound": 125,
        OVER_THE_WAIT: 175,
    }


def test_of_a_draft_no_stage_is_made_up(turn):
    marks = {**turn().marks, "first_token": None}
    assert {"first token", "first audio"}.isdisjoint(stages(turn(marks=marks)))


@given(st.integers(-10_000, 10_000), st.data())
def test_where_the_clock_began_does_not_matter(turn, shift, data):
    one = turn(later_ms=data.draw(st.integers(0, 2_000)))
    moved = {name: at + shift for name, at in one.marks.items()}
    times = {"speech_end_ms": one.speech_end_ms + shift, "sound_ms": one.sound_ms + shift}
    assert stages(turn(marks=moved, **times)) == stages(one)


def test_turns_without_an_answer_have_no_stages(turn):
    silent = turn(sound_ms=None)
    unheard = turn(marks={})
    cut_off = turn(speech_end_ms=2_000, pieces=2)  # answered before all was said
    earlier = turn(sound_ms=turn().marks["endpoint"] - 1)  # of the reply before
    for each in (silent, unheard, cut_off, earlier):
        assert not each.answered
        assert each.voice_to_voice_ms is None
        assert stages(each) == {}


def test_the_first_turn_of_a_conversation_is_cold(turn):
    turns = [turn("full"), turn("full", 1, 100), turn("full", 2, 200), turn("off"), turn("off", 1, sound_ms=None)]
    found = {(each.case, each.name, each.cold): each.values for each in measured("e2e", turns)}
    assert found["full", "voice to voice", True] == (425.0,)
    assert found["full", "voice to voice", False] == (525.0, 625.0)
    assert ("off", "voice to voice", False) not in found
    assert [*by_case(turns)] == ["full", "off"]
    assert tally(by_case(turns)["off"]) == "2 turns, 0 cut off, 1 without an answer"
