"""Recordings of people, where a folder of them is given: how far the starter ears are from hearing them.

No bar: these ears know synthetic voices only. pocketsphinx, which people taught, says how hard the recordings are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.audio import to_float
from app.bench.dialogue.generate import aloud
from app.bench.score import Errors, Figure, word_errors
from app.bench.starter.listeners import Listen, Sphinx
from app.bench.texts.sentences import plain
from app.client.files import read_audio
from app.errors import SetupError
from app.interfaces import RATE_HZ, FloatArray

REFERENCES = "refs.tsv"
"""With columns `file`, `language` and `transcript`, tabs between."""
LONGEST_S = 30
"""Whisper's window; longer recordings are left out, for its ears hear no more of them in one pass."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A file and what is said in it, as ears write."""

    path: Path
    text: str


def recordings(folder: Path, language: str) -> list[Recording]:
    """Those of a language that have a transcript. Raises `SetupError`."""
    path = folder / REFERENCES
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
            found = [
                Recording(folder / row["file"], plain(aloud(row["transcript"], language), language))
                for row in rows
                if row["language"] == language and row["transcript"]
            ]
    except (OSError, KeyError) as error:
        fix = f"Write {REFERENCES} there: columns file, language, transcript, with tabs between."
        raise SetupError(f"{path} does not list recordings: {error}", fix=fix) from error
    return [each for each in found if each.text]


def figures(folder: Path, language: str, listen: Listen) -> Iterator[Figure]:
    """What ears, and in English pocketsphinx, make of them, and how many are left out. Raises `SetupError`."""
    read = [(each.text, to_float(read_audio(each.path))) for each in recordings(folder, language)]
    found = [(text, audio) for text, audio in read if len(audio) <= LONGEST_S * RATE_HZ]
    if longer := len(read) - len(found):
        yield Figure(f"recordings over {LONGEST_S:g} s, left out", longer, "recordings", len(read))
    yield _figure("people", found, listen, language)
    if language == "en":  # pocketsphinx brings no other language
        yield _figure("people, by pocketsphinx", found, Sphinx().hear, language)


def _figure(name: str, found: list[tuple[str, FloatArray]], listen: Listen, language: str) -> Figure:
    total = sum((word_errors(text, plain(listen(audio), language)) for text, audio in found), Errors())
    return Figure(name, total.rate, "% of words wrong", total.words)
