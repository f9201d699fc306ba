"""The archive as a file."""

import os
import subprocess
import sys
import tarfile

import pytest

from app.bundle.archive import check_room, write
from app.config import ROOT
from app.errors import SetupError
from tests.support.namespace import isolated

ENTRIES = {"b/text.txt": b"text", "a.sh": b"#!/bin/sh\n", "a": b""}


def test_tar_and_sha256sum_agree_with_it(tmp_path):
    big = tmp_path / "big"
    big.write_bytes(os.urandom(3_000_000))
    write(tmp_path / "x.tar", "top", {**ENTRIES, "big": big})
    for command in (["tar", "xf", "x.tar"], ["sh", "-c", "cd top && sha256sum --check --strict SHA256SUMS"]):
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == ["a: OK", "a.sh: OK", "b/text.txt: OK", "big: OK"]
    assert (tmp_path / "top/big").read_bytes() == big.read_bytes()
    assert os.access(tmp_path / "top/a.sh", os.X_OK)
    assert not os.access(tmp_path / "top/b/text.txt", os.X_OK)


def test_the_same_content_gives_the_same_bytes(tmp_path):
    file = tmp_path / "file"
    archives = []
    for time in (1, 1_000_000_000):
        file.write_bytes(b"same")
        os.utime(file, (time, time))
        write(tmp_path / "x.tar", "top", {"file": file, **ENTRIES})
        archives.append((tmp_path / "x.tar").read_bytes())
    assert archives[0] == archives[1]
    with tarfile.open(tmp_path / "x.tar") as tar:
        assert {(m.uid, m.gid, m.uname, m.mtime) for m in tar} == {(0, 0, "", 315_532_800)}
        assert tar.getnames()[-1] == "top/SHA256SUMS"


def test_a_file_that_cannot_be_read_is_named_and_nothing_is_left(tmp_path):
    (tmp_path / "x.tar").write_bytes(b"earlier")
    with pytest.raises(SetupError, match="gone: No such file"):
        write(tmp_path / "x.tar", "top", {"file": tmp_path / "gone", **ENTRIES})
    assert [p.name for p in tmp_path.iterdir()] == ["x.tar"]
    assert (tmp_path / "x.tar").read_bytes() == b"earlier"


def test_too_little_room_is_told_before(tmp_path):
    check_room(tmp_path, 1)
    with pytest.raises(SetupError, match="MB are needed"):
        check_room(tmp_path, 1 << 60)


FULL = """
import resource, sys, pathlib
from app.bundle.archive import write
from app.errors import SetupError
folder = pathlib.Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    write(folder / "x.tar", "top", {"file": bytes(2 << 20)})
except SetupError as error:
    print(error.message, [p.name for p in folder.iterdir()])
"""


def test_a_disk_that_runs_full_is_told_and_nothing_is_left(tmp_path):
    mount = f"mount -t tmpfs -o size=1m none {tmp_path} && exec {sys.executable} -c '{FULL}' {tmp_path} -1"
    done = subprocess.run(isolated("sh", "-c", mount), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "it ran full while the archive was written []" in done.stdout


def test_a_file_that_the_disk_takes_only_smaller_is_told(tmp_path):
    command = [sys.executable, "-c", FULL, str(tmp_path), str(1 << 20)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "takes no file as large as the archive []" in done.stdout
