"""A corpus of two dozen sentences from real synthesisers, and its vocabulary."""

import random
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path

import pytest

from app.bench.speech.callers import Studio, callers
from app.bench.texts import sentences
from scripts.starter import shards
from scripts.starter.ears import corpus, vocabulary
from scripts.starter.ears.batches import Inventory
from scripts.starter.ears.train import inventory
from tests.support.packages import needing_packages

SIZE = 24


@dataclass(frozen=True)
class Little:
    folder: Path
    shards: shards.Shards
    pieces: vocabulary.Pieces
    inventory: Inventory


@pytest.fixture(scope="session")
def little(tmp_path_factory: pytest.TempPathFactory) -> Little:
    studio, rng = needing_packages(Studio), random.Random(1)
    folder, grammar = tmp_path_factory.mktemp("ears"), sentences.training()
    who = callers(rng, sentences.held_out(), unseen=False)
    said = (grammar.sentence(rng) for _ in repeat(None))
    shards.write(folder / "corpus", 0, islice(corpus.speeches(studio, said, who), SIZE))
    known = shards.Shards(folder / "corpus")
    texts = [grammar.sentence(rng) for _ in range(500)]
    tokenizer = vocabulary.make(folder / "tokenizer.json", texts, "en")
    return Little(folder, known, vocabulary.Pieces(tokenizer), inventory(folder / "phones.json", known))
