"""`parlor bench endpoint`: the end of turns against fixed waits."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from app.bench.commands.shown import LANGUAGES, SEED, positive, ready, row, say, write
from app.bench.score import Figure
from app.settings import Config

CALLS = 200
"""Of each of the two sets."""


@dataclass(frozen=True, slots=True)
class Curves:
    """What was measured, in all its forms."""

    figures: tuple[Figure, ...]
    json: str
    svg: str
    table: tuple[str, ...]


def add_parser(what: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds `endpoint`."""
    help_text = "when a turn ends, beside fixed waits, on synthetic callers who think; needs espeak-ng and flite"
    endpoint = what.add_parser("endpoint", parents=[common], help=help_text, description=help_text)
    endpoint.add_argument("--language", choices=LANGUAGES, help="of all callers; else three of four speak English")
    endpoint.add_argument("--count", type=positive, default=CALLS, help=f"calls of each of the two sets ({CALLS})")
    endpoint.add_argument("--json", action="store_true", help="everything that was measured, as one JSON object")
    endpoint.add_argument("--out", type=Path, metavar="DIR", help="write endpoint.json and the curves, endpoint.svg")


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met."""
    if args.out:
        ready(args.out)
    found = measured(config, args.language, args.count)
    for line in [found.json] if args.json else chain(found.table, ("",), (row(each) for each in found.figures[:2])):
        say(line)
    if args.out:
        write(args.out, {"endpoint.json": found.json, "endpoint.svg": found.svg})
    return 0 if all(figure.met for figure in found.figures) else 1


def measured(config: Config, language: str | None, count: int) -> Curves:
    """`count` calls of each set. Raises `SetupError`, `EngineError`."""
    # Synthesisers and the detector take a second to import, and `--help` must not.
    from app.bench.calls.corpus import SHARES
    from app.bench.endpoint import chart, table
    from app.bench.endpoint.figures import bench
    from app.bench.endpoint.report import figures_of

    report = bench(config, SEED, count, {language: 1.0} if language else SHARES).report()
    figures = tuple(figures_of(report))
    everything = json.dumps({"figures": [asdict(figure) for figure in figures], **asdict(report)})
    return Curves(figures, everything, chart.svg(report), tuple(table.lines(report)))
