"""What the commands of `parlor bench` share: numbers in, lines and files out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from app.bench.score import Figure
from app.errors import SetupError

LANGUAGES = ("en", "tr")
SEED = 20


def say(line: str) -> None:
    """One line, now."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def row(figure: Figure) -> str:
    """A line of the table."""
    sign = "at least" if figure.least else "at most"
    bar = f"{sign} {figure.bar:g}: {'met' if figure.met else 'MISSED'}" if figure.bar is not None else ""
    return f"{figure.name:38} {figure.value:8.2f} {figure.unit} (of {figure.of}) {bar}".rstrip()


def positive(text: str) -> int:
    """For argparse: a whole number from 1 on."""
    return _whole(text, 1)


def not_negative(text: str) -> int:
    """For argparse: a whole number from 0 on."""
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    try:
        number = int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no whole number") from error
    if number < least:
        raise argparse.ArgumentTypeError(f"{text} is less than {least}")
    return number


def ready(folder: Path) -> None:
    """Make the folder; better now than after the measurement. Raises `SetupError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"{folder} cannot be made: {error.strerror}", fix="Choose another --out.") from error


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Texts by name. Raises `SetupError`."""
    try:
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise SetupError(f"{folder} cannot be written: {error.strerror}", fix="Choose another --out.") from error
