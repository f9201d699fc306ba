"""What was measured on a machine, as its profile."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.simulate.measured import WORDS_A_SECOND, from_report
from app.bench.simulate.profile import load
from app.bench.stages.measured import Measured
from app.bench.stages.targets import COLD, WRITING
from app.errors import SetupError

THIS = load("this_cpu")


def report(*rows):
    return json.dumps({"machine": {}, "measured": [{**asdict(row), "spread": asdict(row.spread)} for row in rows]})


def heard(pass_ms, second_ms, case="ears on cpu"):
    lengths = (2, 5, 15, 30)
    return [Measured("stt", case, f"final, {s} s", "ms", (pass_ms + s * second_ms,)) for s in lengths]


def written(step_ms, token_ms, case="brain on cpu"):
    for tokens in (40, 90, 400):
        sized = f"{case}, {tokens} tokens"
        yield Measured("llm", sized, COLD, "ms", (7 + tokens * token_ms,))
        yield Measured("llm", sized, WRITING, "tokens a second", (1000 / step_ms,), more=True)


def spoken(clause_ms, char_ms):
    lengths = (20, 80, 200, 500)
    return [
        Measured("tts", "voice on cpu", f"all of {n} characters", "ms", (clause_ms + n * char_ms,)) for n in lengths
    ]


@settings(deadline=None)  # a loaded machine is no fault
@given(*[st.floats(0.1, 500)] * 6)
def test_times_come_back(pass_ms, second_ms, step_ms, token_ms, clause_ms, char_ms):
    rows = [*heard(pass_ms, second_ms), *written(step_ms, token_ms), *spoken(clause_ms, char_ms)]
    found = from_report(report(*rows), "mine.json", (), THIS)
    assert found.stt_ms == pytest.approx(pass_ms, rel=0.01, abs=0.01)
    assert found.stt_word_ms == pytest.approx(second_ms / WORDS_A_SECOND)
    assert found.llm_step_ms + found.llm_row_ms == pytest.approx(step_ms)
    assert found.llm_prompt_ms == pytest.approx(token_ms)
    assert found.tts_ms == pytest.approx(clause_ms, rel=0.01, abs=0.01)
    assert found.tts_char_ms == pytest.approx(char_ms)
    assert (found.name, found.why) == ("mine.json", "ears on cpu, brain on cpu, voice on cpu")


def test_what_was_not_measured_is_taken_from_elsewhere_and_told():
    found = from_report(report(*heard(300, 5)), "card.json", (), THIS)
    assert (found.tts_ms, found.llm_step_ms) == (THIS.tts_ms, THIS.llm_step_ms)
    assert found.why == "ears on cpu, llm as this_cpu, tts as this_cpu"


def test_short_speech_decides_where_long_speech_costs_more():
    rows = [Measured("stt", "ears", f"final, {s} s", "ms", (ms,)) for s, ms in ((2, 10.5), (5, 26.6), (30, 990))]
    found = from_report(report(*rows), "", (), THIS)
    assert found.stt_ms + 5 * WORDS_A_SECOND * found.stt_word_ms == pytest.approx(26.6, rel=0.5)


def test_a_first_time_does_not_count():
    cold = Measured("stt", "ears on cpu", "final, 5 s", "ms", (9_000,), cold=True)
    assert from_report(report(cold, *heard(300, 5)), "", (), THIS).stt_ms == pytest.approx(300)


def test_another_answer_costs_less_on_a_card():
    on_cpu, on_card = (
        from_report(report(*written(10, 1, f"brain on {name}")), "", (), THIS) for name in ("cpu", "cuda")
    )
    assert on_cpu.llm_row_ms > on_card.llm_row_ms > 0


def test_one_of_several_models_is_named():
    # As scripts/gpu_check.sh writes: long speech in a folder of its own.
    rows = [
        *heard(90, 1, "small on cuda")[:2],
        *heard(90, 1, "small-long on cuda")[2:],
        *heard(300, 1, "turbo on cuda"),
    ]
    assert from_report(report(*rows), "", ("small",), THIS).stt_ms == pytest.approx(90)
    assert from_report(report(*rows), "", ("turbo",), THIS).stt_ms == pytest.approx(300)
    for wanted in ((), ("cuda",)):
        with pytest.raises(SetupError, match="small on cuda; turbo on cuda"):
            from_report(report(*rows), "", wanted, THIS)
    with pytest.raises(SetupError, match="no model of card is called medium"):
        from_report(report(*rows), "card", ("medium", "small"), THIS)


def test_the_spread_is_that_of_the_engines_that_are_used():
    uneven = (100.0,) * 90 + (139.0,) * 10
    rows = [replace(row, values=uneven) for row in heard(300, 0, "small on cuda")]
    others = [replace(row, values=(1.0, 900.0)) for row in heard(300, 0, "turbo on cuda")]
    turns = [Measured("e2e", "full", "voice to voice", "ms", (-1.0, 300.0, 900.0))] * 20
    found = from_report(report(*rows, *others, *turns), "", ("small",), THIS)
    assert found.spread == pytest.approx(0.2, abs=0.01)
    assert from_report(report(*heard(300, 0)), "", (), THIS).spread == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"measured": [{}]}', '{"measured": 3}'])
def test_anything_else_is_refused(text):
    with pytest.raises(SetupError, match=r"mine\.json is not what"):
        from_report(text, "mine.json", (), THIS)


@pytest.mark.parametrize("values", [[], [None], ["a"], 5, [0.0], [-5.0], [float("nan")], [float("inf")]])
def test_what_is_no_time_is_refused(values):
    row = {"part": "stt", "case": "ears", "name": "final, 5 s", "unit": "ms", "values": values, "cold": False}
    with pytest.raises(SetupError, match=r"mine\.json is not what"):
        from_report(json.dumps({"measured": [row | {"more": False}]}), "mine.json", (), THIS)


@pytest.mark.parametrize("rows", [[], [Measured("upkeep", "server", "session opened", "ms", (1.0,))]])
def test_a_report_without_engines_is_refused(rows):
    with pytest.raises(SetupError, match="measures no engine"):
        from_report(report(*rows), "mine.json", (), THIS)


@pytest.mark.parametrize(
    "rows",
    [
        heard(1, 1)[:1],
        [row for row in written(1, 1) if row.name != WRITING],
        [row for row in written(1, 1) if "40 tokens" in row.case],
        [Measured("tts", "voice", "first audio", "ms", (1.0,))],
    ],
    ids=["one length of speech", "no pace", "one prompt", "no texts"],
)
def test_a_part_that_lacks_something_is_refused(rows):
    with pytest.raises(SetupError, match="the report lacks"):
        from_report(report(*rows), "", (), THIS)
