"""The brain's tokeniser: byte-level BPE, cut into words as GPT-2 does, which llama.cpp knows by that name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from app.bench.dialogue.menu import Menu
from scripts.starter.brain.corpus import Example

VOCABULARY = 1536
PAD, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
CONTROLS = (PAD, START, END)


def names(menu: Menu) -> list[str]:
    """The menu's names of several words, with the space before them and without: a token each.

    An order then is pairs of a number and a name. Where a name was several tokens, items were left out or said twice.
    """
    found = {name for item in menu.items for name in (item.name, item.plural) if " " in name}
    return [f"{before}{name}" for name in sorted(found) for before in (" ", "")]


def train_tokenizer(examples: Iterable[Example], whole: Sequence[str] = ()) -> Tokenizer:
    """A tokeniser for the words of `examples`; texts in `whole` are never cut."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(CONTROLS) - len(whole),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = (text for example in examples for part in example for text in (part.role, part.text))
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens([AddedToken(text, special=False, normalized=False) for text in whole])
    tokenizer.add_special_tokens([AddedToken(text, special=True) for text in CONTROLS])
    return tokenizer


class Encoder:
    """Examples as token ids in ChatML."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._start, self._end = (tokenizer.get_vocab()[text] for text in (START, END))
        self._ids = lru_cache(100_000)(self._encoded)  # prompts and many answers come again and again
        self._newline = self._ids("\n")

    def _encoded(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids

    def encode(self, example: Example, limit: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Ids `(tokens,)`, and which of them the model learns to say; at most `limit`, the first ones lost."""
        ids: list[int] = []
        taught: list[bool] = []
        for part in example:
            opening = [self._start, *self._ids(f"{part.role}\n")]
            words = [*self._ids(part.text), self._end]
            ids += opening + words + self._newline
            taught += [False] * len(opening) + [part.taught] * len(words) + [False] * len(self._newline)
        return np.array(ids[-limit:], np.int64), np.array(taught[-limit:], np.bool_)


def load_tokenizer(path: Path) -> Tokenizer:
    """From a file that `Tokenizer.save` wrote."""
    return Tokenizer.from_file(str(path))
