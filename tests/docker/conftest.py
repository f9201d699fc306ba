"""Builds the CPU image with Podman as its Dockerfile says, on a fresh Debian instead of a base image from a registry.

The machine's own settings of pip and apt (index, folders of wheels, certificate) hold inside too, so that this works
wherever `make setup` does. Podman keeps everything in one folder, and nothing of the machine's own Podman is touched.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.config import ROOT

NEEDED = ("debootstrap", "podman", "runc")
RELEASE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
CONTAINERS = """
[containers]
default_ulimits = []  # Podman would raise them, which not every machine lets it do
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "{folder}/tmp"
"""


@dataclass(frozen=True, slots=True)
class Podman:
    """Podman with a store of its own in `folder`."""

    folder: Path

    def __call__(self, *args: str) -> str:
        """What `podman ARGS` prints; a failure fails the test with its last words."""
        done = self.run(*args)
        assert done.returncode == 0, f"podman {args[0]}: {(done.stdout + done.stderr)[-4000:]}"
        return done.stdout

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        """`podman ARGS`, which may fail."""
        return subprocess.run(self.command(*args), env=self.env, capture_output=True, text=True, check=False)

    def command(self, *args: str) -> list[str]:
        return ["podman", "--root", str(self.folder / "store"), "--runroot", str(self.folder / "run"), *args]

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "CONTAINERS_CONF": str(self.folder / "containers.conf")}


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podman]:
    lacking = [name for name in NEEDED if not shutil.which(name)] or ["root's rights"] * (os.geteuid() != 0)
    if lacking:
        reason = f"images cannot be built here without {', '.join(lacking)}"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI must build them")
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("podman")
    (folder / "containers.conf").write_text(CONTAINERS.format(folder=folder), "utf-8")
    podman = Podman(folder)
    yield podman
    podman("rm", "--all", "--force")
    podman("rmi", "--all", "--force")
    shutil.rmtree(folder)  # pytest would keep it, and it is large


@pytest.fixture(scope="module")
def image(podman: Podman) -> str:
    """The CPU image."""
    debian = podman.folder / "debian"
    mirror = re.findall(r"\S+", _output("apt-get", "indextargets", "--format", "$(REPO_URI)", f"Codename: {RELEASE}"))
    _output("debootstrap", "--variant=minbase", RELEASE, str(debian), *(mirror or [MIRROR])[:1])
    (debian / "etc/apt/apt.conf.d/99machine").write_text(_output("apt-config", "dump", "Acquire"), "utf-8")
    with subprocess.Popen(["tar", "--create", "--directory", debian, "."], stdout=subprocess.PIPE) as tar:
        subprocess.run(podman.command("import", "-", "debian"), stdin=tar.stdout, env=podman.env, check=True)
    shutil.rmtree(debian)
    volumes = [arg for here, there in _pip_files(podman.folder).items() for arg in ("--volume", f"{here}:{there}:ro")]
    podman(
        # Without layers, each of which may be a copy of the whole file system, and nobody builds on them.
        *("build", "--layers=false", "--format", "docker", "--isolation", "chroot", "--network", "host", *volumes),
        *("--build-arg", "BUILD_BASE=localhost/debian", "--tag", "parlor:cpu"),
        *("--file", str(ROOT / "docker" / "Dockerfile"), str(ROOT)),
    )
    return "localhost/parlor:cpu"


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]}: {(done.stdout + done.stderr)[-4000:]}"
    return done.stdout


def _pip_files(folder: Path) -> Mapping[str, str]:
    """What pip needs of this machine, each with its place in a container: its settings, and the files these name."""
    settings: dict[str, str] = {}
    for line in _output(sys.executable, "-m", "pip", "config", "list").splitlines():
        name, _, value = line.partition("=")  # global.cert='...' of files, then :env:.cert='...'
        settings[name.rpartition(".")[2]] = ast.literal_eval(value)
    words = [word for value in settings.values() for word in value.split()]
    indexes = [Path(word.removeprefix("file://")).parent for word in words if word.startswith("file://")]
    folders = [*indexes, *(Path(word) for word in words if word.startswith("/"))]  # an index names files beside it
    files = {str(folder): str(folder) for folder in folders if folder.is_dir()}
    if certificate := settings.get("cert"):
        settings["cert"] = files[certificate] = "/run/pip-certificate.pem"  # Debian's would take its place
    (folder / "pip.conf").write_text("\n".join(["[global]", *map(" = ".join, settings.items())]), "utf-8")
    return {**files, str(folder / "pip.conf"): "/etc/pip.conf"}
