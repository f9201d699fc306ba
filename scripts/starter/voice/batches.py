"""Utterances as padded batches of similar length, seeded."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from app.interfaces import FloatArray
from scripts.starter.voice.network import STEP, SYMBOLS
from scripts.starter.voice.shape import BANDS, SPEAKERS, Utterance

SAMPLE = 800
POOL = 8
"""Batches sorted by length together: enough to waste little, few enough to stay random."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What the features are normalised by, speaker by speaker: what is left is what is said."""

    envelope_mean: FloatArray
    """`(SPEAKERS, BANDS)`."""
    envelope_spread: FloatArray
    pitch_mean: FloatArray
    """`(SPEAKERS,)`."""
    pitch_spread: FloatArray
    timed: FloatArray
    """`(SYMBOLS,)`: 1 for ids that ever take time."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors `(batch, n)` of ids and `(batch, frames, ...)` of sound; masks are 1 where something is."""

    ids: Tensor
    frames: Tensor
    id_mask: Tensor
    mask: Tensor
    envelope: Tensor
    pitch: Tensor
    voiced: Tensor
    breath: Tensor
    speaker: Tensor
    """`(batch,)`."""


def measured(utterances: Sequence[Utterance]) -> Scale:
    """The scale, from `SAMPLE` utterances of each speaker; what takes time, from all."""
    envelope, pitch = np.zeros((2, SPEAKERS, BANDS), np.float32), np.zeros((2, SPEAKERS), np.float32)
    envelope[1], pitch[1] = 1, 1
    for speaker in {utterance.speaker for utterance in utterances}:
        some = [utterance for utterance in utterances if utterance.speaker == speaker]
        some = some[:: max(1, len(some) // SAMPLE)]
        points = np.concatenate([utterance.envelope for utterance in some])
        tones = np.concatenate([utterance.pitch[utterance.voiced > 0] for utterance in some])
        envelope[:, speaker] = points.mean(0), points.std(0) + np.float32(1e-3)
        pitch[:, speaker] = tones.mean(), tones.std()
    timed = np.zeros(SYMBOLS, np.float32)
    for utterance in utterances:
        timed[utterance.ids[utterance.frames > 0]] = 1
    return Scale(envelope[0], envelope[1], pitch[0], pitch[1], timed)


def batches(utterances: Sequence[Utterance], scale: Scale, size: int, seed: int) -> Iterator[Batch]:
    """Without end; the same seed gives the same batches. Raises `ValueError` for fewer utterances than a batch."""
    if len(utterances) < size:
        raise ValueError(f"{len(utterances)} utterances are no batch of {size}")
    rng = random.Random(seed)
    while True:
        order = rng.sample(range(len(utterances)), len(utterances))
        for start in range(0, len(order) - size + 1, size * POOL):
            pool = sorted(order[start : start + size * POOL], key=lambda index: len(utterances[index].voiced))
            groups = [pool[at : at + size] for at in range(0, len(pool), size)]
            rng.shuffle(groups)
            yield from (batch([utterances[index] for index in group], scale) for group in groups)


def batch(group: Sequence[Utterance], scale: Scale) -> Batch:
    """The utterances of `group`, padded with zeros."""
    longest = max(len(utterance.voiced) for utterance in group)
    longest += -longest % STEP

    def stacked(arrays: Sequence[FloatArray], length: int) -> Tensor:
        padded = [np.pad(a, [(0, length - len(a)), *[(0, 0)] * (a.ndim - 1)]) for a in arrays]
        return torch.from_numpy(np.stack(padded))

    most = max(len(utterance.ids) for utterance in group)
    ids, who = [utterance.ids for utterance in group], [utterance.speaker for utterance in group]
    mean, spread = scale.envelope_mean[who], scale.envelope_spread[who]
    tone, swing = scale.pitch_mean[who], scale.pitch_spread[who]
    return Batch(
        torch.from_numpy(np.stack([np.pad(each, (0, most - len(each))) for each in ids])),
        torch.from_numpy(np.stack([np.pad(u.frames, (0, most - len(u.frames))) for u in group])),
        stacked([np.ones((len(each), 1), np.float32) for each in ids], most),
        stacked([np.ones(len(u.voiced), np.float32) for u in group], longest),
        stacked([(u.envelope - mean[at]) / spread[at] for at, u in enumerate(group)], longest),
        stacked([(u.pitch - tone[at]) / swing[at] for at, u in enumerate(group)], longest),
        stacked([u.voiced for u in group], longest),
        stacked([u.breath for u in group], longest),
        torch.tensor(who),
    )
