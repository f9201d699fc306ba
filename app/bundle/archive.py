"""Writes the archive: checked for room first, the same bytes for the same content, there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from app.errors import SetupError

Source = Path | bytes
"""A file on disk, or a file's content."""
SUMS = "SHA256SUMS"
MIB = 1 << 20
EPOCH_S = 315_532_800
"""1980-01-01, the time of everything inside."""


def check_room(folder: Path, needed: int) -> None:
    """Raises `SetupError` when `folder` has fewer than `needed` bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise _full(folder, f"{free // MIB} MB are free and {needed // MIB} MB are needed")


def write(target: Path, top: str, entries: Mapping[str, Source]) -> None:
    """`entries`, by their paths below the folder `top`, as the tar file `target`, with their sums in `SHA256SUMS`.

    The sums come last: an archive that was cut off has none. Raises `SetupError` when `target` cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
                sums = [f"{_add(tar, top, name, source)}  {name}\n" for name, source in sorted(entries.items())]
                _add(tar, top, SUMS, "".join(sums).encode())
            file.flush()
            os.fsync(file.fileno())  # sticks are pulled out at once, and tell only now that they are broken
        part.replace(target)
        os.sync()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _full(target.parent, "it ran full while the archive was written") from error
        if error.errno == errno.EFBIG:
            raise SetupError(
                f"{target.parent} takes no file as large as the archive",
                fix="If it is a stick, format it as exFAT; or write elsewhere.",
            ) from error
        raise SetupError(
            f"{error.filename or target}: {error.strerror or error}", fix="Mend that and run the command again."
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, top: str, name: str, source: Source) -> str:
    """Append one file; its SHA-256 in hexadecimal digits."""
    info = tarfile.TarInfo(f"{top}/{name}")
    info.mtime = EPOCH_S
    executable = name.endswith(".sh") or (isinstance(source, Path) and os.access(source, os.X_OK))
    info.mode = 0o755 if executable else 0o644
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        info.size = file.seek(0, io.SEEK_END)
        file.seek(0)
        hashed = _Hashed(file)
        tar.addfile(info, hashed)
        return hashed.digest.hexdigest()


class _Hashed(io.RawIOBase):
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._file = file

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _full(folder: Path, words: str) -> SetupError:
    return SetupError(f"{folder} has too little room: {words}", fix="Free some space there, or write to another disk.")
