"""`parlor bundle`: one archive that installs Parlor without a network."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from app.config import ENV_PREFIX, ROOT
from app.errors import SetupError
from app.settings import Config


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add `bundle` to `commands`."""
    about = "make one archive that installs Parlor, its packages and models on a machine without a network"
    parser = commands.add_parser("bundle", parents=[common], help=about)
    parser.add_argument("out", metavar="OUT", type=_target, help="the archive (.tar), or the folder for it")
    parser.add_argument(
        "--models", metavar="NAME", nargs="+", default=[], help="models beside those that --config names"
    )
    parser.add_argument(
        "--native", action="store_true", help="take llama.cpp as it is built here: quick, but for this processor only"
    )
    parser.add_argument(
        "--accel", choices=["cpu", "cuda"], help="where the models run (default: as it is installed here)"
    )


def run(config: Config, args: argparse.Namespace) -> int:
    """Make the archive; 0. Raises `SetupError` when it cannot be made."""
    from app.bundle.gather import installed
    from app.bundle.make import Order, make

    environment = (name for name in os.environ if name.startswith(ENV_PREFIX) and "__" in name)
    if lost := [*(f"--set {setting.partition('=')[0]}" for setting in args.set), *sorted(environment)]:
        raise SetupError(
            f"the other machine would not know of {', '.join(lost)}", fix="Write that into a file: --config FILE.toml"
        )
    if args.config and len(args.config) > 1:
        raise SetupError("an archive takes one --config", fix="Write what they say into one file.")
    here = installed()
    profile = _profile(args.config[-1]) if args.config else None
    native = args.native and not here["portable"]
    target = make(Order(args.out, args.accel or here["accel"], native, profile, args.models), config, _say)
    _say(f"{target}: {target.stat().st_size >> 20} MB. On the other machine: tar xf it, then sh install.sh in it.")
    return 0


def _profile(name: str) -> Path:
    """The file that --config names; in the archive it lies in config/."""
    default = ROOT / "config" / "default.toml"
    named = default.parent / f"{name}.toml"
    path = named if named.exists() else Path(name)
    if path.stem == default.stem and path.resolve() != default:
        raise SetupError(f"{path} would take the place of Parlor's own {default.name}", fix="Give it another name.")
    return path


def _target(text: str) -> Path:
    path = Path(text)
    if path.is_dir() or (path.suffix == ".tar" and path.parent.is_dir()):
        return path
    raise argparse.ArgumentTypeError(f"{text} is no folder, and no name that ends in .tar in a folder that is there")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
