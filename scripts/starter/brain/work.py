"""What is made, where, and each process's part of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from scripts.starter.brain import listening
from scripts.starter.brain.batches import Feed
from scripts.starter.brain.corpus import DRILLED, load_corpus
from scripts.starter.brain.export import export
from scripts.starter.brain.model import Shape
from scripts.starter.brain.tokens import Encoder, load_tokenizer, names, train_tokenizer
from scripts.starter.brain.train import Plan, Trainer
from scripts.starter.crews import Crew

ROOT = Path(__file__).resolve().parents[3]
MENUS = {"en": ROOT / "models/starter/menu.toml", "tr": ROOT / "models/starter/tr/menu.toml"}
TOKENIZER_EXAMPLES, HEARD_TURNS = 4000, 4000

log = logging.getLogger("brain")


@dataclass(frozen=True, slots=True)
class Work:
    """A brain of one language."""

    language: str
    folder: Path
    """For everything that is made."""
    plan: Plan
    shape: Shape = field(default_factory=Shape)

    @property
    def menu(self) -> Path:
        """The menu of the language."""
        return MENUS[self.language]

    @property
    def tokenizer(self) -> Path:
        """What cuts text into tokens."""
        return self.folder / "tokenizer.json"

    @property
    def heard(self) -> Path:
        """What the ears made of callers."""
        return self.folder / "heard.jsonl"

    @property
    def checkpoint(self) -> Path:
        """Where training goes on."""
        return self.folder / "checkpoint.pt"

    @property
    def model(self) -> Path:
        """The finished GGUF file."""
        return self.folder / "starter-brain.gguf"


def prepare(work: Work) -> None:
    """Listen to callers, and make the tokeniser, unless that was done before. Raises `SetupError` without ears."""
    work.folder.mkdir(parents=True, exist_ok=True)
    listening.make(work.heard, work.language, HEARD_TURNS, workers=work.plan.cores)
    if not work.tokenizer.exists():
        part = work.tokenizer.with_suffix(".part")
        corpus = load_corpus(work.menu, listening.read(work.heard))
        train_tokenizer(islice(corpus.examples(DRILLED), TOKENIZER_EXAMPLES), names(corpus.world.menu)).save(str(part))
        part.replace(work.tokenizer)


def member(crew: Crew, work: Work) -> None:
    """Train as one of a crew, for the plan's time, that of earlier runs counted; the first one writes the model."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    tokens = load_tokenizer(work.tokenizer)
    shape = replace(work.shape, vocabulary=tokens.get_vocab_size())
    trainer = Trainer(shape, work.plan, work.checkpoint, crew)
    trainer.resume()
    first = crew.rank == 0
    if first:
        size = sum(p.numel() for p in trainer.brain.parameters())
        log.info("%.1f M parameters, %s, %.0f s spent before", size / 1e6, trainer.dtype, trainer.spent_s)
    limits = (work.plan.batch_tokens, shape.context)
    pool = trainer.pool + crew.rank
    trainer.run(Feed(load_corpus(work.menu, listening.read(work.heard)), Encoder(tokens), limits, pool, crew.size))
    if first:
        export(trainer.brain, tokens, work.model, f"Parlor starter brain ({work.language})")
        log.info("%s: %.1f MB", work.model, work.model.stat().st_size / 1e6)
