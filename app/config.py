"""The configuration, read from TOML files, the environment and the command line.

Every fault of every layer is reported at once, each with the place it came from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from app.errors import SetupError
from app.settings import Config

ROOT = Path(__file__).resolve().parent.parent
"""Relative paths in the configuration start here."""
ENV_PREFIX = "PARLOR_"

Layer = tuple[str, dict[str, Any]]
"""Where a set of values came from, and the values."""


def load(config: str | Sequence[str] | None, env: Mapping[str, str], overrides: Iterable[str]) -> Config:
    """The configuration of all layers: defaults, `config` (files, or names in config/), `env`, `overrides`.

    Raises `SetupError` that lists every fault.
    """
    faults: list[str] = []
    layers = [_file(ROOT / "config" / "default.toml", faults)]
    for each in [config] if isinstance(config, str) else config or ():
        named = ROOT / "config" / f"{each}.toml"
        layers.append(_file(named if named.exists() else Path(each), faults))
    faults += [fault for name in sorted(env) if (fault := _misspelt(name))]
    layers += [_setting(f"environment {k}", *_env_key(k), v, faults) for k, v in sorted(env.items()) if _is_ours(k)]
    for override in overrides:
        key, separator, value = override.partition("=")
        if not separator:
            faults.append(f"--set {override}: write --set section.key=value")
            continue
        layers.append(_setting(f"--set {key}", key, key.split("."), value, faults))
    merged: dict[str, Any] = {}
    origin: dict[tuple[str, ...], str] = {}
    for source, values in layers:
        _merge(merged, values, origin, source, ())
    result: Config | None = None
    try:
        result = Config.model_validate(merged)
    except ValidationError as error:
        faults += [_fault(dict(e), origin) for e in error.errors()]
    if result and result.session.profile not in result.profile:
        faults.append(_no_profile(result, origin))
    if faults or result is None:
        raise SetupError("the configuration has faults:\n" + "\n".join(f"  - {f}" for f in faults))
    return result


def _file(path: Path, faults: list[str]) -> Layer:
    try:
        return str(path), tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        names = ", ".join(sorted(each.stem for each in (ROOT / "config").glob("*.toml")))
        named = isinstance(error, FileNotFoundError) and not path.suffix
        faults.append(f"{path}: cannot be read ({error.strerror})" + (f"; names are {names}" if named else ""))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path}: is not TOML ({error})")
    return str(path), {}


def _is_ours(name: str) -> bool:
    return name.startswith(ENV_PREFIX) and "__" in name


def _misspelt(name: str) -> str | None:
    """What to write instead of a variable that is surely meant for us: PARLOR_SERVER_PORT."""
    section, _, key = name.removeprefix(ENV_PREFIX).lower().partition("_")
    if not name.startswith(ENV_PREFIX) or _is_ours(name) or section not in Config.model_fields or not key:
        return None
    return f"environment {name}: write {ENV_PREFIX}{section.upper()}__{key.upper()}"


def _env_key(name: str) -> tuple[str, list[str]]:
    return name, name.removeprefix(ENV_PREFIX).lower().split("__")


def _setting(source: str, name: str, path: list[str], text: str, faults: list[str]) -> Layer:
    """One value from a flag or variable: a TOML list, table or quoted string, else bare text as the key wants it."""
    value: Any = text
    if text[:1] in ("[", "{", '"', "'"):
        try:
            value = tomllib.loads(f"v = {text}")["v"]
        except tomllib.TOMLDecodeError as error:
            faults.append(f"{source}: {text} is not TOML ({error})")
    if len(path) < 2 or not all(path):
        faults.append(f"{source}: {name} names no setting; write section.key")
        return source, {}
    if value == {}:
        faults.append(f"{source}: an empty table changes nothing; empty what is in it, as in {name}.en=[]")
    for key in reversed(path):
        value = {key: value}
    return source, value


def _merge(
    into: dict[str, Any], values: dict[str, Any], origin: dict[tuple[str, ...], str], source: str, at: tuple[str, ...]
) -> None:
    for key, value in values.items():
        here = (*at, key)
        if isinstance(value, dict) and isinstance(into.get(key, {}), dict):
            origin.setdefault(here, source)
            _merge(into.setdefault(key, {}), value, origin, source, here)
        else:
            into[key] = value
            origin[here] = source


def _no_profile(config: Config, origin: Mapping[tuple[str, ...], str]) -> str:
    known, source = ", ".join(sorted(config.profile)), origin["session", "profile"]
    return f"session.profile: there is no [profile.{config.session.profile}]; use one of {known} [{source}]"


_WHAT = {"extra_forbidden": "is not a setting", "tuple_type": 'write a list: ["first", "second"]'}


def _fault(error: dict[str, Any], origin: dict[tuple[str, ...], str]) -> str:
    place = tuple(str(p) for p in error["loc"])
    known = (place[:length] for length in range(len(place), 0, -1))
    source = next((origin[key] for key in known if key in origin), "")
    what = _WHAT.get(error["type"], str(error["msg"]))
    given = "" if error["type"] in {"extra_forbidden", "missing"} else f" (got {error['input']!r})"
    return f"{'.'.join(place)}: {what}{given}" + (f" [{source}]" if source else "")
