"""Spoken sentences in a folder, within a number of bytes. Blocking: runs in a worker.

A fault of the disk is never a fault of the speech: it is logged, and the sentence is spoken anew.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp

from app.interfaces import Speech
from app.tts.packed import DamagedError, pack, unpack

log = logging.getLogger(__name__)
_SUFFIX = ".speech"
_PART = ".part"


def default_folder(env: Mapping[str, str]) -> Path | None:
    """Where a user's caches are by the XDG rules; None for a user without a home."""
    base = env.get("XDG_CACHE_HOME") or (f"{env['HOME']}/.cache" if env.get("HOME") else "")
    return Path(base) / "parlor" / "speech" if base else None


class Disk:
    """At most `limit_bytes` in `folder`; what was unused for longest goes first. Several processes may share it."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder = folder
        self._limit_bytes = limit_bytes
        self._works = True

    def read(self, name: str) -> Speech | None:
        """The speech of that name, or None. A damaged file is deleted."""
        path = self.folder / f"{name}{_SUFFIX}"
        try:
            speech = unpack(path.read_bytes())
            os.utime(path)
        except FileNotFoundError:
            return None
        except DamagedError:
            log.warning("a file of the speech cache was damaged and is deleted")
            with suppress(OSError):
                path.unlink()
            return None
        except OSError as error:
            self._fail(error)
            return None
        return speech

    def write(self, name: str, speech: Speech) -> None:
        """Keep `speech`, whole or not at all."""
        data = pack(speech)
        if not self._works or len(data) > self._limit_bytes:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room(len(data))
            handle, part = mkstemp(_PART, dir=self.folder)
            try:
                with open(handle, "wb") as file:
                    file.write(data)
                os.replace(part, self.folder / f"{name}{_SUFFIX}")
            except OSError:
                with suppress(OSError):
                    os.unlink(part)
                raise
        except OSError as error:
            self._fail(error)

    def _make_room(self, needed: int) -> None:
        found = []
        for path in self.folder.iterdir():
            if path.suffix in {_SUFFIX, _PART}:
                with suppress(FileNotFoundError):  # another process was faster
                    found.append((path.stat(), path))
        total = sum(stat.st_size for stat, _ in found)
        for stat, path in sorted(found, key=lambda item: item[0].st_mtime_ns):
            if total + needed <= self._limit_bytes:
                return
            path.unlink(missing_ok=True)
            total -= stat.st_size

    def _fail(self, error: OSError) -> None:
        if self._works:
            log.warning("the speech cache in %s cannot be used: %s", self.folder, error.strerror)
        self._works = False
