"""Prints an exported brain's figures on dialogues that training never saw, with the faults of ears made up."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from app.bench.commands.shown import row
from app.bench.commands.starter import WIDER
from app.bench.dialogue.answering import opened
from app.bench.dialogue.evaluate import as_line, evaluation_world, hearing
from app.bench.dialogue.figures import figures_of, runs
from app.bench.dialogue.menu import load_menu
from app.bench.dialogue.noise import Rates, heard, load_ears


def judge(menu: Path, model: Path, count: int) -> None:
    """Measure `count` dialogues; what the model got wrong goes to a file beside it, a turn on a line."""
    items = load_menu(menu)
    world, ears = evaluation_world(items), load_ears(items)
    slack = 1.0 if items.language == "en" else WIDER

    def faulty(text: str, rng: random.Random) -> str:
        return heard(text, ears, rng, Rates())

    with opened(model) as reply, model.with_suffix(".wrong.jsonl").open("w", encoding="utf-8") as wrong:
        for run in runs(world, reply, hearing(faulty, "judge"), count):
            for figure in figures_of(run, slack):
                sys.stdout.write(f"{row(figure)}\n")
            sys.stdout.flush()
            wrong.writelines(f"{as_line(turn)}\n" for turn in run.turns if not turn.score.right)
