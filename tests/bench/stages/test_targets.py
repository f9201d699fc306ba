"""Every target of the stages has its figure, and its bar."""

import pytest

from app.bench.stages.measured import Measured
from app.bench.stages.targets import CACHED, COLD, METRIC, READY, STOPPED, STT_TARGET, TTS_TARGET, targets


def of(measured=(), turns=()):
    return {figure.name: figure for figure in targets(measured, turns)}


@pytest.mark.parametrize(
    ("part", "name", "bar"),
    [
        ("stt", STT_TARGET, 2_000),
        ("tts", TTS_TARGET, 1_500),
        ("llm", COLD, 600),
        ("llm", CACHED, 100),
        ("upkeep", READY, 5),
        ("upkeep", METRIC, 1),
        ("upkeep", STOPPED, 10),
    ],
)
def test_a_stage_alone(part, name, bar):
    found = of(
        [Measured(part, "it", name, "ms", (bar - 0.5, bar - 1)), Measured(part, "it", name, "ms", (9e9,), cold=True)]
    )
    figure = found[f"{part}, it: {name} (p95)"]
    assert (figure.value, figure.bar, figure.met, figure.of) == (bar - 0.5, bar, True, 2)
    late = of([Measured(part, "it", name, "ms", (bar + 1,))])
    assert not late[f"{part}, it: {name} (p95)"].met


def test_without_drafts_each_stage_has_its_bar(turn):
    found = of(turns=[turn("off", 0), turn("off", 1, 100)])
    assert {name: (figure.value, figure.bar) for name, figure in found.items()} == {
        "final text, without drafts (p95)": (10, 500),
        "first token, without drafts (p95)": (20, 600),
        "first audio, without drafts (p95)": (80, 300),
        "whole, without drafts (p95)": (125, 1_400),
        "first byte, without drafts (p95)": (110, 1_200),
        "turns answered, off": (100, 100),
    }


def test_with_drafts_the_gap_the_wait_and_complete_turns(turn):
    found = of(turns=[turn("full", 0), turn("full", 1, 100, complete=False), turn("auto", 2, 900)])
    assert {name: (figure.value, figure.bar, figure.of) for name, figure in found.items()} == {
        "endpoint to first audio, drafts full (p50)": (110, 20, 2),
        "endpoint to first audio, drafts full (p95)": (110, 60, 2),
        "voice to voice over the wait, drafts full (p50)": (175, 60, 2),
        "voice to voice of complete turns, drafts full (p50)": (425, 310, 1),
        "turns answered, full": (100, 100, 2),
        "turns answered, auto": (100, 100, 1),
    }


def test_auto_is_judged_where_full_was_not_tried(turn):
    assert "endpoint to first audio, drafts auto (p50)" in of(turns=[turn("auto")])


def test_what_was_not_measured_is_not_claimed(turn):
    assert of() == {}
    few = of(turns=[turn("off", sound_ms=None), turn("llm")])
    assert {name: figure.met for name, figure in few.items()} == {
        "turns answered, off": False,
        "turns answered, llm": True,
    }
    assert "voice to voice of complete turns, drafts full (p50)" not in of(turns=[turn("full", complete=False)])
