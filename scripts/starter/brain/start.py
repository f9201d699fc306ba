"""How a brain begins: with heads that look back, and heads that copy.

Most of what a waiter says was said before. By itself a brain finds out how to copy only after half of its training
(docs/decisions.md). So the first block begins by telling each token what stood before it, and the second by finding
places behind the same tokens and saying what stands there: induction heads, arXiv 2209.11895. Training moves all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor

if TYPE_CHECKING:
    from scripts.starter.brain.model import Block, Shape

COMMON: Final = 0.7
"""What all embeddings have in common, beside what is their own, of 1."""
OWN: Final = 1 / (1 + COMMON**2) ** 0.5
"""What is their own, of the whole."""
SPREAD: Final = 0.02
"""Of what is their own, as the last layer sees it."""
PAIRS: Final = 4
"""The fastest pairs of a head tell distances of a few tokens."""
SHARPNESS: Final = 6.5
"""With it a token beside the one that is looked at gets a hundredth of its weight."""
SLOW: Final = 0.012
"""Radians a token, below which a pair tells what stands somewhere, rather than where."""
SEEKING: Final = ((0, 1), (1, 2), (2, 3), (2, 2))
"""Of the second block's heads: what stands so many tokens before here is sought so many tokens before the place."""
FOUND: Final = 10.0
"""The logarithm of how much more weight the right place gets than any other."""
TOLD: Final = 2.0
"""How loudly a token is told what stood before it, beside what it is itself."""
SAID: Final = 2.0
"""How loudly what stands at the right place is said."""
SMALL: Final = 0.1
"""What is left of the chance that other weights begin with, in heads that begin with a task."""


def embeddings(shape: Shape) -> tuple[Tensor, Tensor]:
    """`(vocabulary, width)`, and what all of them share: `(width,)` of 1 and -1."""
    common = torch.randn(shape.width).sign()
    return SPREAD * (torch.randn(shape.vocabulary, shape.width) + COMMON * common), common


@torch.no_grad()
def begin(blocks: list[Block], common: Tensor, shape: Shape) -> None:
    """Nothing is added to the embeddings, but what the first two blocks are for."""
    for block in blocks:
        block.attn_output.zero_()
        block.ffn_down.zero_()
    basis = _Basis(common, shape)
    _look_back(blocks[0], basis, common, shape)
    if len(blocks) > 1:
        _copy(blocks[1], basis, shape)


def _look_back(block: Block, basis: _Basis, common: Tensor, shape: Shape) -> None:
    """Each head looks one token further back than the one before, and writes what it is into its place.

    All embeddings share `common`, so a query and a key can depend on the distance alone: the key is 1 in each of the
    fastest pairs, the query that, turned back by so many tokens.
    """
    head = shape.width // shape.heads
    speed = shape.theta ** (-torch.arange(0, 2 * PAIRS, 2) / head)
    row = SHARPNESS / (COMMON * OWN * shape.width) * common
    block.attn_q.mul_(SMALL)
    block.attn_k.mul_(SMALL)
    for number in range(shape.heads):
        angle = (number + 1) * speed
        at = number * head + torch.arange(0, 2 * PAIRS, 2)
        block.attn_q[at] += angle.cos()[:, None] * row
        block.attn_q[at + 1] -= angle.sin()[:, None] * row
        block.attn_k[at] += row
        rows = slice(number * head, number * head + basis.size)
        block.attn_v[rows] = basis.own.T
        block.attn_output[:, rows] = TOLD * basis.places[number]


def _copy(block: Block, basis: _Basis, shape: Shape) -> None:
    """Each head finds places by `SEEKING` and says what stands there."""
    head = shape.width // shape.heads
    told = shape.heads * basis.size * (TOLD * OWN) ** 2 / shape.width
    sharp = FOUND**0.5 * head**0.25 * (1 + told) ** 0.5 / (OWN * basis.size**0.5)
    reads = [basis.own, *(each / TOLD for each in basis.places)]
    said = basis.rest.shape[1]
    for number, (sought, found) in enumerate(SEEKING[: shape.heads]):
        if max(sought, found) > shape.heads:
            continue
        first = number * head
        for matrix, back in ((block.attn_q, sought), (block.attn_k, found)):
            matrix[first : first + head] *= SMALL
            matrix[first + basis.dims] += sharp * reads[back].T
        block.attn_v[first : first + said] = basis.rest.T
        block.attn_output[:, first : first + said] = SAID * basis.rest


class _Basis:
    """Orthonormal directions `(width, ...)`, none of which sees what all tokens share."""

    def __init__(self, common: Tensor, shape: Shape) -> None:
        head = shape.width // shape.heads
        pairs = torch.arange(0, head, 2)
        slow = pairs[shape.theta ** (-pairs / head) < SLOW]
        parts = shape.heads + 2
        self.dims = torch.stack((slow, slow + 1), 1).flatten()[: (shape.width - 1) // parts]
        """Of a head, in which it tells what stands somewhere."""
        self.size = size = len(self.dims)
        shared = (common / common.norm())[:, None]
        chance = torch.randn(shape.width, shape.width - 1)
        everything = torch.linalg.qr(chance - shared @ (shared.T @ chance))[0]
        self.own = everything[:, :size]
        """What is told of a token."""
        self.places = [everything[:, size * at : size * (at + 1)] for at in range(1, shape.heads + 1)]
        """Where the look-back heads write it."""
        self.rest = everything[:, size * (shape.heads + 1) :][:, :head]
