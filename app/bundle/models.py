"""The models of a bundle: those that a profile or the command line names, each verified in full."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.bundle.sbom import ModelFiles
from app.bundle.wheel import sha256
from app.errors import SetupError
from app.hub.lock import Lock, LockedModel
from app.hub.manifest import Manifest, Model
from app.hub.store import State, Store
from app.hub.wanted import named, wanted
from app.settings import Config

STARTER = "models/starter"
_WEIGHTS = (".bin", ".gguf", ".onnx")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What goes along."""

    models: tuple[ModelFiles, ...]
    lock: Lock
    """What the lock of this machine recorded of them."""


def choose(config: Config, names: Iterable[str], root: Path) -> Chosen:
    """The models that `config` and `names` name, with the starter models, from Parlor's folder `root`.

    Raises `SetupError` that lists every one which is missing or is not what was installed.
    """
    store = Store(root / "models")
    manifest = store.manifest()
    asked = tuple(dict.fromkeys((*wanted(config, manifest), *map(manifest.find, names))))
    if missing := [model.name for model in asked if store.state(model) is not State.INSTALLED]:
        raise SetupError(f"not installed: {', '.join(missing)}", fix=f"parlor models download {' '.join(missing)}")
    if faults := [fault for model in asked for fault in store.verify(model)]:
        raise SetupError("\n  ".join(("models are not as they were installed:", *faults)), fix="parlor models verify")
    lock = store.lock()
    known = [_known(model, lock, store) for model in asked]
    own = [_own(setting, root) for setting in _unknown(config, manifest)]
    locked = {model.name: _of_today(model, lock.models[model.name]) for model in asked if model.name in lock.models}
    return Chosen((*_starters(root), *known, *own), Lock(models=locked))


def _of_today(model: Model, locked: LockedModel) -> LockedModel:
    """Without files that an earlier manifest named: they do not go along."""
    files = {file.name: locked.files[file.name] for file in model.files if file.name in locked.files}
    return locked.model_copy(update={"files": files})


def _known(model: Model, lock: Lock, store: Store) -> ModelFiles:
    hashes = {}
    for file in model.files:
        locked = lock.file(model.name, file.name)
        hashes[f"models/{model.name}/{file.name}"] = locked.sha256 if locked else sha256(store.path(model, file))
    revision = lock.models[model.name].revision if model.name in lock.models else model.revision
    address = f"https://huggingface.co/{model.repo}" if model.repo else model.url
    return ModelFiles(model.name, revision, model.licence, address, model.note, hashes)


def _unknown(config: Config, manifest: Manifest) -> Sequence[str]:
    """Settings that name a user's own model."""
    settings = dict.fromkeys(named(config))
    return [s for s in settings if manifest.owner(s) is None and not s.startswith(f"{STARTER}/")]


def _own(setting: str, root: Path) -> ModelFiles:
    """A model that no manifest describes, by what a setting says."""
    path = root / setting
    if not path.resolve().is_relative_to((root / "models").resolve()):
        raise SetupError(f"{setting} lies outside of models/", fix="Move it there and change the setting.")
    files = _files(path) if path.is_dir() else [p for p in (path, Path(f"{path}.json")) if p.exists()]
    if not files:
        raise SetupError(f"{setting} is not there", fix="Correct the setting, or put the model there.")
    return ModelFiles(
        path.name, "", "not known to Parlor", "", "Chosen by whoever made this bundle.", _hashes(files, root)
    )


def _starters(root: Path) -> list[ModelFiles]:
    note = "Starter model: restaurant orders and small talk in synthetic voices; see models/starter/README.md."
    starter = root / STARTER
    folders = sorted({path.parent for path in _files(starter) if path.suffix in _WEIGHTS})
    return [
        ModelFiles(
            "-".join(("starter", *folder.relative_to(starter).parts)),
            "",
            "GPL-3.0-or-later",
            "",
            note,
            _hashes(_files(folder), root),
        )
        for folder in folders
    ]


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))


def _hashes(files: Iterable[Path], root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): sha256(path) for path in files}
