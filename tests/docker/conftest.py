"""The image: it is built while the other tests run, and its own come last.

The others need one core and a little of a second. The build has a low priority, so that what is timed is not
disturbed, and the usual one as soon as it is waited for.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.config import ROOT
from tests.docker.building import IMAGE, Podman, why_not

TESTS = Path(__file__).with_name("test_image.py")
LOW, USUAL = 10, 0
LAST_CHARACTERS = 4000
"""Of what a failed build printed."""


@dataclass(frozen=True, slots=True)
class Building:
    """A build under way, in a folder and a process group of its own."""

    folder: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls) -> Building:
        folder = Path(tempfile.mkdtemp(prefix="parlor-image-"))
        command = [sys.executable, "-m", "tests.docker.building", str(folder)]
        with (folder / "log").open("wb") as log:
            streams = {"stdin": subprocess.PIPE, "stdout": log, "stderr": log}
            process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, **streams)
        os.setpriority(os.PRIO_PGRP, process.pid, LOW)
        return cls(folder, process)

    def finished(self) -> Podman:
        """Waits for the image; a failure fails the test with its last words."""
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PGRP, self.process.pid, USUAL)
        code = self.process.wait()
        assert code == 0, (self.folder / "log").read_text("utf-8", "replace")[-LAST_CHARACTERS:]
        return Podman(self.folder)

    def end(self) -> None:
        """Leaves nothing behind, finished or not."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text("utf-8").splitlines()]
            for mount in reversed([mount for mount in mounts if mount.startswith(f"{self.folder}/")]):
                subprocess.run(["umount", "--lazy", mount], check=False)
        if self.process.stdin:
            self.process.stdin.close()
        shutil.rmtree(self.folder)  # it is large


BUILDING = pytest.StashKey[Building]()


@pytest.hookimpl(trylast=True)  # when it is known which tests are not wanted
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path == TESTS)
    if items and items[-1].path == TESTS and not config.option.collectonly and not why_not():
        config.stash[BUILDING] = Building.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if building := config.stash.get(BUILDING, None):
        building.end()


@pytest.fixture(scope="module")
def podman(pytestconfig: pytest.Config) -> Iterator[Podman]:
    if lacking := why_not():
        reason = f"images cannot be built here without {lacking}"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI must build them")
        pytest.skip(reason)
    podman = pytestconfig.stash[BUILDING].finished()
    yield podman
    podman("rm", "--all", "--force")


@pytest.fixture(scope="module")
def image(podman: Podman) -> str:
    """The CPU image."""
    return IMAGE
