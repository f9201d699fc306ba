"""What `models/manifest.toml` says: every model that Parlor knows by name, and where its files come from."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from app.errors import SetupError

Kind = Literal["stt", "llm", "tts", "endpoint"]
RESERVED = frozenset({"starter", "manifest.toml", "lock.json"})
"""What else lies in models/."""
_STRICT = ConfigDict(extra="forbid")


def _inside(path: str) -> str:
    """A path that stays in its folder on every system, and whose last part is no hidden file (those are ours)."""
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts) or parts[-1].startswith("."):
        raise ValueError("must be a plain path inside the model")
    if not path.isprintable() or set(path) & set('\\:*?"<>|'):
        raise ValueError("holds a character that not every system allows in a file name")
    return path


def _free(name: str) -> str:
    if name.lower() in RESERVED:
        raise ValueError("is taken by something else in models/")
    return name


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model."""

    __pydantic_config__ = _STRICT

    path: Annotated[str, AfterValidator(_inside)]
    """Inside the repository, with slashes."""
    size: Annotated[int, Field(ge=0)] = 0
    """Bytes; 0 where unknown."""
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""
    """Empty where unknown."""

    @property
    def name(self) -> str:
        """The file name inside the model's folder."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model, as the manifest describes it."""

    __pydantic_config__ = _STRICT

    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_][a-zA-Z0-9._-]*$"), AfterValidator(_free)]
    """Also its folder in models/."""
    kind: Kind
    repo: Annotated[str, Field(pattern=r"^([\w.-]+/[\w.-]+)?$")] = ""
    """`owner/name` on the hub, or empty."""
    revision: Annotated[str, Field(min_length=1)] = "main"
    url: Annotated[str, Field(pattern="^(https?://.*)?$")] = ""
    """Base address of the files where they are in no repository of the hub, or empty."""
    files: tuple[ModelFile, ...]
    """The first is the one that a setting names."""
    licence: Annotated[str, Field(min_length=1)]
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    """ISO 639-1 codes, or `multi` where the model knows many."""
    memory_mb: Annotated[int, Field(ge=0)]
    """MiB on the device that runs it."""
    note: str = ""

    @property
    def setting(self) -> str:
        """What `stt.model`, `llm.model` or `tts.voices` say to use it: a folder for Whisper, else the first file."""
        return f"models/{self.name}" if self.kind == "stt" else f"models/{self.name}/{self.files[0].name}"

    @property
    def size(self) -> int:
        """Bytes of all files whose size is known."""
        return sum(file.size for file in self.files)


def _whole(model: Model) -> Model:
    """What no single key shows."""
    if not model.files:
        raise ValueError("names no files")
    if bool(model.repo) == bool(model.url):
        raise ValueError("needs either repo or url")
    if repeated := _repeated(file.name.lower() for file in model.files):
        raise ValueError(f"has two files called {', '.join(repeated)}, and all lie in one folder")
    return model


@dataclass(frozen=True, slots=True)
class Manifest:
    """All models that Parlor knows by name."""

    models: tuple[Model, ...]

    def find(self, name: str) -> Model:
        """The model called `name`. Raises `SetupError` that names near matches."""
        for model in self.models:
            if model.name == name:
                return model
        raise unknown(name, [model.name for model in self.models])

    def owner(self, setting: str) -> Model | None:
        """The model whose folder holds `setting` (`models/NAME` or a path below it)."""
        parts = PurePosixPath(setting).parts
        if len(parts) < 2 or parts[0] != "models" or ".." in parts:
            return None
        return next((model for model in self.models if model.name == parts[1]), None)


def unknown(name: str, known: Iterable[str]) -> SetupError:
    """The error for a `name` that is none of `known`."""
    near = get_close_matches(name, known)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    return SetupError(f"no model is called {name!r}", fix=f"{hint}`parlor models list` names them all.")


_MODELS = TypeAdapter(tuple[Annotated[Model, AfterValidator(_whole)], ...])


def parse(text: str, source: str) -> Manifest:
    """The manifest that `text` holds; `source` names it in errors. Raises `SetupError` with every fault."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SetupError(f"{source} is not TOML ({error})", fix=_FIX) from error
    raw = content.pop("model", [])
    faults = [f"{key}: is no part of a manifest" for key in content]
    names = [str(entry.get("name", "")) if isinstance(entry, dict) else "" for entry in _listed(raw)]
    faults += [f"{name}: is there twice" for name in _repeated(name.lower() for name in names if name)]
    try:
        models = _MODELS.validate_python(raw)
    except ValidationError as error:
        faults += [_fault(dict(fault), names) for fault in error.errors()]
        models = ()
    if faults:
        raise SetupError(f"{source} has faults:\n" + "\n".join(f"  - {fault}" for fault in faults), fix=_FIX)
    return Manifest(models)


_FIX = "Correct it, or take the one that came with Parlor: `git checkout models/manifest.toml`."


def _listed(raw: object) -> list[Any]:
    return raw if isinstance(raw, list) else []


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _fault(error: dict[str, Any], names: list[str]) -> str:
    """In words: the model's name, the key, what is wrong."""
    at, *keys = error["loc"] or [None]
    where = (names[at] or f"model {at + 1}") if isinstance(at, int) else "model"
    key = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in keys).lstrip(".")
    what = (
        "is not a key"
        if error["type"] == "unexpected_keyword_argument"
        else str(error["msg"]).removeprefix("Value error, ")
    )
    return f"{where}: {key} {what}" if key else f"{where}: {what}"
