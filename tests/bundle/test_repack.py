"""Installed packages as wheels again."""

import base64
import csv
import hashlib
import os
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution

import pytest

from app.bundle.repack import OPENMP, repack
from app.errors import SetupError

INFO = "some_thing-1.0.dist-info"
OURS = {
    "some_thing/__init__.py": b"here = 1\n",
    "some_thing/lib/libx.so.1": b"\0GLIBC_2.5\0",
    f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: Some.Thing\nVersion: 1.0\n",
    f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nTag: py3-none-linux_x86_64\nTag: py2-none-linux_x86_64\n",
}
MADE = {
    "some_thing/__pycache__/__init__.cpython-311.pyc": b"",
    f"{INFO}/INSTALLER": b"pip\n",
    f"{INFO}/REQUESTED": b"",
    f"{INFO}/direct_url.json": b"{}",
    "../bin/some": b"#!",
}


@pytest.fixture
def installed(tmp_path):
    """As pip leaves it; `installed(**more files)` gives the distribution."""
    site = tmp_path / "site"

    def install(more=()):
        files = OURS | MADE | dict(more)
        for name, content in files.items():
            (site / name).parent.mkdir(parents=True, exist_ok=True)
            (site / name).write_bytes(content)
        (site / INFO / "RECORD").write_text("".join(f"{name},,\n" for name in (*files, f"{INFO}/RECORD")), "utf-8")
        return Distribution.at(site / INFO)

    return install


def test_it_holds_what_came_in_the_wheel_and_pip_installs_it(installed, tmp_path):
    wheel = repack(installed(), tmp_path)
    assert wheel.name == "some_thing-1.0-py2.py3-none-linux_x86_64.whl"
    with zipfile.ZipFile(wheel) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    record = content.pop(f"{INFO}/RECORD").decode()
    assert content == OURS
    rows = {name: (digest, size) for name, digest, size in csv.reader(record.splitlines())}
    for name, data in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        assert rows.pop(name) == (f"sha256={digest}", str(len(data)))
    assert rows == {f"{INFO}/RECORD": ("", "")}
    pip = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--target", tmp_path / "new", wheel]
    assert subprocess.run(pip, capture_output=True, check=False).returncode == 0
    assert (tmp_path / "new/some_thing/__init__.py").read_bytes() == b"here = 1\n"


def test_the_same_files_give_the_same_bytes(installed, tmp_path):
    first = repack(installed(), tmp_path).read_bytes()
    os.utime(tmp_path / "site/some_thing/__init__.py", (0, 0))
    (tmp_path / "site" / INFO / "REQUESTED").write_bytes(b"changed")
    assert repack(installed(), tmp_path).read_bytes() == first


def test_what_the_compiler_lent_comes_along(installed, tmp_path):
    linked = f"\0{OPENMP}\0".encode()
    wheel = repack(installed({"some_thing/lib/libx.so.1": linked, "lib/liby.so": linked}), tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        for folder in ("some_thing/lib", "lib"):
            assert archive.read(f"{folder}/{OPENMP}").startswith(b"\x7fELF")


def test_what_was_not_installed_by_pip_is_refused(installed, tmp_path):
    distribution = installed()
    (tmp_path / "site" / INFO / "RECORD").unlink()
    with pytest.raises(SetupError, match=r"Some\.Thing has no list of its files"):
        repack(distribution, tmp_path)
