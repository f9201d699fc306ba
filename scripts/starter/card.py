"""Writes figures into the model card: `parlor bench starter --json > FILE; python -m scripts.starter.card FILE`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from app.bench.commands.shown import LANGUAGES
from app.bench.score import Figure
from app.errors import SetupError
from scripts.starter.shown import status

CARD = Path("models/starter/README.md")


def table(figures: Iterable[Figure]) -> str:
    """Figures as a Markdown table."""
    rows = ["| what | figure | of | bar |", "|---|---|---|---|"]
    for figure in figures:
        bar = "" if figure.bar is None else f"{'≥' if figure.least else '≤'} {figure.bar:g}"
        missed = "" if figure.met else ", **missed**"
        rows.append(f"| {figure.name} | {figure.value:.3g} {figure.unit} | {figure.of:,} | {bar}{missed} |")
    return "\n".join(rows)


def written(card: str, language: str, figures: Sequence[Figure]) -> str:
    """The card with a language's figures between its marks.

    Raises:
        SetupError: it has no such marks, or tells of something that was not measured now.
    """
    begin, end = f"<!-- figures {language} -->\n", f"<!-- end {language} -->"
    before, mark, rest = card.partition(begin)
    old, closing, after = rest.partition(end)
    if not (mark and closing):
        raise SetupError(f"the model card has no place for {language}", fix=f"Put {begin.strip()} and {end} into it.")
    told = {line.split("|")[1].strip() for line in old.splitlines() if line.startswith("| ")} - {"what"}
    if missing := sorted(told - {figure.name for figure in figures}):
        raise SetupError(f"no figures of: {', '.join(missing)}", fix="Measure all parts, or take those rows out first.")
    return f"{before}{begin}\n{table(figures)}\n\n{closing}{after}"


def main() -> int:
    """Read figures, rewrite the card; 1 where it stays as it is."""
    parser = argparse.ArgumentParser(prog="python -m scripts.starter.card", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    parser.add_argument("--card", type=Path, default=CARD)
    parser.add_argument("figures", type=Path, help="what `parlor bench starter --json` printed")
    options = parser.parse_args()
    figures = [Figure(**json.loads(line)) for line in options.figures.read_text("utf-8").splitlines()]

    def write() -> None:
        card = written(options.card.read_text("utf-8"), options.language, figures)
        options.card.write_text(card, "utf-8")

    return status("card", write)


if __name__ == "__main__":
    sys.exit(main())
