"""`parlor bench stt|llm|tts|e2e|parallel|upkeep|all`: each alone, conversations, many at once; table, JSON, page."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from app.bench.commands import endpoint
from app.bench.commands.reports import hand_out
from app.bench.commands.shown import LANGUAGES, SEED, not_negative, positive, ready
from app.settings import Config

ALL = "all"
STAGES = {
    "stt": "the recogniser: final passes, drafts and windows of live text, by length of speech",
    "llm": "the language model: first token and tokens a second, by length of the prompt",
    "tts": "the voice: first audio and real-time factor, by length of the text",
    "e2e": "whole conversations over the real socket at real-time pace, drafting strategies against each other",
    "parallel": "conversations with several callers at once",
    "upkeep": "what a call costs beside the engines: a session, a metric, the end of a reply that is interrupted",
    ALL: "all of these, and the end of turns",
}
SPOKEN = ("stt", "e2e", "parallel", ALL)
"""Those that need speech."""
DRAFTS = ("off", "stt", "llm", "full", "auto")
TYPES = ("auto", "int8", "int8_float32", "int8_float16", "int8_bfloat16", "int16", "float16", "bfloat16", "float32")
"""CTranslate2's."""
_FIRST = "begin with this turn of the set: long measurements are taken in parts, and `page` joins them"
_SPEECH = "WAV files to speak, a turn in each; without it the callers are synthetic, which needs espeak-ng and flite"


def add_parser(what: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds a command for each of `STAGES`."""
    for name, help_text in STAGES.items():
        stage = what.add_parser(name, parents=[common], help=help_text, description=help_text)
        counted = "turns" if name in ("e2e", "parallel") else "repeats" if name != ALL else "repeats and turns"
        stage.add_argument("--count", type=positive, default=20, help=f"{counted} (20)")
        stage.add_argument("--json", action="store_true", help="everything that was measured, as one JSON object")
        stage.add_argument("--out", type=Path, metavar="DIR", help=f"write {name}.json and a page, {name}.html")
        if name in ("e2e", "parallel"):
            stage.add_argument("--first", type=not_negative, default=0, metavar="N", help=_FIRST)
        if name in SPOKEN:
            stage.add_argument("--speech", type=Path, metavar="DIR", help=_SPEECH)
            stage.add_argument("--language", default=LANGUAGES[0], choices=LANGUAGES, help="of synthetic callers")
        _add_choices(stage, name)


def _add_choices(stage: argparse.ArgumentParser, name: str) -> None:
    if name in ("stt", ALL):
        stage.add_argument("--model", metavar="DIR", action="append", default=[], help="this recogniser; repeatable")
        help_text = "with this type of numbers; repeatable"
        stage.add_argument("--compute-type", choices=TYPES, action="append", default=[], help=help_text)
    if name in ("e2e", ALL):
        stage.add_argument("--draft", choices=DRAFTS, action="append", help="only this strategy; repeatable")
    if name in ("parallel", ALL):
        help_text = "so many callers; repeatable (1, 2, 4 and 8, where there are places)"
        stage.add_argument("--sessions", type=positive, action="append", help=help_text)
    if name == ALL:
        help_text = f"calls of each of the endpoint's sets ({endpoint.CALLS})"
        stage.add_argument("--calls", type=positive, default=endpoint.CALLS, help=help_text)


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met."""
    # Engines and synthesisers take a second to import, and `--help` must not.
    from app.bench.stages.plan import Plan, measured

    if args.out:
        ready(args.out)
    report = measured(Plan.of(config, args, SEED), _progress)
    if args.what == ALL:
        _progress("the end of turns")
        curves = endpoint.measured(config, None, args.calls)
        report = report.with_curves(curves.figures, curves.svg)
    return hand_out(report, args, args.what)


def _progress(line: str) -> None:
    """Where a person watches: a long run is not a hung one."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
