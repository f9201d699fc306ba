"""Writes figures into the model card: `parlor bench starter --json | python -m scripts.starter.card`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from app.bench.commands.shown import LANGUAGES
from app.bench.score import Figure
from app.errors import SetupError

CARD = Path("models/starter/README.md")


def table(figures: Iterable[Figure]) -> str:
    """Figures as a Markdown table."""
    rows = ["| what | figure | of | bar |", "|---|---|---|---|"]
    for figure in figures:
        bar = "" if figure.bar is None else f"{'≥' if figure.least else '≤'} {figure.bar:g}"
        missed = "" if figure.met else ", **missed**"
        rows.append(f"| {figure.name} | {figure.value:.3g} {figure.unit} | {figure.of:,} | {bar}{missed} |")
    return "\n".join(rows)


def written(card: str, language: str, figures: Iterable[Figure]) -> str:
    """The card with a language's figures between its marks. Raises `SetupError` where it has none."""
    begin, end = f"<!-- figures {language} -->\n", f"<!-- end {language} -->"
    before, mark, rest = card.partition(begin)
    _, closing, after = rest.partition(end)
    if not (mark and closing):
        raise SetupError(f"the model card has no place for {language}", fix=f"Put {begin.strip()} and {end} into it.")
    return f"{before}{begin}\n{table(figures)}\n\n{closing}{after}"


def main() -> None:
    """Read figures, rewrite the card."""
    parser = argparse.ArgumentParser(prog="python -m scripts.starter.card", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument("--card", type=Path, default=CARD)
    options = parser.parse_args()
    figures = [Figure(**json.loads(line)) for line in sys.stdin]
    options.card.write_text(written(options.card.read_text("utf-8"), options.language, figures), "utf-8")


if __name__ == "__main__":
    main()
