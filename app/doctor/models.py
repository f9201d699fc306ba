"""Looks at the models that a configuration names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.config import ROOT
from app.doctor.child import ask
from app.doctor.rules.models import ModelFacts
from app.hub.manifest import Manifest, Model
from app.hub.store import State, Store
from app.settings import Config

MIB = 1 << 20
VOICES_LIMIT_S = 60.0
_STARTER = ROOT / "models" / "starter"


def read_models(config: Config, folder: Path) -> tuple[ModelFacts, ...]:
    """Facts about each, in the order of the settings; `folder` holds the manifest and the lock.

    Raises `SetupError` when one of these is broken.
    """
    store = Store(folder)
    first = (("stt.model", config.stt), ("llm.model", config.llm))
    named = [(setting, part.model) for setting, part in first if not part.url]
    named += [("tts.voices", voice) for voice in config.tts.voices]
    known = {path for _, path in named}
    named += [(setting, path) for setting, path in dict.fromkeys(_further(config)) if path not in known]
    # Without one nothing there is ours: a volume mounted over models/.
    manifest = store.manifest() if (store.root / "manifest.toml").is_file() else Manifest(())
    there = [str(ROOT / voice) for voice in config.tts.voices if (ROOT / voice).is_file()]
    told = ask("voices", there, VOICES_LIMIT_S)
    unaligned = {voice for voice, answer in told.items() if not answer.get("aligned", True)}
    found = []
    for setting, path in named:
        model = manifest.owner(path)
        aligned = str(ROOT / path) not in unaligned
        found.append(_known(setting, path, model, store, aligned) if model else _own(setting, path, aligned))
    return tuple(found)


def _further(config: Config) -> Iterator[tuple[str, str]]:
    """What the engines that stand in for these load."""
    for setting, part in (("stt.fallback", config.stt), ("llm.fallback", config.llm)):
        yield from ((setting, each.model) for each in part.order()[1:] if not each.url)
    yield from (("tts.fallback", voice) for each in config.tts.order()[1:] for voice in each.voices)


def _known(setting: str, path: str, model: Model, store: Store, aligned: bool) -> ModelFacts:
    state = store.state(model)
    here = [store.path(model, file) for file in model.files if store.path(model, file).is_file()]
    lock = store.lock()
    return ModelFacts(
        setting,
        path,
        name=model.name,
        state=state.value,
        recorded=all(lock.file(model.name, file.name) for file in model.files),
        faults=store.check(model) if state is State.INSTALLED else (),
        aligned=aligned,
        on_disk_mb=_mb(here),
        memory_mb=model.memory_mb,
        missing_mb=0 if state is State.INSTALLED else max(0, model.size // MIB - _mb(here)),
    )


def _own(setting: str, path: str, aligned: bool) -> ModelFacts:
    files = list(_files(setting, ROOT / path))
    lacking = (
        str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file) for file in files if not file.is_file()
    )
    return ModelFacts(
        setting,
        path,
        lacks=next(lacking, ""),
        starter=(ROOT / path).resolve().is_relative_to(_STARTER.resolve()),
        aligned=aligned,
        on_disk_mb=_mb([file for file in files if file.is_file()]),
    )


def _files(setting: str, path: Path) -> Iterator[Path]:
    """What the engine will read."""
    if setting.startswith("stt."):
        yield from (path / name for name in ("model.bin", "config.json", "tokenizer.json"))
    else:
        yield path
    if setting.startswith("tts."):
        yield Path(f"{path}.json")


def _mb(files: list[Path]) -> int:
    return sum(file.stat().st_size for file in files) // MIB
