"""`python -m tests.docker.building FOLDER` builds the CPU image with Podman as its Dockerfile says, in FOLDER.

On a fresh Debian in place of a base image from a registry. The machine's own settings of pip and apt (index, folders of
wheels, certificate) hold inside too, so that this works wherever `make setup` does, and so do the wheels of llama.cpp
that it keeps. Podman keeps everything in that folder, and nothing of the machine's own Podman is touched.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.config import ROOT
from app.install.wheels import cache_folder

NEEDED = ("debootstrap", "podman", "runc")
IMAGE = "localhost/parlor:cpu"
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


def why_not() -> str:
    """What is lacking to build images here, in words; empty if nothing is."""
    return ", ".join([name for name in NEEDED if not shutil.which(name)] or ["root's rights"] * (os.geteuid() != 0))


def build(podman: Podman) -> None:
    """The CPU image, as `IMAGE`."""
    folder = podman.folder
    (folder / "containers.conf").write_text(CONTAINERS.format(folder=folder), "utf-8")
    _import_debian(podman)
    kept = cache_folder(os.environ)
    kept.mkdir(parents=True, exist_ok=True)
    volumes = [f"{here}:{there}:ro" for here, there in _pip_files(folder).items()]
    volumes.append(f"{kept}:{cache_folder({'HOME': '/root'})}")
    command = podman.command(
        # Without layers, each of which may be a copy of the whole file system, and nobody builds on them.
        *("build", "--layers=false", "--format", "docker", "--isolation", "chroot", "--network", "host"),
        *(word for volume in volumes for word in ("--volume", volume)),
        *("--build-arg", "BUILD_BASE=localhost/debian", "--tag", IMAGE),
        *("--file", str(ROOT / "docker" / "Dockerfile"), str(ROOT)),
    )
    subprocess.run(command, env=podman.env, check=True)  # says what it does


def _import_debian(podman: Podman) -> None:
    debian = podman.folder / "debian"
    mirror = re.findall(r"\S+", _output("apt-get", "indextargets", "--format", "$(REPO_URI)", f"Codename: {RELEASE}"))
    _output("debootstrap", "--variant=minbase", RELEASE, str(debian), *(mirror or [MIRROR])[:1])
    (debian / "etc/apt/apt.conf.d/99machine").write_text(_output("apt-config", "dump", "Acquire"), "utf-8")
    with subprocess.Popen(["tar", "--create", "--directory", debian, "."], stdout=subprocess.PIPE) as tar:
        subprocess.run(podman.command("import", "-", "debian"), stdin=tar.stdout, env=podman.env, check=True)
    shutil.rmtree(debian)


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


def _end_with_the_tests() -> None:
    """Ends this process group when standard input does, which whoever waits for the image holds open."""
    sys.stdin.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_tests, daemon=True).start()
    build(Podman(Path(sys.argv[1])))
