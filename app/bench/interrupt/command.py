"""`parlor bench interrupt`: our echo, interruptions and backchannels against their bars."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.bench.commands.shown import LANGUAGES, SEED, positive, row, say

if TYPE_CHECKING:
    from app.bench.interrupt.score import Outcome
    from app.settings import Config


CUTS = 2
"""For each reply."""


def add_parser(what: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds `interrupt`."""
    help_text = "our own echo, callers who interrupt it and callers who only nod; needs espeak-ng and flite"
    parser = what.add_parser("interrupt", parents=[common], help=help_text, description=help_text)
    parser.add_argument("--count", type=positive, default=100, help="replies alone, and as many interrupted (100)")
    parser.add_argument("--language", default=LANGUAGES[0], choices=LANGUAGES, help="of all callers (en)")
    parser.add_argument("--terminal", action="store_true", help="through `parlor talk`'s echo cancellation (livekit)")
    parser.add_argument("--misses", action="store_true", help="name every scene that went wrong")
    parser.add_argument("--json", action="store_true", help="everything that was measured, as one JSON object")


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met."""
    # Engines take a second to import, and `--help` must not.
    from app.bench.calls.corpus import Corpus
    from app.bench.interrupt.figures import bench, heard_of_cuts
    from app.bench.interrupt.score import figures

    corpus = Corpus(SEED, {args.language: 1.0})
    outcomes = bench(config, corpus, args.count, SEED, terminal=args.terminal)
    found = [figure for ears, each in outcomes.items() for figure in figures(ears, each)]
    found += heard_of_cuts(config, corpus, CUTS * args.count, SEED)
    if args.json:
        scenes = {ears: [asdict(one) for one in each] for ears, each in outcomes.items()}
        lines = [json.dumps({"figures": [asdict(each) for each in found], "scenes": scenes})]
    else:
        lines = [*map(row, found), *(_misses(outcomes.items()) if args.misses else ())]
    for line in lines:
        say(line)
    return 0 if all(figure.met for figure in found) else 1


def _misses(outcomes: Iterable[tuple[str, list[Outcome]]]) -> Iterator[str]:
    for ears, each in outcomes:
        for one in each:
            if one.wrong:
                yield f"{ears}: {one.kind}, {one.name}: {json.dumps(asdict(one))}"
