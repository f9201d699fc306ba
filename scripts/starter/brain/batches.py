"""Examples of like length together, so that little is padded."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from scripts.starter.brain.corpus import Corpus
from scripts.starter.brain.tokens import Encoder

POOL = 256
"""Examples sorted by length at once."""

Encoded = tuple[NDArray[np.int64], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded examples."""

    ids: Tensor
    """`(batch, tokens)`, int64."""
    taught: Tensor
    """`(batch, tokens)`, bool: which of the ids are learned."""


def divided(encoded: Sequence[Encoded], tokens: int) -> list[list[Encoded]]:
    """Groups of like length, each of at most `tokens` with its padding, or of one example."""
    groups: list[list[Encoded]] = [[]]
    for one in sorted(encoded, key=lambda e: len(e[0])):
        if groups[-1] and (len(groups[-1]) + 1) * len(one[0]) > tokens:
            groups.append([])
        groups[-1].append(one)
    return groups


def padded(group: Sequence[Encoded]) -> Batch:
    """A group as tensors. Padding comes last and is not taught, so it needs no mask."""
    longest = max(len(ids) for ids, _ in group)
    ids = np.zeros((len(group), longest), np.int64)
    taught = np.zeros((len(group), longest), np.bool_)
    for row, (some, flags) in enumerate(group):
        ids[row, : len(some)] = some
        taught[row, : len(some)] = flags
    return Batch(torch.from_numpy(ids), torch.from_numpy(taught))


class Feed:
    """Batches without end; `pool` is all there is to remember to go on later."""

    def __init__(self, corpus: Corpus, encoder: Encoder, limits: tuple[int, int], pool: int, step: int = 1) -> None:
        """`limits`: tokens in a batch, and in an example. `step`: from a pool to the next, where others are others'."""
        self._corpus = corpus
        self._encoder = encoder
        self._tokens, self._longest = limits
        self.pool = pool
        """Which pool the batches are from."""
        self._step = step

    def __iter__(self) -> Iterator[Batch]:
        while True:
            numbers = range(self.pool * POOL, (self.pool + 1) * POOL)
            encoded = [self._encoder.encode(self._corpus.example(n), self._longest) for n in numbers]
            groups = divided(encoded, self._tokens)
            random.Random(self.pool).shuffle(groups)
            yield from map(padded, groups)
            self.pool += self._step
