"""A report goes whole to the terminal and into JSON."""

import json
from dataclasses import replace

import pytest

from app.bench.score import Figure
from app.bench.stages.report import Report, joined
from app.bench.stages.table import lines
from app.bench.stages.targets import targets
from app.bench.stages.turns import measured
from app.errors import SetupError


def test_everything_is_in_the_json(report):
    found = json.loads(json.dumps(report.as_dict()))
    assert found["machine"] == {"processor": "A & B"}
    assert [figure["met"] for figure in found["figures"]] == [True, False, True]
    assert found["measured"][1]["spread"] == {"of": 3, "p50": 41.0, "p95": 60.0, "worst": 60.0}
    assert [turn["voice_to_voice_ms"] for turn in found["turns"]] == [425, 475, 525, 425, 475, 525, None]


def test_curves_bring_their_bars(report):
    more = report.with_curves([Figure("cut-offs", 0.4, "x its", 9, 0.5), Figure("wait", 500.0, "ms", 9)], "<svg/>")
    assert more.figures == (*report.figures, Figure("cut-offs", 0.4, "x its", 9, 0.5))
    assert more.endpoint_svg == "<svg/>"


def test_what_was_written_can_be_read_again(report):
    more = report.with_curves((), "<svg/>")
    assert Report.of_dict(json.loads(json.dumps(more.as_dict()))) == more


def test_runs_are_joined_as_if_they_were_one(report):
    half = type(report)("e2e", {}, tuple(measured("e2e", report.turns[:4])), report.turns[:4], ())
    rest = type(report)("e2e", {}, tuple(measured("e2e", report.turns[4:])), report.turns[4:], ())
    both, whole = joined([half, rest]), tuple(measured("e2e", report.turns))
    assert both.what == "e2e"
    assert both.turns == report.turns
    assert {each: sorted(each.values) for each in both.measured} == {each: sorted(each.values) for each in whole}
    assert both.figures == tuple(targets(whole, report.turns))


def test_the_parts_of_joined_runs_stay_together(report):
    turn, other = report.turns[0], replace(report.turns[0], case="another")
    runs = [
        Report("e2e", {}, tuple(measured(part, [of])), (), ())
        for part, of in (("e2e", turn), ("parallel", turn), ("e2e", other))
    ]
    parts = [each.part for each in joined(runs).measured]
    assert parts == sorted(parts)


def test_runs_of_two_machines_are_not_joined(report):
    with pytest.raises(SetupError, match="differ in processor"):
        joined([report, replace(report, machine={"processor": "C"})])


def test_what_has_no_target_here_keeps_its_figure(report):
    both = joined([report, report.with_curves((), "<svg/>")])
    assert both.endpoint_svg == "<svg/>"
    assert {"whole", "gap <p50>", "of"} < {figure.name for figure in both.figures}
    (cold,) = (each for each in both.measured if each.part == "stt" and each.cold)
    assert cold.values == (90.0, 90.0)


def test_the_table_has_a_line_for_each_measurement(report):
    shown = [" ".join(line.split()) for line in lines(report)]
    assert shown[0] == "processor A & B"
    assert "final, 5 s, ms 41.0 60.0 60.0 (of 3)" in shown
    assert "final, 5 s (cold), ms 90.0 90.0 90.0 (of 1)" in shown
    assert "final, 5 s, real-time factor, s a second 0.008 0.009 0.009 (of 2)" in shown
    assert "full 4 turns, 0 cut off, 1 without an answer" in shown
    assert sum("voice to voice, ms" in line for line in shown) == 2
