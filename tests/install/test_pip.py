"""The real pip, on what needs no network."""

from pathlib import Path

import pytest

from app.errors import SetupError
from app.install.llama import PROJECT
from app.install.pip import build_wheel, pinned, pip, works


def test_a_failure_shows_what_pip_said():
    with pytest.raises(SetupError, match="no-such-package") as error:
        pip("install", "--no-index", "no-such-package-of-parlor")
    assert "again" in error.value.fix


def test_versions_come_from_the_constraints():
    assert pinned("torch") == "torch==2.13.0"


def test_a_statement_that_crashes_does_not_work():
    assert works("import sys")
    assert not works("import os, signal; os.kill(os.getpid(), signal.SIGILL)")


def test_an_older_wheel_does_not_stay(tmp_path, monkeypatch):
    """pip is scripted: a build takes minutes."""

    def build(*_, env):
        name, _, file = env["CMAKE_ARGS"].rpartition("-D")[2].partition("=")
        assert (name, Path(file.strip("'")).read_text("utf-8")) == (f"CMAKE_PROJECT_{PROJECT[0]}_INCLUDE", PROJECT[1])
        (into / "llama_cpp_python-2.whl").touch()

    into = tmp_path / "par lor"
    into.mkdir()
    monkeypatch.setattr("app.install.pip.pip", build)
    (into / "llama_cpp_python-1.whl").touch()
    assert build_wheel(into, {"CMAKE_ARGS": "-DA=1"}).name == "llama_cpp_python-2.whl"
    assert len(list(into.iterdir())) == 1
