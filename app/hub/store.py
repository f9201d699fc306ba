"""The models on disk: `models/NAME/FILE`, and what the lock knows of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from pathlib import Path
from shlex import quote

from filelock import FileLock

from app.config import ROOT
from app.errors import SetupError
from app.hub import lock
from app.hub.faults import writing
from app.hub.lock import Lock, LockedFile
from app.hub.manifest import Manifest, Model, ModelFile, parse
from app.hub.offer import short


class State(Enum):
    """How much of a model is here."""

    MISSING = "missing"
    PARTIAL = "partial"
    INSTALLED = "installed"


class Store:
    """A folder of models."""

    def __init__(self, root: Path = ROOT / "models") -> None:
        self.root = root
        self._lock = root / "lock.json"

    def manifest(self) -> Manifest:
        """What there could be. Raises `SetupError` when the manifest is missing or faulty."""
        path = self.root / "manifest.toml"
        try:
            return parse(path.read_text("utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise SetupError(
                f"{path} cannot be read ({error})", fix="It comes with Parlor: git checkout models/manifest.toml"
            ) from error

    def lock(self) -> Lock:
        """What was recorded at the downloads. Raises `SetupError` when that cannot be read."""
        return lock.read(self._lock)

    def folder(self, model: Model) -> Path:
        """Where the files of `model` lie."""
        return self.root / model.name

    def path(self, model: Model, file: ModelFile) -> Path:
        """Where `file` lies."""
        return self.folder(model) / file.name

    def parts(self, model: Model, file: ModelFile) -> list[Path]:
        """What arrived of `file` and is not whole yet."""
        found = self.folder(model).glob(".*.part") if self.folder(model).is_dir() else ()
        return [path for path in found if path.name.rsplit(".", 2)[0] == f".{file.name}"]

    def guard(self, model: Model) -> FileLock:
        """Held by whoever changes the files of `model`."""
        folder = self.root / ".guards"
        with writing(self.root):
            folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / model.name)

    def state(self, model: Model) -> State:
        """By the names and sizes of its files; nothing is hashed. Raises `SetupError` where that may not be read."""
        folder, known = self.folder(model), self.lock()
        if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
            raise SetupError(f"{folder} may not be read by this user", fix=f"chmod -R a+rX {quote(str(folder))}")
        if all(self._sized(model, file, known.file(model.name, file.name)) for file in model.files):
            return State.INSTALLED
        started = any(self.path(model, file).exists() or self.parts(model, file) for file in model.files)
        return State.PARTIAL if started else State.MISSING

    def check(self, model: Model) -> tuple[str, ...]:
        """Quick: what is not as the lock recorded it, in words. A file is hashed only if its size or time changed."""
        known = self.lock()
        locked = {file: known.file(model.name, file.name) for file in model.files}
        found = (self._examine(model, file, entry, full=False) for file, entry in locked.items() if entry)
        return tuple(result for result in found if isinstance(result, str))

    def verify(self, model: Model) -> tuple[str, ...]:
        """Slow: every file hashed against the lock and the manifest; the faults in words.

        What was found right is recorded, so that the next start need not hash it.
        """
        found = self._verified(model, full=True)
        with suppress(SetupError, OSError), self.guard(model).acquire(blocking=False):  # read-only, or another has it
            self._note(model, found)
        return tuple(result for result in found.values() if isinstance(result, str))

    def lacking(self, model: Model) -> tuple[ModelFile, ...]:
        """The files that a download must bring."""
        found = self._verified(model, full=False)
        return tuple(file for file in model.files if not isinstance(found[file.name], LockedFile))

    def settle(self, model: Model) -> tuple[ModelFile, ...]:
        """As `lacking`; what is here and right and was not recorded yet, is. The caller holds the guard."""
        found = self._verified(model, full=False)
        self._note(model, found)
        return tuple(file for file in model.files if not isinstance(found[file.name], LockedFile))

    def record(self, model: Model, file: ModelFile, upstream: str, origin: tuple[str, str]) -> None:
        """Note that `file`, which came with SHA-256 `upstream`, was installed; the caller holds the guard.

        `origin` is the revision and the source. Raises `OSError`.
        """
        path = self.path(model, file)
        entry = _entry(path, digest(path) if is_voice(model, file) else upstream, upstream)
        lock.record(self._lock, model.name, {file.name: entry}, origin)

    def remove(self, model: Model) -> int:
        """Delete the files of `model`, whole and in part, and nothing else; the bytes freed.

        The caller holds the guard. Raises `SetupError` when the folder cannot be written.
        """
        folder = self.folder(model)
        if folder.is_symlink():
            raise SetupError(
                f"{folder} is a link, and what it leads to is not ours", fix=f"Remove the link: rm {quote(str(folder))}"
            )
        freed = 0
        with writing(folder):
            for file in model.files:
                for path in (self.path(model, file), *self.parts(model, file)):
                    if path.is_file():
                        freed += path.stat().st_size
                        path.unlink()
            with suppress(OSError):  # the user's own files in it stay, and the folder with them
                folder.rmdir()
            if model.name in self.lock().models:
                lock.forget(self._lock, model.name)
        return freed

    def _sized(self, model: Model, file: ModelFile, locked: LockedFile | None) -> bool:
        try:
            size = self.path(model, file).stat().st_size
        except OSError:
            return False
        if locked:
            return size == locked.size
        return size >= file.size if is_voice(model, file) else file.size in (0, size)

    def _verified(self, model: Model, *, full: bool) -> dict[str, LockedFile | str | None]:
        """Each file by name, examined, and what is recorded of it compared with the manifest."""
        known = self.lock()
        found: dict[str, LockedFile | str | None] = {}
        for file in model.files:
            locked = known.file(model.name, file.name)
            if locked and file.sha256 and locked.upstream != file.sha256:
                found[file.name] = _not_as_in_manifest(file, locked.upstream)
            else:
                found[file.name] = self._examine(model, file, locked, full=full)
        return found

    def _examine(
        self, model: Model, file: ModelFile, locked: LockedFile | None, *, full: bool
    ) -> LockedFile | str | None:
        """What the lock should say of a file, the fault in words, or None when nothing is known to compare with."""
        path = self.path(model, file)
        try:
            found = path.stat()
            if locked and not full and (found.st_size, found.st_mtime_ns) == (locked.size, locked.mtime_ns):
                return locked
            if locked or file.sha256:
                return _compared(model, file, locked, path)
        except FileNotFoundError:
            return f"{file.name} is missing"
        except OSError as error:
            return f"{file.name} cannot be read ({error.strerror})"
        return None

    def _note(self, model: Model, found: Mapping[str, LockedFile | str | None]) -> None:
        """Bring the lock up to date with what was found right and is still there.

        What was found wrong is recorded as of no file: neither a start nor a download takes it for what came once.
        """
        known = self.lock()
        fresh = {}
        for file in model.files:
            entry, path, locked = found[file.name], self.path(model, file), known.file(model.name, file.name)
            if isinstance(entry, str) and locked and locked.mtime_ns:
                fresh[file.name] = locked.model_copy(update={"mtime_ns": 0})
            if not isinstance(entry, LockedFile) or entry == locked:
                continue
            if path.is_file() and _entry(path, entry.sha256, entry.upstream) == entry:
                fresh[file.name] = entry
        if fresh:
            with writing(self.root):
                lock.record(self._lock, model.name, fresh)


def _entry(path: Path, sha256: str, upstream: str) -> LockedFile:
    found = path.stat()
    return LockedFile(sha256=sha256, upstream=upstream, size=found.st_size, mtime_ns=found.st_mtime_ns)


def _compared(model: Model, file: ModelFile, locked: LockedFile | None, path: Path) -> LockedFile | str | None:
    """Hash `path` and compare it with the record, or without one with the manifest."""
    arrived = digest(path)
    if locked:
        if arrived != locked.sha256:
            return f"{file.name} has SHA-256 {short(arrived)}, recorded was {short(locked.sha256)}"
        return _entry(path, arrived, locked.upstream)
    if is_voice(model, file):
        if arrived == file.sha256:
            return None  # still to be patched
        if digest(path, file.size) == file.sha256:  # patched: what came stands first in it
            return _entry(path, arrived, file.sha256)
    return _entry(path, arrived, arrived) if arrived == file.sha256 else _not_as_in_manifest(file, arrived)


def is_voice(model: Model, file: ModelFile) -> bool:
    """Whether `file` is patched for alignments when it is installed."""
    return model.kind == "tts" and file.name.endswith(".onnx")


def digest(path: Path, size: int | None = None) -> str:
    """SHA-256 of a file, or of its first `size` bytes."""
    with path.open("rb") as file:
        if not size:
            return hashlib.file_digest(file, "sha256").hexdigest()
        result = hashlib.sha256()
        while size and (chunk := file.read(min(size, 1 << 20))):
            result.update(chunk)
            size -= len(chunk)
        return result.hexdigest()


def _not_as_in_manifest(file: ModelFile, arrived: str) -> str:
    return f"{file.name} has SHA-256 {short(arrived)}, the manifest says {short(file.sha256)}"
