"""A real bundle, made as a user makes it."""

import json
import re
import subprocess

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from app.bundle.wheel import canonical, read
from app.config import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_its_sums_hold_and_cover_everything(unpacked):
    done = subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=unpacked, check=False)
    assert done.returncode == 0
    summed = {line[66:] for line in (unpacked / "SHA256SUMS").read_text("utf-8").splitlines()}
    files = {p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file()}
    assert summed == files - {"SHA256SUMS"}
    assert len({name.lower() for name in files}) == len(files), "names that a USB stick cannot tell apart"


def test_its_wheels_are_the_pinned_ones(unpacked):
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split() if "==" in line)
    pinned = {canonical(name): version for name, version in pins.items()}
    wheels = [read(path) for path in (unpacked / "wheels").iterdir()]
    names = {wheel.name for wheel in wheels}
    assert {"pip", "setuptools", "torch", "llama-cpp-python", "faster-whisper", "piper-tts"} <= names
    assert not names & {"pytest", "mypy", "ruff", "hypothesis"}
    for wheel in wheels:
        assert wheel.version.partition("+")[0] == pinned.get(wheel.name, wheel.version)


def test_its_list_of_parts_is_valid_and_names_every_one(unpacked):
    text = (unpacked / "sbom.json").read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    parts = json.loads(text)["components"]
    sums = {line[66:]: line[:64] for line in (unpacked / "SHA256SUMS").read_text("utf-8").splitlines()}
    files = {f"wheels/{p['value']}": c for c in parts for p in c.get("properties", ()) if p["name"] == "parlor:file"}
    assert {name: part["hashes"][0]["content"] for name, part in files.items()} == {
        name: digest for name, digest in sums.items() if name.startswith("wheels/")
    }
    models = [part for part in parts if part["type"] == "machine-learning-model"]
    parts = ("brain", "ears", "voice")
    assert [m["name"] for m in models] == [f"starter-{each}" for each in sorted((*parts, *(f"tr-{p}" for p in parts)))]
    for file in (file for model in models for file in model["components"]):
        assert sums[f"parlor/{file['name']}"] == file["hashes"][0]["content"]


def test_every_part_brings_its_licence(unpacked):
    for part in json.loads((unpacked / "sbom.json").read_text("utf-8"))["components"]:
        model = part["type"] == "machine-learning-model"
        where = unpacked / "LICENCES" / (f"models/{part['name']}.txt" if model else part["name"])
        texts = [where] if model else [p for p in where.rglob("*") if p.is_file()]
        assert texts, part["name"]
        assert any(re.search(r"licen[cs]e|copyright", p.read_text("utf-8", "replace"), re.IGNORECASE) for p in texts), (
            where
        )
    assert (unpacked / "LICENCES/parlor/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_nothing_but_parlor_left_the_machine(unpacked):
    folders = {p.name for p in unpacked.iterdir()}
    assert folders == {
        "INSTALL.txt", "LICENCES", "SHA256SUMS", "bundle.txt", "install.sh", "lock.json", "parlor",
        "parlor-install.json", "sbom.json", "wheels",
    }  # fmt: skip
    assert not [p for p in (unpacked / "parlor").rglob("*") if p.name.startswith(".") or p.suffix == ".pyc"]
    here = str(ROOT).encode()
    for path in (p for p in unpacked.rglob("*") if p.is_file() and p.suffix in {".txt", ".json", ".sh"}):
        assert here not in path.read_bytes(), path
