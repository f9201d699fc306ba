"""`parlor bench starter`: the starter models against their bars."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from app.bench.commands.shown import LANGUAGES, SEED, positive, row, say
from app.bench.score import Figure
from app.settings import Config

PARTS = ("ears", "brain", "voice")
WIDER = 1.5
"""Other languages' bars are as wide."""


def add_parser(what: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds `starter`."""
    help_text = "the starter models, on what their training never heard or read; needs espeak-ng and flite"
    starter = what.add_parser("starter", parents=[common], help=help_text, description=help_text)
    starter.add_argument("--language", default=LANGUAGES[0], choices=LANGUAGES)
    starter.add_argument("--part", choices=PARTS, action="append", help="only this one; may be repeated")
    starter.add_argument("--models", type=Path, metavar="DIR", help="other models than those in models/starter")
    starter.add_argument("--count", type=positive, default=300, help="utterances in a set of the ears' (300)")
    starter.add_argument("--dialogues", type=positive, default=500, help="dialogues with the brain (500)")
    starter.add_argument("--people", type=Path, metavar="DIR", help="recordings of people too, listed in refs.tsv")
    starter.add_argument("--json", action="store_true", help="one JSON object a figure")


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met."""
    met = True
    for figure in _figures(config, args):
        met = met and figure.met
        say(json.dumps(asdict(figure)) if args.json else row(figure))
    return 0 if met else 1


def _figures(config: Config, args: argparse.Namespace) -> Iterator[Figure]:
    # Engines take a second to import, and `--help` must not.
    from app.bench.starter import parts

    folder = args.models or parts.folder(args.language)
    starter = parts.Starter(folder, args.language, SEED, 1.0 if args.language == LANGUAGES[0] else WIDER)
    asked = {
        "ears": lambda: starter.ears(config.stt, args.count),
        "brain": lambda: starter.brain(args.dialogues),
        "voice": starter.voice,
    }
    people = starter.people(args.people) if args.people else iter(())
    return chain(*(asked[part]() for part in PARTS if part in (args.part or PARTS)), people)
