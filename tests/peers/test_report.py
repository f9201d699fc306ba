"""What is said of calls that were measured (scripts/peers/__main__.py)."""

import json
import sys
from dataclasses import asdict

import pytest

from scripts.peers import __main__ as peers
from scripts.peers.capture import Outcome


@pytest.fixture
def report(monkeypatch, tmp_path):
    """`report(outcomes, *options)`: the exit code."""

    def run(outcomes, *options):
        if outcomes:
            (tmp_path / "outcomes-none.json").write_text(json.dumps([asdict(each) for each in outcomes]))
        monkeypatch.setattr(peers, "make_venv", lambda: None)
        monkeypatch.setattr(sys, "argv", ["peers", "--report", "--out", str(tmp_path), *options])
        return peers.main()

    return run


def both(theirs_ms, foreign=0.0):
    return [
        Outcome("Parlor", "turns 0", "turns", 0, 300.0, 400.0, "hello", "hello", foreign),
        Outcome("pipecat", "turns 0", "turns", 0, 300.0, theirs_ms, "hello", "hello", foreign),
    ]


@pytest.mark.parametrize(("theirs_ms", "code", "said"), [(1_000.0, 0, "0.40"), (500.0, 1, "0.80")])
def test_the_bar(report, capsys, tmp_path, theirs_ms, code, said):
    assert report(both(theirs_ms)) == code
    assert said in capsys.readouterr().out
    assert "| Parlor | 1 | 0 | 300 ms | 400 ms |" in (tmp_path / "table-none.md").read_text()
    assert len(json.loads((tmp_path / "figures-none.json").read_text())["rows"]) == 2


def test_one_side_alone_meets_no_bar(report):
    assert report(both(1_000.0)[:1]) == 1


def test_nothing_to_say_is_an_error_that_names_what_to_do(report, capsys):
    assert report([]) == 1
    assert "Measure first" in capsys.readouterr().err
    assert report(both(1_000.0, foreign=0.9), "--others", "0.2") == 1
    assert "calmer machine" in capsys.readouterr().err
