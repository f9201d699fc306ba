"""Hands a report out: as a table or JSON to the terminal, as JSON and a page to a folder."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from app.bench.commands.shown import row, say, write

if TYPE_CHECKING:
    from app.bench.stages.report import Report


def hand_out(report: Report, args: argparse.Namespace, name: str) -> int:
    """As `args.json` and `args.out` say, the files called `name`; 0 when every bar is met. Raises `SetupError`."""
    # The page and what it shows take a while to import, and `--help` must not.
    from app.bench.page.drawing import drawing
    from app.bench.page.page import html
    from app.bench.stages import table

    everything = json.dumps(report.as_dict(), ensure_ascii=False)
    for line in [everything] if args.json else [*table.lines(report), "", *map(row, report.figures)]:
        say(line)
    if args.out:
        files = {f"{name}.json": everything, f"{name}.html": html(report), f"{name}.svg": drawing(report.turns)}
        write(args.out, {file: text for file, text in files.items() if text})
    return 0 if all(figure.met for figure in report.figures) else 1
