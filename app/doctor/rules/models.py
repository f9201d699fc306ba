"""Whether the models that a configuration names are here and are what they were. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Literal

from app.doctor.finding import Finding, error, ok, shown, warning

_LIST = "parlor models list"
_ELSEWHERE = "Put it there, or let the setting name another one."


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What was found at one of the paths in stt.model, llm.model and tts.voices."""

    setting: str
    """Which of the three."""
    path: str
    """As the setting says."""
    lacks: str = ""
    """A file that is not there; empty if nothing is missing."""
    starter: bool = False
    name: str = ""
    """In the manifest; empty for the user's own."""
    state: Literal["missing", "partial", "installed"] = "installed"
    recorded: bool = True
    """Whether the lock knows it."""
    faults: tuple[str, ...] = ()
    """What is not as recorded, in words."""
    aligned: bool = True
    """Whether a voice tells when it says each sound; True for what is no voice."""
    on_disk_mb: int = 0
    memory_mb: int = 0
    """As the manifest says; 0 for the user's own."""
    missing_mb: int = 0
    """Still to be downloaded."""


def judge_models(models: Sequence[ModelFacts]) -> Iterator[Finding]:
    """A line for each model that is here, one for all that are to be downloaded, and one for all starter models."""
    missing = [model for model in models if model.name and model.state != "installed"]
    for model in models:
        if model not in missing:
            yield _judge(model)
    if missing:
        yield _missing(missing)
    starters = dict.fromkeys(model.setting for model in models if model.starter)
    if starters:
        yield warning(
            "starter models",
            f"{', '.join(starters)}: made to try Parlor in synthetic voices. They know restaurant orders and "
            "do not understand people",
            "Choose a profile with real models (--config), or models of your own:",
            _LIST,
        )


def usable(models: Sequence[ModelFacts]) -> bool:
    """Whether the engines have all their files."""
    return all(model.state == "installed" and not model.lacks for model in models)


def _missing(models: Sequence[ModelFacts]) -> Finding:
    names = [f"{m.name} ({m.setting}{', here in part' if m.state == 'partial' else ''})" for m in models]
    to_come = shown(sum(model.missing_mb for model in models))
    fix = "Without a network: the same with --from FOLDER, such as a USB stick."
    return error("not here", f"{', '.join(names)}: {to_come} to download", fix, _download(models), mendable=True)


def _judge(model: ModelFacts) -> Finding:
    name = model.name or model.path.rpartition("/")[2]
    if model.lacks:
        return error(model.setting, f"{model.lacks} is not there", _ELSEWHERE, _LIST)
    if model.faults:
        detail = f"{name}: {'; '.join(model.faults)}"
        return error(model.setting, detail, "It was changed or damaged since it came. Get it anew:", _download([model]))
    if model.name and not model.recorded:
        detail = f"{name}: nothing was recorded when it came here, so a change would go unseen"
        return warning(model.setting, detail, "", _download([model]), mendable=True)
    if not model.aligned:
        return _unaligned(model, name)
    kind = "starter model" if model.starter else "as recorded" if model.name else "your own"
    return ok(model.setting, f"{name}, {shown(model.on_disk_mb)}, {kind}")


def _unaligned(model: ModelFacts, name: str) -> Finding:
    """A voice of the manifest was patched when it came, unless that failed; the user's own nobody patched."""
    detail = f"{name} tells no times of its sounds: what callers heard before they interrupted is guessed from letters"
    if model.name:
        return warning(
            model.setting,
            detail,
            "It could not be patched when it came. If the package onnx was missing then, get it anew:",
            f"parlor models remove {name} && {_download([model])}",
        )
    voice, kept = quote(model.path), quote(f"{model.path}.unpatched")
    patch = f"cp -n {voice} {kept} && python -m piper.patch_voice_with_alignment {voice}"
    return warning(model.setting, detail, "", patch, mendable=True)


def _download(models: Sequence[ModelFacts]) -> str:
    return "parlor models download " + " ".join(dict.fromkeys(model.name for model in models))
