"""The brain's network: Llama's shape, with tied embeddings."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scripts.starter.brain.start import OWN, SPREAD, begin, embeddings

INPUT_SCALE = OWN / SPREAD
"""Tokens go in as loud as what the blocks add to them. At the loudness at which they are guessed they drowned in it."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How big a brain is."""

    vocabulary: int = 1536
    width: int = 192
    layers: int = 6
    heads: int = 4
    hidden: int = 512
    """Width inside the feed-forward part."""
    context: int = 1024
    """Tokens."""
    theta: float = 100_000.0
    """Base of the rotary embedding."""
    epsilon: float = 1e-5


class Norm(nn.Module):
    """Root mean square norm."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape.width))
        self._epsilon = shape.epsilon

    def forward(self, x: Tensor) -> Tensor:
        """`(..., width)` to the same."""
        return F.rms_norm(x, self.weight.shape, self.weight, self._epsilon)


class Block(nn.Module):
    """Attention and feed-forward."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        width, hidden = shape.width, shape.hidden
        self.heads = shape.heads
        self.attn_norm, self.ffn_norm = Norm(shape), Norm(shape)
        self.attn_q, self.attn_k, self.attn_v, self.attn_output = (_matrix(width, width) for _ in range(4))
        self.ffn_gate, self.ffn_up = (_matrix(hidden, width) for _ in range(2))
        self.ffn_down = _matrix(width, hidden)

    def forward(self, x: Tensor, turn: Tensor) -> Tensor:
        """`(batch, tokens, width)` and the rotary angles `(tokens, head / 2, 2)` to the same shape as `x`."""
        batch, tokens, width = x.shape
        weights = torch.cat((self.attn_q, self.attn_k, self.attn_v))
        mixed = F.linear(self.attn_norm(x), weights).view(batch, tokens, 3, self.heads, -1)
        q, k, v = mixed.permute(2, 0, 3, 1, 4)
        seen = attention(rotate(q, turn), rotate(k, turn), v)
        x = x + F.linear(seen.transpose(1, 2).reshape(batch, tokens, width), self.attn_output)
        gate, up = F.linear(self.ffn_norm(x), torch.cat((self.ffn_gate, self.ffn_up))).chunk(2, -1)
        return x + F.linear(F.silu(gate) * up, self.ffn_down)


class Brain(nn.Module):
    """The whole network; its parameters carry the names that GGUF gives them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        known, common = embeddings(shape)
        self.token_embd = nn.Parameter(known)
        """As the last layer guesses tokens by; what goes in is louder by `INPUT_SCALE`."""
        blocks = [Block(shape) for _ in range(shape.layers)]
        begin(blocks, common, shape)
        self.blk = nn.ModuleList(blocks)
        self.output_norm = Norm(shape)
        self.register_buffer("_turn", angles(shape), persistent=False)

    def forward(self, ids: Tensor, wanted: Tensor | None = None) -> Tensor:
        """Ids `(batch, tokens)` to the next token's logits `(batch, tokens, vocabulary)`.

        With a mask `wanted` `(batch, tokens)`, only of those: `(wanted, vocabulary)`.
        """
        x = F.embedding(ids, self.token_embd) * INPUT_SCALE
        turn = self.get_buffer("_turn")[: ids.shape[1]]
        for block in self.blk:
            x = block(x, turn)
        x = self.output_norm(x if wanted is None else x[wanted])
        return F.linear(x, self.token_embd)


def _matrix(rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(rows, columns) * columns**-0.5)


def angles(shape: Shape) -> Tensor:
    """Cosine and sine of each position's and pair's angle: `(context, head / 2, 2)`."""
    head = shape.width // shape.heads
    speed = shape.theta ** (-torch.arange(0, head, 2) / head)
    angle = torch.arange(shape.context)[:, None] * speed
    return torch.stack((angle.cos(), angle.sin()), -1)


def rotate(x: Tensor, turn: Tensor) -> Tensor:
    """Neighbouring pairs of `x` `(batch, heads, tokens, head)` turned by their position's angle, as llama.cpp does.

    As complex numbers, which takes a seventh of the time that sines and cosines by hand take.
    """
    pairs = torch.view_as_complex(x.float().reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * torch.view_as_complex(turn)).flatten(-2).to(x.dtype)


def attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """What each of `(batch, heads, tokens, head)` sees of itself and those before it.

    By hand: the gradient of torch's own takes five times as long on a processor's bfloat16.
    """
    later = torch.full((q.shape[-2],) * 2, -torch.inf, device=q.device).triu(1)
    scores = torch.add(later, q @ k.mT, alpha=q.shape[-1] ** -0.5)
    return scores.softmax(-1).to(v.dtype) @ v
