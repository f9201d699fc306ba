"""`parlor models list|download|verify|remove`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from app import config as settings
from app.errors import SetupError
from app.settings import Config

if TYPE_CHECKING:
    from app.hub.manifest import Manifest, Model
    from app.hub.store import Store

MAX_LISTED = 3
"""More languages than that are counted."""
Commands = argparse._SubParsersAction  # noqa: SLF001  argparse has no public name for what add_subparsers returns

_NETWORK = """Names are models, or configurations in config/: one stands for every model that its settings name. Without
a name, what --config and --set name.

A download that breaks off goes on where it stopped when you run it again. Every file is checked against
models/manifest.toml, the hub's own hash and models/lock.json before it is put in place.

environment: HTTPS_PROXY, HTTP_PROXY and NO_PROXY name proxies, SSL_CERT_FILE a company's certificate, HF_ENDPOINT
another hub, HF_TOKEN your token for models that ask for one, HF_HUB_DOWNLOAD_TIMEOUT the seconds without a byte after
which a connection is given up (10)."""


def add_parser(commands: Commands[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add `models` and its four commands."""
    models = commands.add_parser("models", help="list, download, verify or remove models")
    actions = models.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", parents=[common], help="every model in models/manifest.toml")
    listing.add_argument("--json", action="store_true", help="one JSON array")
    download = actions.add_parser(
        "download",
        parents=[common],
        help="fetch models, or all models of a configuration",
        epilog=_NETWORK,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    download.add_argument("names", metavar="NAME", nargs="*", help="a model or a configuration")
    source = download.add_mutually_exclusive_group()
    source.add_argument("--hub", metavar="URL", type=_address, help="another hub that speaks Hugging Face's API")
    source.add_argument(
        "--from", metavar="FOLDER", type=Path, dest="folder", help="a folder or USB stick with the files"
    )
    download.add_argument("--yes", action="store_true", help="do not ask; on a terminal it asks before it fetches")
    verify = actions.add_parser("verify", parents=[common], help="hash every installed file; exit code 1 with faults")
    verify.add_argument("names", metavar="NAME", nargs="*", help="models or configurations; all installed without")
    remove = actions.add_parser("remove", parents=[common], help="delete models")
    remove.add_argument("names", metavar="NAME", nargs="+", help="a model or a configuration")


def run(config: Config, args: argparse.Namespace) -> int:
    """Do what `args` say; the exit code. Raises `ParlorError`."""
    from app.hub.store import Store

    os.umask(0o022)  # what root downloads is read by the service's user
    store = Store()
    manifest = store.manifest()
    if args.action == "list":
        return _list(store, manifest, as_json=args.json)
    models = _named(args.names, manifest) if args.names else None
    if args.action == "download":
        return _download(store, _of(config, manifest) if models is None else models, args)
    if args.action == "verify":
        return _verify(store, manifest.models if models is None else models, named=models is not None)
    return _remove(store, models or ())


def _list(store: Store, manifest: Manifest, *, as_json: bool) -> int:
    from app.hub.plan import amount

    users = {profile: _profile(profile, manifest) for profile in _profiles()}
    rows: list[dict[str, Any]] = [
        {
            "name": model.name,
            "kind": model.kind,
            "languages": list(model.languages),
            "size_bytes": model.size,
            "memory_mb": model.memory_mb,
            "licence": model.licence,
            "state": store.state(model).value,
            "profiles": [profile for profile, models in users.items() if model in models],
            "setting": model.setting,
            "note": model.note,
        }
        for model in manifest.models
    ]
    if as_json:
        _say(json.dumps(rows, indent=1))
        return 0
    keys = ("name", "kind", "languages", "size", "memory", "licence", "state", "profiles")
    table = [tuple(key.upper() for key in keys)]
    for model, row in zip(manifest.models, rows, strict=True):
        languages = model.languages if len(model.languages) <= MAX_LISTED else (f"{len(model.languages)} languages",)
        row |= {"languages": languages, "size": amount(model.size), "memory": f"{model.memory_mb} MiB"}
        table.append(tuple(row[key] if isinstance(row[key], str) else " ".join(row[key]) for key in keys))
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        _say("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    return 0


def _download(store: Store, models: Sequence[Model], args: argparse.Namespace) -> int:
    from app.hub.download import Download
    from app.hub.folder import Folder
    from app.hub.remote import Remote

    if not models:
        _say("Nothing to download: the configuration names no model of models/manifest.toml.")
        return 0
    download = Download(store, Folder(args.folder) if args.folder else Remote(args.hub), _say)
    coming = download.plan(models)
    if coming and not args.yes and sys.stdin.isatty() and not _agreed():
        _say("Nothing was fetched.")
        return 1
    for model in models:
        download.install(model)
    return 0


def _verify(store: Store, models: Sequence[Model], *, named: bool) -> int:
    from app.hub.store import State

    missing = {model for model in models if store.state(model) is State.MISSING}
    faulty = []
    for model in models if named else [model for model in models if model not in missing]:
        faults = ("is not installed",) if model in missing else store.verify(model)
        for fault in faults or ("ok",):
            _say(f"{model.name}: {fault}")
        if faults:
            faulty.append(model.name)
    if not named and len(missing) == len(models):
        _say("Nothing is installed but the starter models.")
    if faulty:
        _say(f"To mend: parlor models download {' '.join(faulty)}", sys.stderr)
    return 1 if faulty else 0


def _remove(store: Store, models: Sequence[Model]) -> int:
    from filelock import Timeout

    from app.hub.faults import writing
    from app.hub.plan import amount

    for model in models:
        try:
            with writing(store.root), store.guard(model).acquire(blocking=False):
                freed = store.remove(model)
        except Timeout as error:
            raise SetupError(f"{model.name} is being downloaded", fix="Wait for that, or stop it.") from error
        _say(f"{model.name}: {amount(freed)} freed" if freed else f"{model.name}: was not here")
    return 0


def _named(names: Sequence[str], manifest: Manifest) -> tuple[Model, ...]:
    """Each model that `names` stand for, once; a model goes before a profile of the same name."""
    from app.hub.manifest import unknown

    known = {model.name: (model,) for model in manifest.models}
    profiles = _profiles()
    found: dict[Model, None] = {}
    for name in names:
        if name not in known and name not in profiles:
            raise unknown(name, [*known, *profiles])
        models = known.get(name) or _profile(name, manifest)
        if not models:
            raise SetupError(
                f"the profile {name} names no model of models/manifest.toml", fix=f"See config/{name}.toml"
            )
        found.update(dict.fromkeys(models))
    return tuple(found)


def _profiles() -> list[str]:
    return sorted(path.stem for path in (settings.ROOT / "config").glob("*.toml"))


def _profile(name: str, manifest: Manifest) -> tuple[Model, ...]:
    return _of(settings.load(name, {}, []), manifest)


def _of(config: Config, manifest: Manifest) -> tuple[Model, ...]:
    from app.hub.wanted import wanted

    return wanted(config, manifest)


def _agreed() -> bool:
    _say("Go on? [Y/n]")
    answer = sys.stdin.readline()
    return bool(answer) and answer.strip().lower() in ("", "y", "yes")


def _address(text: str) -> str:
    """A hub's address; anything else is wrong usage."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # of a port that is no number
        right = False
    if not right:
        raise argparse.ArgumentTypeError("write an address like https://hub.example.org")
    return text.rstrip("/")


def _say(text: str, to: TextIO | None = None) -> None:
    print(text, file=to or sys.stdout, flush=True)
