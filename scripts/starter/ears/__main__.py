"""`python -m scripts.starter.ears`: corpus, training, export, figures. Each step is kept and taken up again."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.bench.commands.shown import LANGUAGES, SEED, row
from app.bench.commands.starter import WIDER
from app.bench.starter.ears import Ears
from app.bench.texts.sentences import STARTER
from app.config import load
from app.errors import SetupError
from scripts.starter import recipe
from scripts.starter.ears import corpus, diphones, orders, ours
from scripts.starter.ears.course import AGAIN, FIRST
from scripts.starter.ears.export import export
from scripts.starter.ears.train import Plan, train
from scripts.starter.shown import status

BUILD = Path("build/starter/ears")
_MADE_BY = (
    *recipe.SPOKEN,
    recipe.BENCH / "dialogue",
    Path(corpus.__file__),
    Path(diphones.__file__),
    Path(orders.__file__),
    Path(ours.__file__),
)
MINUTES, SHARDS = {"en": 135.0, "tr": 66.0}, 134
"""Which begins with what the English ears have learned needs half the time."""
AGAIN_SHARDS = 64


def main() -> int:
    """Make the ears; 1 where that cannot be done."""
    options = _options()
    return status("ears", lambda: _make(options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.starter.ears", description=__doc__)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--minutes", type=float, help=f"of training (default: {MINUTES})")
    parser.add_argument("--again", type=float, help="minutes of a second round, English only (none)")
    parser.add_argument("--shards", type=int, default=SHARDS, help="of the corpus, 500 sentences each (%(default)s)")
    parser.add_argument("--cores", type=int, help="processes without a GPU (default: all cores)")
    parser.add_argument("--count", type=int, default=300, help="utterances in a set of the figures (%(default)s)")
    parser.add_argument("--out", type=Path, help="work folder (default: build/starter/ears/LANGUAGE)")
    return parser.parse_args()


def _make(options: argparse.Namespace) -> None:
    language, folder = options.language, options.out or BUILD / options.language
    start_from = None if language == "en" else _english()
    recipe.settle(folder, recipe.digest(_MADE_BY))
    corpus.make(corpus.first(folder / FIRST.corpus, options.shards, language), workers=options.cores)
    train(Plan(folder, language, options.minutes or MINUTES[language], options.cores, start_from))
    last = FIRST
    if options.again and language == "en":
        last = AGAIN
        corpus.make(corpus.again(folder / last.corpus, AGAIN_SHARDS, language, _voice()), workers=options.cores)
        train(Plan(folder, language, options.again, options.cores, course=last))
    ears = folder / "ears"
    export(folder / last.checkpoint, folder / "tokenizer.json", ears, language)
    slack = 1.0 if language == "en" else WIDER
    for figure in Ears(ears, load(None, {}, ()).stt, language, SEED, slack).figures(options.count):
        sys.stdout.write(f"{row(figure)}\n")
        sys.stdout.flush()


def _voice() -> Path:
    """Parlor's own: as it was made last, or as it lies in models/starter."""
    made = Path("build/starter/voice/en/voice/starter-voice.onnx")
    return made if made.is_file() else STARTER / "voice/starter-voice.onnx"


def _english() -> Path:
    """The English ears, finished: other languages' begin with what they have learned to hear."""
    if not (BUILD / "en" / "ears" / "model.bin").is_file():
        raise SetupError("the English ears, which these begin with, are not made yet", fix="First: make starter-ears")
    return BUILD / "en" / FIRST.checkpoint


if __name__ == "__main__":
    sys.exit(main())
