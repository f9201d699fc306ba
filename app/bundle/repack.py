"""An installed package as a wheel again; what it borrowed of the compiler's libraries comes along."""

from __future__ import annotations

import base64
import ctypes
import hashlib
import re
import shutil
import zipfile
from email.parser import HeaderParser
from importlib.metadata import Distribution
from pathlib import Path, PurePosixPath

from app.bundle.wheel import canonical
from app.errors import SetupError

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Of every file, so that the same input gives the same bytes; zip knows no earlier time."""
OPENMP = "libgomp.so.1"
"""GCC's OpenMP library: llama.cpp is linked against it, and a machine without a compiler need not have it."""
OPENMP_LICENCE = Path("/usr/share/doc/libgomp1/copyright")


def repack(distribution: Distribution, into: Path) -> Path:
    """The installed `distribution` as a wheel in the folder `into`. The same files give the same bytes.

    Raises `SetupError` when it cannot be told which files are its own.
    """
    files = distribution.files
    if files is None:
        raise SetupError(f"{distribution.name} has no list of its files", fix="Install it again: make setup")
    info = next(f.parts[0] for f in files if f.name == "METADATA" and f.parts[0].endswith(".dist-info"))
    kept = {f.as_posix(): Path(str(f.locate())) for f in files if _ships(f, info)}
    kept |= _openmp(kept, info)
    stem = f"{canonical(distribution.name).replace('-', '_')}-{distribution.version}"
    target = into / f"{stem}-{_tag(distribution)}.whl"
    _write(target, kept, f"{info}/RECORD")
    return target


def _tag(distribution: Distribution) -> str:
    tags = HeaderParser().parsestr(distribution.read_text("WHEEL") or "").get_all("Tag") or []
    parts = [tag.split("-") for tag in tags]
    return "-".join(".".join(sorted({part[place] for part in parts})) for place in range(3))


def _ships(path: PurePosixPath, info: str) -> bool:
    """Whether an installed file came out of the wheel and was not made by the installation."""
    made = {f"{info}/{name}" for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")}
    return ".." not in path.parts and path.suffix != ".pyc" and path.as_posix() not in made


def _openmp(files: dict[str, Path], info: str) -> dict[str, Path]:
    """OpenMP's library beside each library that asks for it (they look in their own folder first), and its licence."""
    asked = f"\0{OPENMP}\0".encode()
    folders = {PurePosixPath(n).parent for n, path in files.items() if ".so" in n and asked in path.read_bytes()}
    if not folders:
        return {}
    ctypes.CDLL(OPENMP)
    loaded = re.search(rf"/\S*/{re.escape(OPENMP)}\S*$", Path("/proc/self/maps").read_text("utf-8"), re.MULTILINE)
    if not loaded:
        raise SetupError(f"{OPENMP} cannot be found", fix="sudo apt install libgomp1")
    licence = {f"{info}/licenses/libgomp/copyright": OPENMP_LICENCE} if OPENMP_LICENCE.exists() else {}
    return {f"{folder}/{OPENMP}": Path(loaded[0]) for folder in folders} | licence


def _write(target: Path, files: dict[str, Path], record: str) -> None:
    lines = []
    with zipfile.ZipFile(target, "w") as archive:
        for name, source in sorted(files.items()):
            with source.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").digest()
                size = file.tell()
                file.seek(0)
                with archive.open(_entry(name), "w", force_zip64=True) as entry:
                    shutil.copyfileobj(file, entry)
            lines.append(f"{name},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},{size}\n")
        archive.writestr(_entry(record), "".join([*lines, f"{record},,\n"]))


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o100644 << 16
    return info
