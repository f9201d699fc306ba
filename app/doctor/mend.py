"""Runs the commands that mend something without root and without harm."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from typing import TextIO

from app.config import ROOT


def mend(commands: Sequence[str], say: Callable[[str], None], out: TextIO) -> None:
    """Run each in Parlor's folder, having said it; what it prints goes to `out`. One that fails does not stop the rest:
    its fault will be found again."""
    if not commands:
        say("Nothing was found that could be mended from here.")
    for command in commands:
        say(f"$ {command}")
        # A shell, because a mend may have two steps; all of it was written by us, with names from the manifest.
        done = subprocess.run(command, shell=True, cwd=ROOT, stdout=out, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            say(f"  failed (exit code {done.returncode})")
