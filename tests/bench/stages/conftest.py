"""Turns and measurements that nobody made."""

import pytest

from app.bench.score import Figure
from app.bench.stages.measured import Measured
from app.bench.stages.report import Report
from app.bench.stages.turns import Turn, measured

MARKS = {
    "speech_end": 990,
    "draft": 1_096,
    "endpoint": 1_300,
    "final_text": 1_310,
    "first_token": 1_330,
    "first_clause": 1_400,
    "first_audio": 1_410,
}


@pytest.fixture(scope="session")
def turn():
    """`turn(case, number, later_ms, **fields)`: an answered turn, all from its endpoint on so much later."""

    def make(case="off", number=0, later_ms=0, **fields):
        marks = {name: at + later_ms * (at >= MARKS["endpoint"]) for name, at in MARKS.items()}
        usual = {
            "conversation": 0,
            "name": f"turns {number}",
            "text": "a <lentil> soup & tea please",
            "speech_end_ms": 1_000,
            "marks": marks,
            "sound_ms": marks["first_audio"] + 15,
            "asked_ms": 250,
            "complete": True,
        }
        return Turn(case=case, number=number, **usual | fields)

    return make


@pytest.fixture(scope="session")
def report(turn):
    turns = tuple(turn(case, number, 50 * number) for case in ("off", "full") for number in range(3))
    turns += (turn("full", 3, sound_ms=None, marks={}, text=""),)
    alone = (
        Measured("stt", "ears on cpu int8", "final, 5 s", "ms", (90.0,), cold=True),
        Measured("stt", "ears on cpu int8", "final, 5 s", "ms", (40.0, 41.0, 60.0)),
        Measured("stt", "ears on cpu int8", "final, 5 s, real-time factor", "s a second", (0.008, 0.009)),
        Measured("llm", "brain on cpu, 50 words", "writing", "tokens a second", (150.0, 90.0), more=True),
        Measured("llm", "brain on cpu, 600 words", "writing", "tokens a second", (140.0,), more=True),
    )
    figures = (Figure("whole", 900.0, "ms", 3, 1_400), Figure("gap <p50>", 30.0, "ms", 3, 20), Figure("of", 1.0, "", 1))
    return Report("all", {"processor": "A & B"}, (*alone, *measured("e2e", turns)), turns, figures)
