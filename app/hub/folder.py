"""Models from a plain folder: a USB stick, a share, another machine's models/, or a cache of huggingface_hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import SetupError
from app.hub.manifest import Model, ModelFile
from app.hub.offer import Offer
from app.hub.store import is_voice

_CHUNK = 1 << 20


class Folder:
    """A folder in any of the layouts that `_places` knows."""

    def __init__(self, path: Path) -> None:
        try:
            there = path.is_dir()
        except PermissionError as error:
            raise SetupError(
                f"{path} may not be read by this user", fix="Run this as its owner, or copy it."
            ) from error
        if not there:
            raise SetupError(f"{path} is no folder", fix="Name the folder or the stick's mount point: --from FOLDER")
        self.name = str(path)
        self._path = path

    def look(self, model: Model, file: ModelFile) -> Offer:
        """What the folder has of `file`, of the right size if it can. Raises `SetupError` without any."""
        try:
            offers = list(self._offers(model, file))
        except OSError as error:
            raise SetupError(
                f"{error.filename or self.name} cannot be read ({error.strerror})",
                fix="Check the stick, or run this as the folder's owner.",
            ) from error
        if not offers:
            raise SetupError(
                f"{self.name} has no {file.name} of {model.name}",
                fix=f"It may lie there as {model.name}/{file.name}, as {model.repo or model.name}/{file.path}, in the "
                "layout of huggingface_hub's cache, or beside the model's other files in that folder itself.",
            )
        return next((offer for offer in offers if offer.size == file.size), offers[0])

    @contextmanager
    def read(self, offer: Offer, start: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """The bytes of `offer` from `start` on. Raises `SetupError` when they cannot be read."""
        yield start, _pieces(Path(offer.place), start, offer.size)

    def _offers(self, model: Model, file: ModelFile) -> Iterator[Offer]:
        for path, origin, commit in self._places(model, file):
            size = path.stat().st_size if path.is_file() else 0
            if is_voice(model, file) and size > file.size > 0:
                size = file.size  # patched already: what came stands first in it
            if size:
                yield Offer(str(path), str(origin), commit or model.revision, size)

    def _places(self, model: Model, file: ModelFile) -> Iterator[tuple[Path, Path, str]]:
        """Where `file` may lie, the folder of its model, and the commit where the layout tells it."""
        own = self._path / model.name
        yield own / file.name, own, ""
        if model.repo:
            hub = self._path / model.repo
            yield hub / file.path, hub, ""
            cache = self._path / f"models--{model.repo.replace('/', '--')}" / "snapshots"
            for snapshot in sorted(cache.glob("*")):
                yield snapshot / file.path, snapshot, snapshot.name
        # Names like config.json are everybody's: they are this model's only beside its main file.
        if (self._path / model.files[0].name).is_file():
            yield self._path / file.name, self._path, ""


def _pieces(path: Path, start: int, end: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(start)
            while start < end and (piece := file.read(min(end - start, _CHUNK))):
                start += len(piece)
                yield piece
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror})", fix="Check the stick or the folder.") from error
