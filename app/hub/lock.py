"""`models/lock.json`: what was installed, and the hash that each file had when it first came."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors import SetupError


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LockedFile(_Entry):
    """One file as it was installed."""

    sha256: str
    """Of the file as it lies here."""
    upstream: str
    """SHA-256 of the file as it came; another one where a voice was patched."""
    size: int
    """Bytes as it lies here."""
    mtime_ns: int
    """Unchanged with the size: the start need not hash it again."""


class LockedModel(_Entry):
    """One model as it was installed."""

    revision: str
    """The commit that the hub resolved, what the manifest asked for where the source knows no commits, or empty."""
    source: str
    """Where it came from: an address or a folder."""
    files: dict[str, LockedFile]
    """By file name."""


class Lock(_Entry):
    """Everything that was recorded."""

    models: dict[str, LockedModel] = {}

    def file(self, model: str, name: str) -> LockedFile | None:
        """What is known of one file, or None."""
        locked = self.models.get(model)
        return locked.files.get(name) if locked else None


def read(path: Path) -> Lock:
    """What `path` holds; nothing where there is no such file. Raises `SetupError` when it cannot be read."""
    try:
        return Lock.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Lock()
    except PermissionError as error:
        raise SetupError(f"{path} may not be read by this user", fix=f"chmod a+r {quote(str(path))}") from error
    except (OSError, ValidationError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is damaged"
        raise SetupError(
            f"{path} cannot be read: {reason}",
            fix=f"Delete it, then `parlor models download NAME` records what is there: rm {quote(str(path))}",
        ) from error


def record(path: Path, name: str, files: Mapping[str, LockedFile], origin: tuple[str, str] | None = None) -> None:
    """Add `files` to what `path` knows of the model `name`; `origin` is the revision and the source they came from.

    Downloads at once do not lose each other's entries. Raises `OSError`.
    """
    with _changing(path) as models:
        before = models.get(name)
        known = (before.revision, before.source) if before else ("", "found here")
        revision, source = origin or known
        merged = {**(before.files if before else {}), **files}
        models[name] = LockedModel(revision=revision, source=source, files=merged)


def forget(path: Path, name: str) -> None:
    """Drop the model `name`. Raises `OSError`."""
    with _changing(path) as models:
        models.pop(name, None)


@contextmanager
def _changing(path: Path) -> Iterator[dict[str, LockedModel]]:
    """The models of `path`, alone with them; what is left of them afterwards is written in one step."""
    guard = path.parent / ".guards" / path.name
    guard.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(guard):
        models = {**read(path).models}
        yield models
        new = path.with_name(f".{path.name}.new")
        with new.open("w", encoding="utf-8") as file:
            file.write(Lock(models=dict(sorted(models.items()))).model_dump_json(indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
