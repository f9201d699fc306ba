"""`parlor bench echo`: the terminal caller's echo cancellation in simulated rooms."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict
from typing import Any

from app.bench.commands.shown import SEED, positive, row, say
from app.settings import Config

REPLIES = 12
"""In each of nine rooms: some hundred in all, half a minute of one core."""


def add_parser(what: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds `echo`."""
    help_text = (
        "what echo cancellation leaves of our voice, and of a caller over it; needs livekit, espeak-ng and flite"
    )
    echo = what.add_parser("echo", parents=[common], help=help_text, description=help_text)
    echo.add_argument("--count", type=positive, default=REPLIES, help=f"replies in each room ({REPLIES})")
    echo.add_argument("--json", action="store_true", help="one JSON object a figure")


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met."""
    from app.bench.echo import figures, measure  # engines take a second to import, and `--help` must not

    found = list(figures(asyncio.run(measure(config, SEED, args.count))))
    for figure in found:
        say(json.dumps(asdict(figure)) if args.json else row(figure))
    return 0 if all(figure.met for figure in found) else 1
