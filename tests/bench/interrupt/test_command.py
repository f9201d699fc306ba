"""`parlor bench interrupt` on the real detector, recogniser, voice and synthesisers."""

import argparse
import json

import pytest

from app.bench.calls.corpus import Corpus
from app.bench.interrupt import command
from app.config import load
from tests.support.packages import needing_packages


def parsed(*words):
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(), argparse.ArgumentParser(add_help=False))
    return parser.parse_args(["interrupt", *words])


@pytest.mark.engine
@pytest.mark.slow
def test_interruptions_are_measured(capsys):
    needing_packages(lambda: Corpus(1))
    code = command.run(load(None, {}, []), parsed("--count", "1", "--json"))
    found = json.loads(capsys.readouterr().out)
    assert {ears: len(scenes) for ears, scenes in found["scenes"].items()} == {"perfect ears": 3, "our ears": 3}
    assert {"perfect ears: false ducks", "our ears: answers taken"} <= {each["name"] for each in found["figures"]}
    assert code in {0, 1}


def test_wrong_scenes_are_named(capsys, monkeypatch):
    from app.bench.interrupt import figures
    from app.bench.interrupt.score import Outcome
    from app.bench.score import Figure

    outcomes = {"ears": [Outcome("replies 3", "alone", -6.0, cold=True, ducks=[200])]}
    monkeypatch.setattr(figures, "bench", lambda *args, terminal: outcomes)
    monkeypatch.setattr(figures, "heard_of_cuts", lambda *args: [Figure("cuts", 100.0, "in 100", 2)])
    monkeypatch.setattr("app.bench.calls.corpus.Corpus", lambda *args: None)
    assert command.run(load(None, {}, []), parsed("--misses")) == 1
    shown = capsys.readouterr().out
    assert "ears: alone, replies 3" in shown
    assert "false ducks" in shown
