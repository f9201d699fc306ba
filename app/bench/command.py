"""`parlor bench`: measures this installation; a word says what of it."""

from __future__ import annotations

import argparse
from typing import Any

from app.bench.commands import echo, endpoint, page, stages, starter
from app.bench.interrupt import command as interrupt
from app.bench.simulate import command as simulate
from app.settings import Config

COMMANDS = {
    "starter": starter,
    "endpoint": endpoint,
    "interrupt": interrupt,
    "echo": echo,
    "simulate": simulate,
    "page": page,
    **dict.fromkeys(stages.STAGES, stages),
}
"""Modules with `add_parser` and `run`; one may serve several words."""


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds `bench`."""
    bench = commands.add_parser("bench", help="measure this installation")
    what = bench.add_subparsers(dest="what", required=True)
    for module in dict.fromkeys(COMMANDS.values()):
        module.add_parser(what, common)


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met."""
    done: int = COMMANDS[args.what].run(config, args)
    return done
