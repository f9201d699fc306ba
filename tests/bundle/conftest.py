"""Wheels and bundles to test with."""

import shutil
import subprocess
import sys
import zipfile

import pytest

from app.bundle.wheel import sha256
from app.config import ROOT


@pytest.fixture
def wheel(tmp_path):
    """`wheel("name-1.0-py3-none-any.whl", fields, {path: content})` writes a wheel; its path."""

    def write(name, fields="", files=()):
        stem = "-".join(name.split("-")[:2])
        package, version = stem.split("-")
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as archive:
            metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n{fields}\n"
            archive.writestr(f"{stem}.dist-info/METADATA", metadata)
            for inside, content in dict(files).items():
                archive.writestr(inside, content)
        return path

    return write


@pytest.fixture(scope="session")
def sums():
    """`sums(folder)` writes SHA256SUMS over all that is in it."""

    def write(folder):
        files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "SHA256SUMS")
        lines = [f"{sha256(p)}  {p.relative_to(folder)}\n" for p in files]
        (folder / "SHA256SUMS").unlink(missing_ok=True)  # it may be a hard link into another bundle
        (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")

    return write


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    """A real one, made as a user makes it, with llama.cpp as it is built here: the archive's path."""
    folder = tmp_path_factory.mktemp("bundle")
    command = [sys.executable, "-m", "app", "bundle", folder, "--native"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    (archive,) = folder.iterdir()
    yield archive
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def unpacked(bundle):
    """What is in it."""
    subprocess.run(["tar", "xf", bundle], check=True, cwd=bundle.parent)
    return bundle.with_suffix("")
