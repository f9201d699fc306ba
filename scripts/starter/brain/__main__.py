"""`python -m scripts.starter.brain`: corpus, training, export, evaluation; goes on where it was stopped."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.starter import crews, recipe
from scripts.starter.brain.judge import judge
from scripts.starter.brain.listening import ears_of
from scripts.starter.brain.train import Plan
from scripts.starter.brain.work import MENUS, ROOT, Work, member, prepare
from scripts.starter.shown import status

_MADE_BY = (*recipe.SPOKEN, recipe.BENCH / "dialogue", Path(__file__).parent)


def main() -> int:
    """Make the brain; 1 where that cannot be done."""
    options = _options()
    return status("brain", lambda: _make(options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.starter.brain", description=__doc__)
    parser.add_argument("--language", choices=MENUS, default="en")
    parser.add_argument("--minutes", type=float, default=42.0, help="of training (default: %(default)s)")
    parser.add_argument("--cores", type=int, help="processes without a GPU (default: all cores)")
    parser.add_argument("--dialogues", type=int, default=500, help="in the evaluation (default: %(default)s)")
    parser.add_argument("--out", type=Path, help="work folder (default: build/starter/brain/LANGUAGE)")
    return parser.parse_args()


def _make(options: argparse.Namespace) -> None:
    folder: Path = options.out or ROOT / "build/starter/brain" / options.language
    work = Work(options.language, folder, Plan(options.minutes, cores=options.cores))
    recipe.settle(folder, recipe.digest((*_MADE_BY, ears_of(options.language) / "model.bin")))
    prepare(work)
    crews.launch(member, work, cores=work.plan.cores)
    judge(work.menu, work.model, options.dialogues)


if __name__ == "__main__":
    sys.exit(main())
