"""Whisper's shape, small: as in openai-whisper's model.py, with what training needs beside it.

Training looks at two things that hearing does not need: which phone each frame of an inner encoder layer belongs to,
and where one head of the last decoder layer attends. Both are known exactly for synthetic speech, and make the ears
learn several times faster than from their words alone (docs/decisions.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

MELS = 80
POSITIONS = 1_500
_MISREAD = 0.1
_MATCHING, _HANDED, _FURTHER = 0.12, 2.0, 5
_ASKED = 4
_LOUDNESS = 10.0
_NEARNESS = 1.2
"""How much heads that look near prefer their place at first: the peak is 5 or 6 above the rest."""
ALIGNMENT_HEAD = 0
"""Of each decoder layer: the last one's looks where the next piece is, those before where the present one is."""
OFFSETS = ((-1, 1, -2, 2, -4, 4), (-1, 1, -2, 2, -4, 4), (-2, 2, -4, 4, -8, 8), (-2, 2, -6, 6), (-3, 3))
"""Where the heads of the encoder's layers look at first, in positions from their own; those not named look anywhere."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the ears."""

    vocabulary: int
    width: int = 192
    heads: int = 6
    encoder_layers: int = 5
    decoder_layers: int = 2
    context: int = 448
    phones: tuple[int, ...] = ()
    """How many phones each synthesiser has."""
    phone_layer: int = 3
    """The encoder layer that is asked for the phones."""


class Attention(nn.Module):
    """Keys have no bias, as in Whisper."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.value, self.out = (nn.Linear(width, width) for _ in range(3))
        self.key = nn.Linear(width, width, bias=False)

    def _split(self, hidden: Tensor) -> Tensor:
        return hidden.view(*hidden.shape[:-1], self.heads, -1).transpose(1, 2)

    def forward(self, hidden: Tensor, memory: Tensor | None = None, *, causal: bool = False) -> Tensor:
        """`hidden` (batch, n, width) attends to itself or to `memory` (batch, m, width)."""
        source = hidden if memory is None else memory
        query, key, value = (
            self._split(self.query(hidden)),
            self._split(self.key(source)),
            self._split(self.value(source)),
        )
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=causal)
        joined: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return joined

    def watched(self, hidden: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """As `forward`, with the logarithms of the alignment head's weights, (batch, n, m)."""
        query, key = self._split(self.query(hidden)), self._split(self.key(memory))
        scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
        mixed = scores.softmax(-1) @ self._split(self.value(memory))
        return self.out(mixed.transpose(1, 2).flatten(2)), scores[:, ALIGNMENT_HEAD].float().log_softmax(-1)


