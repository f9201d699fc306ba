"""The doctor's findings as text: aligned, in groups, for a terminal of 100 columns. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from app.doctor.finding import Finding, Section, Status

WIDTH = 100
_STATUS_WIDTH = max(len(s) for s in Status)
_NAME_WIDTH = 17
_INDENT = " " * (2 + _STATUS_WIDTH + 2 + _NAME_WIDTH + 1)
_COLOURS = {Status.OK: "32", Status.WARNING: "33", Status.ERROR: "1;31"}


def section_lines(section: Section, *, colour: bool) -> Iterator[str]:
    """The lines of one group, its name first. Commands are never wrapped: they are to be pasted."""
    yield ""
    yield _painted(section.group, "1", colour=colour)
    for finding in section.findings:
        yield from _finding_lines(finding, colour=colour)


def summary(sections: Iterable[Section], *, colour: bool) -> str:
    """The last line: how many of each."""
    found = [f.status for s in sections for f in s.findings]
    return ", ".join(
        _painted(
            f"{found.count(s)} {s if s is Status.OK or found.count(s) == 1 else s + 's'}", _COLOURS[s], colour=colour
        )
        for s in Status
    )


def _finding_lines(finding: Finding, *, colour: bool) -> Iterator[str]:
    status = _painted(f"{finding.status:{_STATUS_WIDTH}}", _COLOURS[finding.status], colour=colour)
    detail = _wrapped(finding.detail) or [""]
    yield f"  {status}  {finding.name:{_NAME_WIDTH}} {detail[0]}".rstrip()
    for line in (*detail[1:], *_wrapped(finding.fix)):
        yield _INDENT + line
    if finding.command:
        yield f"{_INDENT}$ {finding.command}"


def _wrapped(text: str) -> list[str]:
    """Lines that are set in are commands, and left alone."""
    width = WIDTH - len(_INDENT)
    return [
        line
        for part in text.splitlines()
        for line in ([part] if part.startswith("  ") else textwrap.wrap(part, width, break_on_hyphens=False))
    ]


def _painted(text: str, code: str, *, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text
