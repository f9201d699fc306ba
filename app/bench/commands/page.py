"""`parlor bench page`: what was measured in several runs, as one table and one page."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from app.bench.commands.reports import hand_out
from app.bench.commands.shown import ready
from app.errors import SetupError
from app.settings import Config


def add_parser(what: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse names no type for it
    """Adds `page`."""
    help_text = "join what e2e, parallel and the others wrote with --out, on one machine, to one table and one page"
    page = what.add_parser("page", parents=[common], help=help_text, description=help_text)
    page.add_argument("file", nargs="+", type=Path, help="JSON of a run")
    page.add_argument("--out", type=Path, metavar="DIR", help="write joined.json and a page, joined.html")
    page.add_argument("--json", action="store_true", help="everything, as one JSON object")


def run(config: Config, args: argparse.Namespace) -> int:
    """0 when every bar is met."""
    from app.bench.stages.report import Report, joined

    if args.out:
        ready(args.out)
    reports = list[Report]()
    for path in args.file:
        try:
            reports.append(Report.of_dict(json.loads(path.read_text("utf-8"))))
        except (OSError, ValueError, KeyError, TypeError) as error:
            fix = "Name files that `parlor bench e2e --out DIR` and the like wrote."
            raise SetupError(f"{path} holds no measurement: {error}", fix=fix) from error
    return hand_out(joined(reports), args, "joined")