class Block(nn.Module):
    """A layer of the encoder, or with `cross` one of the decoder."""

    def __init__(self, width: int, heads: int, *, cross: bool) -> None:
        super().__init__()
        self.attention, self.attention_norm = Attention(width, heads), nn.LayerNorm(width)
        self.cross = Attention(width, heads) if cross else None
        self.cross_norm = nn.LayerNorm(width) if cross else None
        self.first, self.second = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm = nn.LayerNorm(width)

    def _feed(self, hidden: Tensor) -> Tensor:
        fed: Tensor = self.second(functional.gelu(self.first(self.norm(hidden))))
        return hidden + fed

    def encode(self, hidden: Tensor) -> Tensor:
        """(batch, n, width) to the same."""
        return self._feed(hidden + self.attention(self.attention_norm(hidden)))

    def decode(self, hidden: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        """With the alignment head's log-weights."""
        assert self.cross is not None
        assert self.cross_norm is not None
        hidden = hidden + self.attention(self.attention_norm(hidden), causal=True)
        heard, weights = self.cross.watched(self.cross_norm(hidden), memory)
        return self._feed(hidden + heard), weights


def blocks(modules: nn.ModuleList) -> list[Block]:
    """Layers, as what they are."""
    return [block for block in modules if isinstance(block, Block)]


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's encoder positions, (length, width)."""
    step = math.log(10_000) / (width // 2 - 1)
    angles = torch.arange(length)[:, None] * torch.exp(-step * torch.arange(width // 2))[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


def look(query: Tensor, key: Tensor, waves: range, offset: float) -> None:
    """Rows of a head's query and key such that q.k is a sum of cosines of the distance from `offset`."""
    half = query.shape[1] // 2
    query.mul_(0.1)
    key.mul_(0.1)
    for row, wave in zip(range(0, len(query), 2), waves, strict=True):
        turn = math.exp(-wave * math.log(10_000) / (half - 1)) * offset
        query[row, wave] = query[row + 1, half + wave] = _NEARNESS
        key[row, wave] = key[row + 1, half + wave] = _NEARNESS * math.cos(turn)
        key[row, half + wave] = -_NEARNESS * math.sin(turn)
        key[row + 1, wave] = _NEARNESS * math.sin(turn)


def look_near(attention: Attention, offsets: tuple[int, ...]) -> None:
    """Lets the heads look at fixed distances at first.

    Attention over absolute positions finds out very slowly that speech is local (the idea is ConViT's).
    """
    size = attention.query.weight.shape[0] // attention.heads
    with torch.no_grad():
        for head, offset in enumerate(offsets):
            rows = slice(head * size, (head + 1) * size)
            look(attention.query.weight[rows], attention.key.weight[rows], range(0, size, 2), offset)


def follow(first: Attention, last: Attention, embedding: Tensor) -> None:
    """Lets the alignment heads read along at first: the first layer's looks where the present piece is said and hands
    that place on, the last one's looks a little further."""
    width = embedding.shape[1]
    size, half = width // first.heads, width // 2
    waves = range(10, 10 + 2 * size, 4)
    with torch.no_grad():
        for attention in (first, last):
            attention.out.weight.mul_(0.1)
        first.query.weight[:size] = torch.randn(size, width) * _MATCHING
        first.key.weight[:size] = first.query.weight[:size]
        first.value.weight[:size].mul_(0.1)
        first.out.weight[:, :size].mul_(0.1)
        for row, wave in zip(range(0, size, 2), waves, strict=True):
            for part, place in ((row, wave), (row + 1, half + wave)):
                first.value.weight[part, place], first.out.weight[place, part] = 1.0, _HANDED
                embedding[:, place] = 0.0
        look(last.query.weight[:size], last.key.weight[:size], waves, _FURTHER)


@dataclass(frozen=True, slots=True)
class Read:
    """What the decoder says: logits (batch, n, vocabulary) and, of each layer, log-weights (batch, n, m)."""

    logits: Tensor
    alignments: list[Tensor]


@dataclass(frozen=True, slots=True)
class Heard(Read):
    """What the encoder says too: phones (batch, m, k) of each synthesiser, and how far it is from what it should."""

    phones: list[Tensor]
    distance: Tensor
    spelling: Tensor


class Ears(nn.Module):
    """Features (batch, 80, frames) and tokens (batch, n) to the next tokens."""

    positions: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, width = shape, shape.width
        self.conv1 = nn.Conv1d(MELS, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(POSITIONS, width), persistent=False)
        self.encoder = nn.ModuleList(Block(width, shape.heads, cross=False) for _ in range(shape.encoder_layers))
        self.encoder_norm = nn.LayerNorm(width)
        self.embedding = nn.Embedding(shape.vocabulary, width)
        self.token_positions = nn.Parameter(torch.randn(shape.context, width) * 0.01)
        self.decoder = nn.ModuleList(Block(width, shape.heads, cross=True) for _ in range(shape.decoder_layers))
        self.decoder_norm = nn.LayerNorm(width)
        self.phone_norm, self.piece_head = nn.LayerNorm(width), nn.Linear(width, width)
        self.phone_heads = nn.ModuleList(nn.Linear(width, count) for count in shape.phones)
        nn.init.normal_(self.embedding.weight, std=0.1)
        for block, offsets in zip(blocks(self.encoder), OFFSETS, strict=False):
            look_near(block.attention, offsets)
        crosses = [block.cross for block in blocks(self.decoder) if block.cross]
        follow(crosses[0], crosses[-1], self.embedding.weight)
        with torch.no_grad():
            for block in blocks(self.decoder):
                block.attention.out.weight.mul_(0.1)
                block.second.weight.mul_(0.1)

    def encode(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, frames / 2, width), and the layer that knows the phones."""
        hidden = functional.gelu(self.conv2(functional.gelu(self.conv1(features)))).transpose(1, 2)
        hidden = hidden + self.positions[: hidden.shape[1]]
        inner = hidden
        for number, block in enumerate(blocks(self.encoder), 1):
            hidden = block.encode(hidden)
            inner = hidden if number == self.shape.phone_layer else inner
        return self.encoder_norm(hidden), inner

    def decode(self, tokens: Tensor, memory: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Logits of the next tokens, and the alignment heads' log-weights."""
        hidden = self.embedding(tokens) + self.token_positions[: tokens.shape[1]]
        alignments = list[Tensor]()
        for block in blocks(self.decoder):
            hidden, weights = block.decode(hidden, memory)
            alignments.append(weights)
        return self.decoder_norm(hidden) @ self.embedding.weight.T, alignments

    def written(self, said: Tensor) -> Tensor:
        """What the encoder should make of audio where these pieces are said, (batch, m, width)."""
        written: Tensor = self.encoder_norm(self.embedding(said) * _LOUDNESS + self.positions[: said.shape[1]])
        return written

    def read(self, said: Tensor, tokens: Tensor) -> Read:
        """As `forward`, from the pieces themselves: the decoder learns to follow them without the encoder's cost."""
        misread = torch.rand(said.shape, device=said.device) < _MISREAD
        written = self.written(said.masked_fill(misread & self.training, 0))
        logits, alignments = self.decode(tokens, written)
        return Read(logits.float(), alignments)

    def forward(self, features: Tensor, tokens: Tensor, said: Tensor) -> Heard:
        """Everything that training looks at."""
        memory, inner = self.encode(features)
        logits, alignments = self.decode(tokens, memory)
        normed = self.phone_norm(inner)
        named = [head(normed).float() for head in self.phone_heads]
        distance = functional.mse_loss(memory, self.written(said.clamp(min=0)).detach(), reduction="none").mean(-1)
        near = (distance * (said >= 0)).sum() / (said >= 0).sum().clamp(min=1)
        return Heard(logits.float(), alignments, named, near, self._spelling(memory, said))

    def _spelling(self, memory: Tensor, said: Tensor) -> Tensor:
        """How badly positions tell their piece; a quarter of them is asked."""
        first = int(torch.randint(_ASKED, ()))
        asked = self.piece_head(memory[:, first::_ASKED]) @ self.embedding.weight.T
        return functional.cross_entropy(asked.float().flatten(0, 1), said[:, first::_ASKED].flatten())
