"""What a wheel says about itself."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from app.bundle.fit import Version, glibc_in, glibc_of
from app.errors import SetupError

LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors|third.?party)", re.IGNORECASE)
SHORT = 80
"""Characters; a longer licence field is a licence's whole text."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """One package of a bundle."""

    path: Path
    name: str
    """As indexes write it: lower case, with hyphens."""
    version: str
    licence: str
    """An SPDX expression where `spdx`, else the package's own words."""
    spdx: bool
    needs: tuple[str, ...]
    """Names of the packages that it asks for without an extra; some only for other systems."""
    sha256: str
    unpacked: int
    """Bytes."""
    glibc: Version


def read(path: Path) -> Wheel:
    """The wheel at `path`. Raises `SetupError` when it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            metadata = _metadata(archive)
            glibc = _glibc(path, archive)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise SetupError(f"{path.name} is no whole wheel: {error}", fix="Run the command again.") from error
    licence, spdx = _licence(metadata)
    return Wheel(
        path,
        canonical(metadata["Name"]),
        metadata["Version"],
        licence,
        spdx,
        tuple(sorted(_needs(metadata))),
        sha256(path),
        sum(info.file_size for info in infos),
        glibc,
    )


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def sha256(path: Path) -> str:
    """Of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def licence_files(path: Path) -> dict[str, bytes]:
    """The licences and notices in the wheel at `path`, by their paths in it; where it has none, its own description."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        found = [name for name in names if _is_licence(PurePosixPath(name))]
        return {name: archive.read(name) for name in found or [_metadata_name(archive)]}


def _is_licence(path: PurePosixPath) -> bool:
    if re.search(r"\.dist-info/licenses/", str(path)):
        return True
    return bool(LICENCE_FILE.match(path.name)) and path.suffix not in {".py", ".pyi", ".h", ".so"}


def _metadata_name(archive: zipfile.ZipFile) -> str:
    return next(n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n))


def _metadata(archive: zipfile.ZipFile) -> Message:
    try:
        return HeaderParser().parsestr(archive.read(_metadata_name(archive)).decode("utf-8"))
    except StopIteration:
        raise KeyError("it has no METADATA") from None


def _licence(metadata: Message) -> tuple[str, bool]:
    if expression := metadata["License-Expression"]:
        return str(expression), True
    words = str(metadata["License"] or "").strip()
    if words and "\n" not in words and len(words) <= SHORT:
        return words, False
    classifiers = metadata.get_all("Classifier") or []
    named = [c.split(" :: ")[-1] for c in classifiers if c.startswith("License ::")]
    return " or ".join(named) or "see its licence files", False


def _needs(metadata: Message) -> set[str]:
    asked = metadata.get_all("Requires-Dist") or []
    names = (re.match(r"[\w.-]+", line) for line in asked if "extra ==" not in line)
    return {canonical(match[0]) for match in names if match}


def _glibc(path: Path, archive: zipfile.ZipFile) -> Version:
    """The glibc that it needs: by its name, or by what was compiled here."""
    if (named := glibc_of(path.name)) is not None:
        return named
    libraries = (name for name in archive.namelist() if ".so" in PurePosixPath(name).suffixes)
    return max((glibc_in(archive.read(name)) for name in libraries), default=())
