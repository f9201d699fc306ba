"""`parlor bench`: the starter models against their bars, and the end of turns against fixed waits."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from app.bench.score import Figure
from app.settings import Config

PARTS = ("ears", "brain", "voice")
LANGUAGES = ("en", "tr")
SEED = 20
WIDER = 1.5
"""Other languages' bars are as wide."""


def add_parser(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds `bench`."""
    bench = commands.add_parser("bench", help="measure this installation")
    what = bench.add_subparsers(dest="what", required=True)
    help_text = "the starter models, on what their training never heard or read; needs espeak-ng and flite"
    starter = what.add_parser("starter", parents=[common], help=help_text, description=help_text)
    starter.add_argument("--language", default=LANGUAGES[0], choices=LANGUAGES)
    starter.add_argument("--part", choices=PARTS, action="append", help="only this one; may be repeated")
    starter.add_argument("--models", type=Path, metavar="DIR", help="other models than those in models/starter")
    starter.add_argument("--count", type=_positive, default=300, help="utterances in a set of the ears' (300)")
    starter.add_argument("--dialogues", type=_positive, default=500, help="dialogues with the brain (500)")
    starter.add_argument("--people", type=Path, metavar="DIR", help="recordings of people too, listed in refs.tsv")
    starter.add_argument("--json", action="store_true", help="one JSON object a figure")
    help_text = "when a turn ends, beside fixed waits, on synthetic callers who think; needs espeak-ng and flite"
    endpoint = what.add_parser("endpoint", parents=[common], help=help_text, description=help_text)
    endpoint.add_argument("--language", choices=LANGUAGES, help="of all callers; else three of four speak English")
    endpoint.add_argument("--count", type=_positive, default=200, help="calls of each of the two sets (200)")
    endpoint.add_argument("--json", action="store_true", help="everything that was measured, as one JSON object")
    endpoint.add_argument("--out", type=Path, metavar="DIR", help="write endpoint.json and the curves, endpoint.svg")


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met."""
    return _endpoint(config, args) if args.what == "endpoint" else _starter(config, args)


def _starter(config: Config, args: argparse.Namespace) -> int:
    met = True
    for figure in _figures(config, args):
        met = met and figure.met
        _say(json.dumps(asdict(figure)) if args.json else row(figure))
    return 0 if met else 1


def _endpoint(config: Config, args: argparse.Namespace) -> int:
    # Synthesisers and the detector take a second to import, and `--help` must not.
    from app.bench.calls.corpus import SHARES
    from app.bench.endpoint import chart, table
    from app.bench.endpoint.figures import bench
    from app.bench.endpoint.report import figures_of

    shares = {args.language: 1.0} if args.language else SHARES
    report = bench(config, SEED, args.count, shares).report()
    found = list(figures_of(report))
    everything = json.dumps({"figures": [asdict(figure) for figure in found], **asdict(report)})
    for line in [everything] if args.json else chain(table.lines(report), ("",), (row(each) for each in found[:2])):
        _say(line)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "endpoint.json").write_text(everything, "utf-8")
        (args.out / "endpoint.svg").write_text(chart.svg(report), "utf-8")
    return 0 if all(figure.met for figure in found) else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def row(figure: Figure) -> str:
    """A line of the table."""
    sign = "at least" if figure.least else "at most"
    bar = f"{sign} {figure.bar:g}: {'met' if figure.met else 'MISSED'}" if figure.bar is not None else ""
    return f"{figure.name:38} {figure.value:8.2f} {figure.unit} (of {figure.of}) {bar}".rstrip()


def _positive(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return count


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
