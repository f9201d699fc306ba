"""Runs parts of the doctor in processes of their own: what a library does to its process must not end the doctor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.config import ROOT
from app.doctor.rules.libraries import signal_name

_PYTHON = (sys.executable, "-X", "faulthandler", "-m", "app.doctor.probe")
_NOISE_CHARS = 20_000
"""Of what it wrote to its standard error: libraries talk a lot, and a crash stands at the end."""
Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process told before it ended."""

    answers: dict[str, Answer]
    """By name."""
    at: str
    """What it had begun and not answered when it ended; empty if nothing."""
    fault: str
    """How it ended, if not well, in words."""
    signal: int
    """That ended it; 0 if none did."""
    errors: str
    """The end of its standard error."""


def run(what: str, names: Sequence[str], limit_s: float, given: str = "") -> Outcome:
    """`python -m app.doctor.probe WHAT NAMES` for `limit_s` at most, with `given` on its standard input."""
    try:
        done = subprocess.run(
            [*_PYTHON, what, *names], input=given.encode(), capture_output=True, timeout=limit_s, cwd=ROOT, check=False
        )
    except subprocess.TimeoutExpired as late:
        return _outcome(late.stdout, late.stderr, f"does not come back within {limit_s:g} s", 0)
    signal = max(0, -done.returncode)
    if signal:
        return _outcome(done.stdout, done.stderr, f"ends its process with {signal_name(signal)}", signal)
    last = (_text(done.stderr).strip().splitlines() or ["no word"])[-1]
    return _outcome(done.stdout, done.stderr, f"ends with {last}" if done.returncode else "", 0)


def ask(what: str, names: Sequence[str], limit_s: float) -> dict[str, Answer]:
    """An answer for each of `names`. Where a process ends before its time, that is the answer for what it was at
    (`fault`, `signal`), and another one goes on with the rest."""
    answers: dict[str, Answer] = {}
    while left := [name for name in names if name not in answers]:
        outcome = run(what, left, limit_s)
        answers |= outcome.answers
        if silent := [name for name in left if name not in answers]:
            answers[outcome.at or silent[0]] = {"fault": outcome.fault, "signal": outcome.signal}
    return answers


def _outcome(output: bytes | None, errors: bytes | None, fault: str, signal: int) -> Outcome:
    answers: dict[str, Answer] = {}
    at = ""
    for line in (output or b"").splitlines(keepends=True):
        if not line.endswith(b"\n"):
            break  # it died while it wrote
        told = json.loads(line)
        at = told.get("begin", "")
        if not at:
            answers[told.pop("name")] = told
    return Outcome(answers, at, fault, signal, _text(errors))


def _text(output: bytes | None) -> str:
    return (output or b"").decode(errors="replace")[-_NOISE_CHARS:]
