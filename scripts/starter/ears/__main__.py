"""`python -m scripts.starter.ears`: corpus, training, export, figures. Each step is kept and taken up again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.bench.commands.shown import LANGUAGES, SEED, row
from app.bench.commands.starter import WIDER
from app.bench.starter.ears import Ears
from app.config import load
from scripts.starter.ears import corpus
from scripts.starter.ears.export import export
from scripts.starter.ears.train import Plan, train

BUILD = Path("build/starter/ears")
MINUTES, SHARDS = 135.0, 134


def main() -> None:
    """Make the ears."""
    parser = argparse.ArgumentParser(prog="python -m scripts.starter.ears", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of training (default: %(default)s)")
    parser.add_argument("--shards", type=int, default=SHARDS, help="of the corpus, 500 sentences each (%(default)s)")
    parser.add_argument("--cores", type=int, help="processes without a GPU (default: all cores)")
    parser.add_argument("--count", type=int, default=300, help="utterances in a set of the figures (%(default)s)")
    parser.add_argument("--out", type=Path, help="work folder (default: build/starter/ears/LANGUAGE)")
    options = parser.parse_args()
    language, folder = options.language, options.out or BUILD / options.language
    corpus.make(folder / "corpus", options.shards, language, workers=options.cores)
    start_from = None if language == "en" else BUILD / "en" / "checkpoint.pt"
    train(Plan(folder, language, options.minutes, options.cores, start_from))
    ears = folder / "ears"
    export(folder / "checkpoint.pt", folder / "tokenizer.json", ears, language)
    slack = 1.0 if language == "en" else WIDER
    for figure in Ears(ears, load(None, {}, ()).stt, language, SEED, slack).figures(options.count):
        sys.stdout.write(f"{row(figure)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
