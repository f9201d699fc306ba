"""What can be said of docker/ without building anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import ROOT

DOCKER = ROOT / "docker"
BIN = Path(sys.executable).parent
UNITS = (DOCKER / "parlor.service", DOCKER / "parlor-talk.service")
EXPOSURE = 25
"""Tenths, of systemd-analyze's scale from 0 to 10; ours has 20, and 0.5 more is one careless line."""


def run(*command: str | Path) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_dockerfile_is_clean():
    assert not run(BIN / "hadolint", DOCKER / "Dockerfile")


def test_compose_follows_its_schema():
    run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DOCKER / "compose.yaml")


def test_every_base_image_is_pinned_by_version_and_digest():
    text = (DOCKER / "Dockerfile").read_text("utf-8") + (DOCKER / "compose.yaml").read_text("utf-8")
    bases = re.findall(r"_BASE[=:] *([^$\s]\S*)", text)
    assert len(bases) == 3
    for base in bases:
        assert re.fullmatch(r"[\w/]+:[\w.-]*\d[\w.-]*@sha256:[0-9a-f]{64}", base), base


@pytest.fixture(params=UNITS, ids=lambda unit: unit.stem)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Each unit with a command that is there."""
    if not shutil.which("systemd-analyze"):
        reason = "no systemd-analyze in PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}, and CI must check the unit")
        pytest.skip(reason)
    copy = tmp_path / request.param.name
    copy.write_text(request.param.read_text("utf-8").replace("/opt/parlor/.venv/bin/parlor", sys.executable), "utf-8")
    return copy


def complaints(unit: Path) -> list[str]:
    """Of systemd about the unit; about those of this machine it may complain too."""
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    return [line for line in (done.stdout + done.stderr).splitlines() if unit.name in line]


def test_systemd_understands_the_unit(unit: Path):
    assert not complaints(unit)
    unit.write_text(unit.read_text("utf-8").replace("Restart=always", "Restart=maybe"), "utf-8")
    assert complaints(unit), "it would complain"


def test_the_unit_is_confined(unit: Path):
    run("systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", unit)
