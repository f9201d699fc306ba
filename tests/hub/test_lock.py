"""The record of what was installed."""

import subprocess
import sys

import pytest

from app.config import ROOT
from app.errors import SetupError
from app.hub import lock
from app.hub.lock import Lock, LockedFile

FILE = LockedFile(sha256=64 * "a", upstream=64 * "b", size=5, mtime_ns=7)


def test_nothing_was_recorded_where_there_is_no_file(tmp_path):
    assert lock.read(tmp_path / "lock.json") == Lock()


def test_what_was_recorded_is_read_again(tmp_path):
    path = tmp_path / "lock.json"
    lock.record(path, "m", {"a": FILE}, ("c1", "https://hub/m"))
    lock.record(path, "m", {"b": FILE})
    lock.record(path, "n", {"a": FILE})
    known = lock.read(path)
    assert known.models["m"].revision == "c1"
    assert known.models["m"].source == "https://hub/m"
    assert set(known.models["m"].files) == {"a", "b"}
    assert known.file("n", "a") == FILE
    assert known.file("n", "b") is None
    assert known.file("o", "a") is None
    lock.forget(path, "m")
    assert set(lock.read(path).models) == {"n"}


@pytest.mark.parametrize("text", ["", "{", '{"models": {"m": {}}}', '{"other": 1}'])
def test_a_damaged_lock_is_said(tmp_path, text):
    path = tmp_path / "lock.json"
    path.write_text(text)
    with pytest.raises(SetupError, match="damaged"):
        lock.read(path)


def test_many_processes_lose_no_entry(tmp_path):
    program = (
        "import sys; from pathlib import Path; from app.hub import lock\n"
        "for i in range(20):\n"
        "    lock.record(Path(sys.argv[1]), f'{sys.argv[2]}{i}',"
        " {'a': lock.LockedFile(sha256='', upstream='', size=1, mtime_ns=1)})"
    )
    path = tmp_path / "lock.json"
    line = [sys.executable, "-c", program, str(path)]
    children = [subprocess.Popen([*line, name], cwd=ROOT) for name in "ab"]
    assert [child.wait(30) for child in children] == [0, 0]
    assert len(lock.read(path).models) == 40
