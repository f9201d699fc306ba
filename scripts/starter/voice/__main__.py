"""`python -m scripts.starter.voice`: corpus, training, export, figures. Each step is kept and taken up again."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from app.bench.commands.shown import row
from app.bench.commands.starter import WIDER
from app.bench.starter.listeners import Sphinx
from app.bench.starter.said import unseen
from app.bench.starter.voice import TEACHER, figures, heard
from app.bench.texts.sentences import STARTER
from app.errors import SetupError
from scripts.starter.shown import status
from scripts.starter.voice import corpus
from scripts.starter.voice.batches import Scale, measured
from scripts.starter.voice.export import describe, export
from scripts.starter.voice.languages import LANGUAGES
from scripts.starter.voice.reference import from_teacher
from scripts.starter.voice.train import Plan, train

log = logging.getLogger(__name__)
BUILD, EARS = Path("build/starter/voice"), Path("build/starter/ears")
SENTENCES = 10_000
"""Seven hours of speech, four minutes of work."""
MINUTES = 45.0


def main() -> int:
    """Make the voice; 1 where that cannot be done."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("faster_whisper").setLevel(logging.WARNING)
    return status("voice", lambda: _make(arguments))


def _make(arguments: argparse.Namespace) -> None:
    path = _made(arguments)
    own, theirs = EARS / arguments.language / "ears", _folder(STARTER, arguments.language) / "ears"
    ears = arguments.ears or (own if own.is_dir() else theirs)
    if not (ears / "model.bin").is_file():
        log.warning("no figures: no ears of this language lie in %s yet", ears)
        return
    for figure in figures(path, ears, arguments.language, slack=1.0 if arguments.language == "en" else WIDER):
        log.info("%s", row(figure))


def _made(arguments: argparse.Namespace) -> Path:
    """The voice's file. A change of what makes the corpus starts anew."""
    language, recipe = LANGUAGES[arguments.language], corpus.recipe()
    checkpoint = BUILD / arguments.language / f"{recipe}.pt"
    start_from = BUILD / language.start_from / checkpoint.name if language.start_from else None
    if start_from and not (start_from.is_file() or checkpoint.is_file()):
        what = f"the voice in {language.start_from}, which this one begins with, is not made yet by this recipe"
        raise SetupError(what, fix="First: make starter-voice")
    shards = corpus.make(BUILD / "corpus" / recipe, language, arguments.sentences)
    scale = _scale(shards)
    network = train(Plan(shards, scale, arguments.minutes, checkpoint, arguments.cores, start_from))
    path: Path = (arguments.out or BUILD / arguments.language / "voice") / "starter-voice.onnx"
    export(network, scale, language.speaker, path)
    describe(path, language.code, language.espeak_voice, _teacher(arguments.language))
    log.info("%s: %.1f MB", path, path.stat().st_size / 1e6)
    return path


def _scale(shards: Sequence[Path]) -> Scale:
    utterances = corpus.load(shards)
    log.info("%d utterances, %.0f minutes", len(utterances), sum(len(each.voiced) for each in utterances) / 12_000)
    return measured(utterances)


def _teacher(language: str) -> dict[str, float]:
    """What pocketsphinx makes of the teacher, in English, the only language it knows."""
    if language != "en":
        return {}
    return {TEACHER: round(heard(from_teacher(unseen(language)), Sphinx().hear, language).rate, 2)}


def _folder(root: Path, language: str) -> Path:
    return root if language == "en" else root / language


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", choices=sorted(LANGUAGES), default="en")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="of training (default: %(default)s)")
    parser.add_argument("--sentences", type=int, default=SENTENCES, help="of the corpus (default: %(default)s)")
    parser.add_argument("--cores", type=int, help="to train on (default: all)")
    parser.add_argument("--out", type=Path, help="folder for starter-voice.onnx")
    parser.add_argument(
        "--ears", type=Path, help="that listen to it (default: those just made, or else the committed ones)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
