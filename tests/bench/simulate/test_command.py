"""`parlor bench simulate`."""

import argparse
import json

import pytest

from app.bench.simulate import command, rules
from app.errors import SetupError
from tests.conftest import configured


def run(*args):
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(), argparse.ArgumentParser(add_help=False))
    return command.run(configured(), parser.parse_args(["simulate", *args]))


def test_a_table_with_its_bars(capsys):
    code = run("--conversations", "1", "--level", "off", "--level", "full")
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.splitlines()[:3]] == ["drafting", "off", "full"]
    assert shown.count("at most") == 4
    assert "times: the starter models" in shown
    assert code == int("MISSED" in shown)


def test_everything_as_json(capsys):
    run("--conversations", "2", "--sessions", "2", "--temper", "usual", "--level", "full", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["profile"] == "this_cpu"
    assert [level["name"] for level in found["levels"]] == ["full"]
    assert (found["bars"], found["breaches"]) == ([], [])


def test_a_breach_is_shown_with_its_seed_and_can_be_replayed(capsys, monkeypatch):
    def broken(conversation):
        yield "it is"

    monkeypatch.setattr(rules, "RULES", (broken,))
    assert run("--conversations", "1", "--level", "off", "--seed", "7") == 1
    shown = capsys.readouterr().out
    assert "BREACH, --replay 7-0: broken: it is\n    0.0000 client calls" in shown
    assert run("--level", "off", "--replay", "7-0") == 1
    replayed = capsys.readouterr().out
    assert replayed.endswith("BREACH: broken: it is\n")
    assert all(line in replayed for line in shown.splitlines() if "speech.started" in line)


def test_a_replay_without_a_breach_is_well(capsys):
    assert run("--level", "off", "--replay", "7-0") == 0
    assert "reply.started" in capsys.readouterr().out


def test_no_such_profile(tmp_path):
    with pytest.raises(SetupError, match="abacus"):
        run("--profile", "abacus")
    with pytest.raises(SetupError, match="cannot be read"):
        run("--profile", str(tmp_path / "mine.json"))
    with pytest.raises(SetupError, match="measured file"):
        run("--case", "turbo")


def test_times_that_were_measured(capsys, tmp_path):
    row = {"part": "stt", "case": "ears on cuda", "unit": "ms", "values": [1_500.0], "cold": False, "more": False}
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"measured": [row | {"name": f"final, {s} s"} for s in (2, 5)]}), "utf-8")
    for profile in (str(path), "this_cpu"):
        run("--profile", profile, "--conversations", "1", "--level", "full", "--json")
    slow, usual = map(json.loads, capsys.readouterr().out.splitlines())
    assert (slow["profile"], slow["times"]) == (str(path), "ears on cuda, llm as this_cpu, tts as this_cpu")
    assert slow["levels"][0]["voice_p50"] > usual["levels"][0]["voice_p50"] + 1_000


def test_no_conversations():
    with pytest.raises(SystemExit):
        run("--conversations", "0")
