"""`parlor doctor` as typed."""

import argparse
import json
import os
import subprocess
import sys

import pytest

from app.config import ROOT
from app.doctor import command, examination, machine
from app.doctor.finding import REINSTALL, Section, error, ok, warning
from app.doctor.rules.libraries import LIBRARIES
from tests.conftest import configured


@pytest.fixture
def args():
    """Parses a command line."""
    parser = argparse.ArgumentParser()
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--set", action="append", default=[])
    command.add_parser(parser.add_subparsers(), common)
    return lambda *typed: parser.parse_args(["doctor", *typed])


@pytest.fixture
def finds(monkeypatch):
    """Lets every examination find the same; returns what each was asked for."""
    asked = []

    def examine(*sections):
        def look(self, *, self_test):
            asked.append(self_test)
            yield from sections

        monkeypatch.setattr(examination.Examination, "sections", look)
        return asked

    return examine


def typed(*words, **more):
    return subprocess.run(
        [sys.executable, "-m", "app", "doctor", *words], capture_output=True, text=True, check=False, cwd=ROOT, **more
    )


@pytest.mark.engine
def test_as_typed_it_examines_everything_and_prints_one_json_object():
    done = typed("--json", "--set", "server.port=0")
    told = json.loads(done.stdout)
    assert done.returncode == 0, told
    assert told["status"] == "warning"  # of the starter models
    groups = dict.fromkeys(c["group"] for c in told["checks"])
    assert list(groups) == ["machine", "card", "libraries", "models", "sound", "network", "engines"]
    engines = {c["name"]: c["detail"] for c in told["checks"] if c["group"] == "engines"}
    assert "tokens/s" in engines["thinking"]
    assert all(c["fix"] or c["command"] for c in told["checks"] if c["status"] != "ok")


def test_a_machine_without_any_library_is_told_of_each(tmp_path):
    missing = [library for library in LIBRARIES if library.package != "pydantic"]  # settings are read with it
    for library in missing:
        (tmp_path / f"{library.module}.py").write_text(f"raise ModuleNotFoundError('No module named {library.module}')")
    done = typed("--json", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert (done.returncode, done.stderr) == (1, "")
    told = {c["name"]: c for c in json.loads(done.stdout)["checks"] if c["group"] == "libraries"}
    assert {n for n, c in told.items() if c["status"] == "error"} >= {x.package for x in missing if x.needed}


def test_a_wrong_setting_is_told_before_anything_is_looked_at():
    done = typed("--set", "stt.nonsense=1")
    assert done.returncode == 1
    assert "stt.nonsense" in done.stderr


def test_errors_end_with_one_and_warnings_with_zero(args, finds, capsys):
    finds(Section("models", (error("llm.model", "is not here", "", "parlor models list"),)))
    assert command.run(configured(), args()) == 1
    text = capsys.readouterr().out
    assert "bin/parlor models list" in text
    assert text.rstrip().endswith("0 ok, 0 warnings, 1 error")
    finds(Section("models", (warning("voice", "is not aligned", "Patch it."), ok("x", ""))))
    assert command.run(configured(), args()) == 0


def test_the_self_test_can_be_left_out(args, finds):
    asked = finds()
    command.run(configured(), args())
    command.run(configured(), args("--no-self-test"))
    assert asked == [True, False]


def test_fix_runs_what_may_be_mended_and_looks_again(args, finds, tmp_path, capfd):
    mark = tmp_path / "mended"
    asked = finds(
        Section(
            "x",
            (
                error("a", "bad", "", f"touch {mark}", mendable=True),
                error("b", "bad", "", f"touch {mark}-not"),
            ),
        )
    )
    assert command.run(configured(), args("--fix")) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mended"]
    assert asked == [False, True]
    out = capfd.readouterr().out
    assert out.startswith(f"$ touch {mark}\n")


def test_from_a_bundle_nothing_is_mended_with_make(args, finds, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(machine, "BUILD", tmp_path / "parlor-install.json")
    machine.BUILD.write_text('{"bundle": true}')
    finds(Section("x", (error("a", "bad", "", "make setup", mendable=True),)))
    command.run(configured(), args("--fix"))
    out = capfd.readouterr().out
    assert REINSTALL in out
    assert "make setup" not in out


def test_with_json_what_the_mends_print_goes_elsewhere(args, finds, capfd):
    finds(Section("x", (warning("a", "bad", "", "echo mended", mendable=True),)))
    command.run(configured(), args("--fix", "--json"))
    out, err = capfd.readouterr()
    assert json.loads(out)["status"] == "warning"
    assert err == "$ echo mended\nmended\n"


@pytest.mark.parametrize(
    ("is_terminal", "env", "coloured"),
    [(True, {}, True), (False, {}, False), (True, {"NO_COLOR": "1"}, False), (True, {"TERM": "dumb"}, False)],
)
def test_colour_is_for_terminals(args, finds, capsys, monkeypatch, is_terminal, env, coloured):
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    finds(Section("x", (ok("a", "fine"),)))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    command.run(configured(), args())
    assert ("\x1b[" in capsys.readouterr().out) == coloured


def test_elsewhere_it_says_where_its_commands_belong(args, finds, capsys, tmp_path, monkeypatch):
    finds(Section("x", (ok("a", "fine"),)))
    monkeypatch.chdir(tmp_path)
    command.run(configured(), args())
    assert f"cd {ROOT}" in capsys.readouterr().out
