"""How far the network's sound is from the teacher's."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from scripts.starter.voice.batches import Batch
from scripts.starter.voice.network import Network, Sound

PARTS = ("envelope", "movement", "breath", "pitch", "voicing", "durations")


def losses(network: Network, batch: Batch) -> Tensor:
    """Weighted, in the order of `PARTS` `(6,)`. The teacher's spectra are smooth: nothing here has to sharpen them."""
    states, durations = network.encode(batch.ids, batch.id_mask, batch.speaker)
    sound = network.decode(states, batch.frames, batch.mask.shape[1], batch.speaker)
    timed = (batch.frames > 0).float()
    wanted = torch.log(batch.frames.clamp(min=1).float())
    return torch.stack(
        [
            *_envelope(sound, batch),
            0.5 * _mean((torch.sigmoid(sound.breath.float()) - batch.breath).abs().mean(-1), batch.mask),
            0.4 * _mean((sound.pitch.float() - batch.pitch).abs(), batch.mask * (0.1 + batch.voiced)),
            0.3 * _mean(_unsure(sound.voiced.float(), batch.voiced), batch.mask),
            0.5 * _mean((durations.float() - wanted).abs(), timed),
        ]
    )


def _envelope(sound: Sound, batch: Batch) -> tuple[Tensor, Tensor]:
    """The distance, and that of the steps from frame to frame, which alone keeps stops sharp."""
    got, wanted = sound.envelope.float(), batch.envelope
    moves = (got[:, 1:] - got[:, :-1]) - (wanted[:, 1:] - wanted[:, :-1])
    return _mean((got - wanted).abs().mean(-1), batch.mask), _mean(moves.abs().mean(-1), batch.mask[:, 1:])


def _unsure(logits: Tensor, wanted: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, wanted, reduction="none")


def _mean(values: Tensor, weights: Tensor) -> Tensor:
    return (values * weights).sum() / weights.sum().clamp(min=1)
