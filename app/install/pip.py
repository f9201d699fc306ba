"""Runs this environment's pip, under our constraints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from shlex import quote

from app.errors import SetupError
from app.install.llama import PROJECT

ROOT = Path(__file__).resolve().parents[2]
CONSTRAINTS = ROOT / "constraints.txt"
INSTALL = ("install", "--quiet", "--no-compile")
"""Most of what is installed is never imported (torch, for one), and compiling all of it takes half a minute."""
LAST_LINES = 30
"""Of a failed command's output."""


def pip(*arguments: str, env: Mapping[str, str] | None = None) -> None:
    """`pip ARGUMENTS` under our constraints. Raises `SetupError` with the last lines of what it printed."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    last: deque[str] = deque(maxlen=LAST_LINES)
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=ROOT,  # and the constraints by name: pip splits that variable at spaces
        env={**os.environ, "PIP_CONSTRAINT": CONSTRAINTS.name, **(env or {})},
    ) as process:
        for line in process.stdout or ():
            last.append(line)
    if process.returncode:
        raise SetupError(
            f"pip {' '.join(arguments)} failed:\n{''.join(last).rstrip()}",
            fix="Mend what its last lines name and run the command again; what is installed already stays.",
        )


def works(code: str) -> bool:
    """Whether a Python statement succeeds in a process of its own; a crash is a no."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False).returncode == 0


def pinned(package: str) -> str:
    """The line of constraints.txt for a package, such as torch==2.13.0."""
    line = re.search(rf"^{package}==\S+", CONSTRAINTS.read_text("utf-8"), re.MULTILINE)
    assert line, package
    return line[0]


def build_wheel(into: Path, env: Mapping[str, str]) -> Path:
    """llama.cpp compiled with the settings of `llama_env`, as the only such wheel in the folder `into`."""
    into.mkdir(parents=True, exist_ok=True)
    for old in into.glob("llama_cpp_python-*.whl"):
        old.unlink()
    name, lines = PROJECT
    extra = into.resolve() / "project.cmake"
    extra.write_text(lines, "utf-8")
    arguments = f"{env.get('CMAKE_ARGS', '')} {quote(f'-DCMAKE_PROJECT_{name}_INCLUDE={extra}')}"
    # pip's cache does not tell wheels of different settings apart.
    command = ("wheel", "--quiet", "--no-deps", "--no-cache-dir", "--wheel-dir", str(into), pinned("llama_cpp_python"))
    pip(*command, env={**env, "CMAKE_ARGS": arguments.strip()})
    extra.unlink()
    return next(into.glob("llama_cpp_python-*.whl"))
