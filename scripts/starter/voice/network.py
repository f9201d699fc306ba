"""The acoustic model: phoneme ids in, durations, envelope, pitch, voicing and breath of every 5 ms out.

Convolutions only. Between the phonemes and the frames stands the duration, so a word's sound is always where the
second output says it is. The decoder works in steps of two frames: half the cost, and the last layer tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from scripts.starter.voice.shape import BANDS, BREATHS, SPEAKERS

SYMBOLS = 256
"""As Piper's phoneme ids."""
STEP = 2
"""Frames of a step of the decoder."""
OUT = BANDS + BREATHS + 2


@dataclass(frozen=True, slots=True)
class Size:
    """Of the network; `width` channels."""

    width: int = 160
    encoder: tuple[int, ...] = (1, 1, 2, 4, 8)
    """Dilation of each block: a phoneme hears 32 on each side."""
    decoder: tuple[int, ...] = (1, 2, 4, 1, 2)


@dataclass(frozen=True, slots=True)
class Sound:
    """What the synthesis needs, each `(batch, frames, ...)`, normalised as the network was trained."""

    envelope: Tensor
    breath: Tensor
    """Before the sigmoid."""
    pitch: Tensor
    voiced: Tensor
    """Before the sigmoid."""


class Block(nn.Module):
    """A gated convolution beside a shortcut."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.convolution = nn.Conv1d(width, 2 * width, 5, padding=2 * dilation, dilation=dilation)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """`states` `(batch, length, width)`, zero where `mask` `(batch, length, 1)` is."""
        value, gate = self.convolution((self.norm(states) * mask).transpose(1, 2)).chunk(2, 1)
        changed: Tensor = states + (value * torch.sigmoid(gate)).transpose(1, 2) * mask
        return changed


class Network(nn.Module):
    """Encoder, durations, decoder."""

    def __init__(self, size: Size, timed: Tensor) -> None:
        """`timed` `(SYMBOLS,)` is 1 for symbols that take time, 0 for stress marks and spaces."""
        super().__init__()
        width = size.width
        self.register_buffer("timed", timed)
        self.symbols = nn.Embedding(SYMBOLS, width)
        self.encoder = nn.ModuleList(Block(width, dilation) for dilation in size.encoder)
        self.sentence = nn.Linear(width, width)
        self.timing = nn.Embedding(SPEAKERS, width)
        self.timbre = nn.Embedding(SPEAKERS, width)
        self.durations = nn.Sequential(
            nn.Conv1d(width, width, 3, padding=1), nn.ReLU(), nn.Conv1d(width, width, 3, padding=1), nn.ReLU(),
            nn.Conv1d(width, 1, 1),
        )  # fmt: skip
        self.place = nn.Linear(4, width)
        self.decoder = nn.ModuleList(Block(width, dilation) for dilation in size.decoder)
        self.out = nn.Linear(width, STEP * OUT)

    def encode(self, ids: Tensor, mask: Tensor, speaker: Tensor) -> tuple[Tensor, Tensor]:
        """States `(batch, n, width)`, the same for all, and the logarithm of the `speaker`'s frames `(batch, n)`."""
        states = self.symbols(ids) * mask
        for block in self.encoder:
            states = block(states, mask)
        mean = states.sum(1, keepdim=True) / mask.sum(1, keepdim=True)
        states = (states + self.sentence(mean)) * mask
        timed = (states + self.timing(speaker)[:, None]) * mask
        return states, self.durations(timed.transpose(1, 2))[:, 0]

    def decode(self, states: Tensor, frames: Tensor, count: int, speaker: Tensor) -> Sound:
        """The sound of `count` frames (the longest of the batch, even) from the frames of each id `(batch, n)`."""
        spread = self._spread(states, frames, count)
        mask = (torch.arange(count, device=states.device)[None] < frames.sum(1, keepdim=True)).to(states.dtype)
        batch, width = states.shape[0], states.shape[2]
        steps = spread.reshape(batch, -1, STEP, width).mean(2) + self.timbre(speaker)[:, None]
        mask = mask.reshape(batch, -1, STEP)[..., :1]
        for block in self.decoder:
            steps = block(steps, mask)
        out = self.out(steps).reshape(batch, -1, OUT)
        return Sound(out[..., :BANDS], out[..., BANDS:-2], out[..., -2], out[..., -1])

    def _spread(self, states: Tensor, frames: Tensor, count: int) -> Tensor:
        """Each frame gets its phoneme's state and where in the phoneme it is."""
        ends = torch.cumsum(frames, 1)
        at = torch.arange(count, device=states.device)[None].expand(states.shape[0], -1)
        index = (at[..., None] >= ends[:, None]).sum(-1).clamp(max=states.shape[1] - 1)
        length = torch.gather(frames, 1, index).to(states.dtype)
        before = (at - torch.gather(ends - frames, 1, index)).to(states.dtype) + 0.5
        share = before / length.clamp(min=1)
        place = torch.stack([share, before / 20, (length - before) / 20, torch.log1p(length) / 4], -1).clamp(-2, 2)
        here: Tensor = self.place(place)
        return here + torch.gather(states, 1, index[..., None].expand(-1, -1, states.shape[2]))
