"""`parlor doctor`: looks at the machine and at what is installed, says what is wrong, and mends what it may."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TextIO

from app.config import ROOT
from app.doctor.finding import Section, Status, document, from_bundle, in_place, mends, worst
from app.doctor.report import section_lines, summary
from app.settings import Config


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Add `doctor` to `commands`."""
    about = "say what this machine can do, what is wrong, and what mends it"
    parser = commands.add_parser("doctor", parents=[common], help=about)
    parser.add_argument("--fix", action="store_true", help="run those mends that need no root, then look again")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    parser.add_argument("--no-self-test", action="store_true", help="do not load the engines and try them")


def run(config: Config, args: argparse.Namespace) -> int:
    """Examine; 0 when there is no error, else 1."""
    if args.fix:
        from app.doctor.mend import mend

        out = sys.stderr if args.json else sys.stdout
        mend(mends(_sections(config, self_test=False)), lambda text: _say(text, out), out)
    found = []
    colour = _is_coloured(sys.stdout)
    for section in _sections(config, self_test=not args.no_self_test):
        found.append(section)
        if not args.json:
            _say("\n".join(section_lines(section, colour=colour)))
    if args.json:
        _say(json.dumps(document(found), indent=1, ensure_ascii=False))
    else:
        _say(f"\n{summary(found, colour=colour)}{_where()}")
    return 1 if worst(found) is Status.ERROR else 0


def _sections(config: Config, *, self_test: bool) -> Iterator[Section]:
    """As examined, with commands that can be pasted in Parlor's folder and help there."""
    from app.doctor.examination import Examination
    from app.doctor.machine import is_bundle

    bundle = is_bundle()
    tools = Path(sys.executable).parent
    folder = str(tools.relative_to(ROOT) if tools.is_relative_to(ROOT) else tools)
    for section in Examination(config, ROOT / "models").sections(self_test=self_test):
        told = from_bundle(section) if bundle else section
        findings = (replace(finding, command=in_place(finding.command, folder)) for finding in told.findings)
        yield Section(section.group, tuple(findings))


def _where() -> str:
    return "" if Path.cwd() == ROOT else f" (the commands are meant for Parlor's folder: cd {quote(str(ROOT))})"


def _is_coloured(out: TextIO) -> bool:
    """See https://no-color.org."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _say(text: str, out: TextIO | None = None) -> None:
    print(text, file=out or sys.stdout, flush=True)
