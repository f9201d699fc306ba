"""A Whisper of a real one's shape whose weights are random, but for what makes it say the same sentence each time.

How long a pass takes depends on the shape and on how many tokens are written, not on the values of the weights.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from app.config import ROOT
from scripts.starter.ears.export import export
from scripts.starter.ears.model import Ears, Shape

STARTER_TOKENIZER = ROOT / "models/starter/ears/tokenizer.json"
_SENTENCES = (
    "i would like two pizzas and a lemonade please and some water for my friend",
    "could you tell me what is in the lentil soup and is it very spicy today",
    "we have a table by the window and the bill comes after the coffee",
    "my brother takes the chicken wrap with onion rings and a large orange juice",
    "no sorry i meant three of them and not the one with cheese",
    "is there a museum near here and how long does it take to go there",
)
SAID = {"": _SENTENCES[0], "-long": " ".join(_SENTENCES)}
"""By what is added to a model's name: some four tokens for each of 5 and of 30 s of speech, as real Whispers write."""
MANY_LANGUAGES = 51_865
"""Tokens from which CTranslate2 takes a Whisper for one of many languages (models/whisper.cc)."""
LOUD = 200.0
"""How much louder a position says its token than everything else."""


@dataclass(frozen=True, slots=True)
class Size:
    """A Whisper's shape."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    mels: int
    vocabulary: int = 51_866


SIZES = {"whisper-small": Size(768, 12, 12, 12, 80), "whisper-large-v3-turbo": Size(1280, 20, 32, 4, 128)}
"""From the config.json of openai/whisper-small and openai/whisper-large-v3-turbo."""


def make(size: Size, folder: Path, said: str) -> Path:
    """A folder as faster-whisper reads it."""
    tokenizer = _tokenizer(size.vocabulary)
    shape = Shape(size.vocabulary, size.width, size.heads, size.encoder_layers, size.decoder_layers)
    state = Ears(shape).state_dict()
    state["conv1.weight"] = torch.randn(size.width, size.mels, 3) * size.mels**-0.5
    state["token_positions"] = _saying(state, tokenizer, said)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:  # /tmp may be small, or memory
        checkpoint, pieces = Path(work, "ears.pt"), Path(work, "tokenizer.json")
        torch.save({"shape": shape, "ears": state}, checkpoint)
        del state
        tokenizer.save(str(pieces))
        export(checkpoint, pieces, folder, "en")
    told = folder / "preprocessor_config.json"
    told.write_text(json.dumps({**json.loads(told.read_text("utf-8")), "feature_size": size.mels}) + "\n", "utf-8")
    return folder


def _tokenizer(size: int) -> Tokenizer:
    """The starter ears' pieces, and others that nobody says."""
    tokenizer = Tokenizer.from_file(str(STARTER_TOKENIZER))
    tokenizer.add_tokens([f"filler{number}" for number in range(size - tokenizer.get_vocab_size())])
    return tokenizer


def prompt(vocabulary: int) -> int:
    """Tokens before the first that is said: the start, of many languages which and what to do, and that no times are
    wanted."""
    return 4 if vocabulary >= MANY_LANGUAGES else 2


def _saying(state: dict[str, Tensor], tokenizer: Tokenizer, text: str) -> Tensor:
    """Positions that say one token each, and then the end."""
    said = [*tokenizer.encode(f" {text}").ids, tokenizer.token_to_id("<|endoftext|>")]
    positions, known = state["token_positions"].clone(), state["embedding.weight"]
    first = prompt(len(known)) - 1
    for place in range(first, len(positions)):
        positions[place] = LOUD * known[said[min(place - first, len(said) - 1)]]
    return positions
