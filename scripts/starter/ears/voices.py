"""Other voices from those that there are: longer and shorter throats, other microphones, on features."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import torch
from torch import Tensor

MELS, TOP_HZ = 80, 8_000.0
_STEPS = 12
_LONGEST = 0.13
"""How much a throat may be shorter or longer: formants of men and women differ by about as much."""
_APART, _LOW_HZ, _HIGH_HZ = 6, 500.0, 3_000.0
"""By how many steps high formants may move further than low ones: those of people do not all lie apart alike."""
_SHARE = 0.6
_NARROW_SHARE, _NARROW_HZ = 0.15, (3_300, 5_500)
"""How many come over a line or from a recording of 8 kHz, and up to where those are heard."""
_TILT, _WAVES = 0.12, 0.06
"""In units of the features, of which 1 is 40 dB: about 5 dB from end to end, and waves of 2 dB."""


@cache
def stretched(low: int, high: int) -> Tensor:
    """(80, 80): takes each band's sound from where a longer or shorter throat puts it, by `low` steps below _LOW_HZ and
    by `high` steps above _HIGH_HZ."""
    lowest, highest = 0.0, _mel(TOP_HZ)
    mels = np.linspace(lowest, highest, MELS + 2)[1:-1]
    centres = _hz(mels)
    steps = np.interp(mels, [_mel(_LOW_HZ), _mel(_HIGH_HZ)], [low, high])
    factor = 1 + _LONGEST * steps / _STEPS
    wanted = np.clip(_mel(np.minimum(centres * factor, TOP_HZ)) / highest * (MELS + 1) - 1, 0, MELS - 1)
    left = np.minimum(wanted.astype(int), MELS - 2)
    share = wanted - left
    matrix = np.zeros((MELS, MELS), np.float32)
    matrix[np.arange(MELS), left] = 1 - share
    matrix[np.arange(MELS), left + 1] = share
    return torch.from_numpy(matrix)


def _mel(hz: float | np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Slaney's scale, as Whisper's filters have it: linear up to 1 kHz."""
    heard = np.asarray(hz, np.float64)
    return np.where(heard < 1_000, heard * 3 / 200, 15 + 27 * np.log(np.maximum(heard, 1) / 1_000) / np.log(6.4))


def _hz(mel: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.where(mel < 15, mel * 200 / 3, 1_000 * np.exp((mel - 15) * np.log(6.4) / 27))


def other(features: Tensor, rng: random.Random) -> Tensor:
    """The features (80, frames), more often than not of somebody else, through something else."""
    features = _narrow(features, rng) if rng.random() < _NARROW_SHARE else features
    if rng.random() > _SHARE:
        return features
    place = torch.linspace(-1, 1, MELS)
    colour = rng.uniform(-_TILT, _TILT) * place
    for waves in (1, 2, 3):
        colour = colour + rng.uniform(-_WAVES, _WAVES) * torch.cos(waves * torch.pi * place + rng.uniform(0, 6.3))
    # What lies 80 dB below the loudest is silence, through whatever it comes.
    least = features.min()
    low = rng.randint(-_STEPS, _STEPS)
    high = min(_STEPS, max(-_STEPS, low + rng.randint(-_APART, _APART)))
    heard = stretched(low, high) @ features
    return torch.where(heard > least + 0.01, (heard + colour[:, None]).clamp(min=float(least)), heard)


def _narrow(features: Tensor, rng: random.Random) -> Tensor:
    """Without what lies above some frequency."""
    edge = int(_mel(rng.uniform(*_NARROW_HZ)) / _mel(TOP_HZ) * (MELS + 1))
    return torch.cat([features[:edge], torch.full_like(features[edge:], float(features.min()))])
