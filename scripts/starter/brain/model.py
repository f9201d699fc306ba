"""The brain's network: Llama's shape, with tied embeddings."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

COMMON = 0.7
"""What all embeddings have in common, beside what is their own, of 1."""
PAIRS, SHARPNESS = 4, 6.5
"""The fastest pairs of a head; a token beside the one that is looked at gets a hundredth of its weight."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How big a brain is."""

    vocabulary: int = 1536
    width: int = 192
    layers: int = 6
    heads: int = 6
    hidden: int = 512
    """Width inside the feed-forward part."""
    context: int = 1024
    """Tokens."""
    theta: float = 10_000.0
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
        for last in (self.attn_output, self.ffn_down):
            last.data.div_((2 * shape.layers) ** 0.5)

    def forward(self, x: Tensor, turn: Tensor) -> Tensor:
        """`(batch, tokens, width)` and the rotary angles `(tokens, head / 2, 2)` to the same shape as `x`."""
        batch, tokens, width = x.shape
        weights = torch.cat((self.attn_q, self.attn_k, self.attn_v))
        mixed = F.linear(self.attn_norm(x), weights).view(batch, tokens, 3, self.heads, -1)
        q, k, v = mixed.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(rotate(q, turn), rotate(k, turn), v, is_causal=True)
        x = x + F.linear(seen.transpose(1, 2).reshape(batch, tokens, width), self.attn_output)
        gate, up = F.linear(self.ffn_norm(x), torch.cat((self.ffn_gate, self.ffn_up))).chunk(2, -1)
        return x + F.linear(F.silu(gate) * up, self.ffn_down)


class Brain(nn.Module):
    """The whole network; its parameters carry the names that GGUF gives them."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        common = torch.randn(shape.width).sign()
        self.token_embd = nn.Parameter(0.02 * (torch.randn(shape.vocabulary, shape.width) + COMMON * common))
        blocks = [Block(shape) for _ in range(shape.layers)]
        self.blk = nn.ModuleList(blocks)
        self.output_norm = Norm(shape)
        look_back(blocks[0], common, shape)
        self.register_buffer("_turn", angles(shape), persistent=False)

    def forward(self, ids: Tensor, wanted: Tensor | None = None) -> Tensor:
        """Ids `(batch, tokens)` to the next token's logits `(batch, tokens, vocabulary)`.

        With a mask `wanted` `(batch, tokens)`, only of those: `(wanted, vocabulary)`.
        """
        x = F.embedding(ids, self.token_embd)
        turn = self.get_buffer("_turn")[: ids.shape[1]]
        for block in self.blk:
            x = block(x, turn)
        x = self.output_norm(x if wanted is None else x[wanted])
        return F.linear(x, self.token_embd)


@torch.no_grad()
def look_back(block: Block, common: Tensor, shape: Shape) -> None:
    """The heads of the first block begin by looking 1, 2, 3, ... tokens back: who copies must know what came before.

    All embeddings share `common` `(width,)` of 1 and -1, so a query and a key can depend on the distance alone: the key
    is 1 in each of the fastest pairs, the query that, turned back by so many tokens.
    """
    head, reads = shape.width // shape.heads, COMMON / (1 + COMMON**2) ** 0.5
    speed = shape.theta ** (-torch.arange(0, 2 * PAIRS, 2) / head)
    row = SHARPNESS / (reads * shape.width) * common
    block.attn_q.mul_(0.1)
    block.attn_k.mul_(0.1)
    for number in range(shape.heads):
        angle = (number + 1) * speed
        at = number * head + torch.arange(0, 2 * PAIRS, 2)
        block.attn_q[at] += angle.cos()[:, None] * row
        block.attn_q[at + 1] -= angle.sin()[:, None] * row
        block.attn_k[at] += row


def _matrix(rows: int, columns: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(rows, columns) * columns**-0.5)


def angles(shape: Shape) -> Tensor:
    """Cosine and sine of each position's and pair's angle: `(context, head / 2, 2)`."""
    head = shape.width // shape.heads
    speed = shape.theta ** (-torch.arange(0, head, 2) / head)
    angle = torch.arange(shape.context)[:, None] * speed
    return torch.stack((angle.cos(), angle.sin()), -1)


def rotate(x: Tensor, turn: Tensor) -> Tensor:
    """Neighbouring pairs of `x` `(batch, heads, tokens, head)` turned by their position's angle, as llama.cpp does."""
    cos, sin = turn[..., 0], turn[..., 1]
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)
