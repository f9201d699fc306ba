"""Envelope, pitch and breath in, sound out: what the exported graph ends with.

A pulse train and white noise are cut into short windows, mixed in each band as the breath says, multiplied with the
envelope and its minimum phase, and added up again. Everything is a matrix product, so it is fast in onnxruntime; the
noise is a table, so the same text always gives the same audio.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from scripts.starter.voice.shape import BANDS, BREATH_HZ, HOP, RATE_HZ, WARP, warped

WINDOW = 3 * HOP
"""15 ms: shorter and low voices lose their harmonics, longer and stops smear."""
TRANSFORM = 640
"""The window and 12 ms for the envelope's ring."""
_BINS = TRANSFORM // 2 + 1
_NOISE_FRAMES = 256
_TOP_HZ = RATE_HZ / 2 - 200
Array = NDArray[np.float64]


class Synthesis(nn.Module):
    """Holds no weights, only tables."""

    def __init__(self) -> None:
        super().__init__()
        gain, phase = _filters()
        analysis = _cosines(WINDOW) * np.hanning(WINDOW + 1)[:-1, None] / 1.5
        self.register_buffer("gain", _table(gain))
        self.register_buffer("phase", _table(phase))
        self.register_buffer("mix", _table(_breath_weights()))
        self.register_buffer("analysis", _table(analysis.T[:, None]))
        self.register_buffer("rebuild", _table(_inverse()[:, None]))
        self.register_buffer("noise", _table(_noise(analysis)))

    def forward(self, pitch: Tensor, envelope: Tensor, breath: Tensor, voiced: Tensor) -> Tensor:
        """Audio `(1, frames * HOP)` from Hz `(1, frames)`, log amplitude, noise share and voicing 0 to 1 of frames."""
        frames = pitch.shape[1]
        pulses = F.conv1d(self._pulses(pitch)[:, None], self.get_buffer("analysis"), stride=HOP, padding=HOP)
        table = self.get_buffer("noise")
        noise = table[torch.arange(frames, device=pitch.device) % _NOISE_FRAMES][None]
        share = breath @ self.get_buffer("mix")
        share = (1 - (1 - share * share) * voiced[..., None]).clamp(0, 1)
        keep = torch.sqrt(1 - share)
        share = torch.sqrt(share)
        spectrum = pulses.transpose(1, 2)
        real = spectrum[..., :_BINS] * keep + noise[..., :_BINS] * share
        imaginary = spectrum[..., _BINS:] * keep + noise[..., _BINS:] * share
        size = torch.exp(envelope @ self.get_buffer("gain"))
        angle = envelope @ self.get_buffer("phase")
        cosine, sine = size * torch.cos(angle), size * torch.sin(angle)
        turned = torch.cat([real * cosine - imaginary * sine, real * sine + imaginary * cosine], -1)
        audio = F.conv_transpose1d(turned.transpose(1, 2), self.get_buffer("rebuild"), stride=HOP)[:, 0]
        return audio[:, HOP : HOP + frames * HOP]

    @staticmethod
    def _pulses(pitch: Tensor) -> Tensor:
        """All harmonics below `_TOP_HZ` at once, as Dirichlet's kernel; power 1 whatever the pitch."""
        hz = F.interpolate(pitch[:, None], scale_factor=float(HOP), mode="linear", align_corners=False)[:, 0]
        cycles = torch.cumsum(hz.double() / RATE_HZ, 1)
        part = (cycles - torch.floor(cycles)).float() * 0.9998 + 0.0001  # never 0, where the quotient is 0 / 0
        harmonics = torch.floor(_TOP_HZ / hz)
        kernel = torch.sin((2 * harmonics + 1) * torch.pi * part) / torch.sin(torch.pi * part) - 1
        return kernel * torch.sqrt(hz / RATE_HZ)


def _table(values: Array) -> Tensor:
    return torch.tensor(values, dtype=torch.float32)


def _bin_hz() -> Array:
    return np.linspace(0, RATE_HZ / 2, _BINS)


def _cosines(size: int) -> Array:
    """Real and imaginary rows of a Fourier transform of the first `size` samples `(size, 2 * bins)`."""
    angle = 2 * np.pi * np.outer(np.arange(size), np.arange(_BINS)) / TRANSFORM
    return np.concatenate([np.cos(angle), -np.sin(angle)], 1)


def _inverse() -> Array:
    """The transform's inverse `(2 * bins, TRANSFORM)`."""
    weight = np.full(_BINS, 2.0 / TRANSFORM)
    weight[[0, -1]] /= 2
    inverse: Array = _cosines(TRANSFORM).T * np.concatenate([weight, weight])[:, None]
    return inverse


def _filters() -> tuple[Array, Array]:
    """From the envelope's points to log gain and to minimum phase at each bin `(BANDS, bins)`.

    Both are linear: the points have a cosine series, and the minimum phase is its sine series. Warping by an all-pass
    keeps a minimum phase one.
    """
    order = np.arange(BANDS)
    series = np.linalg.inv(np.cos(np.pi * np.outer(order, order) / (BANDS - 1)))
    angle = np.outer(order, warped(_bin_hz().astype(np.float32), RATE_HZ, WARP))
    return series.T @ np.cos(angle), series.T @ -np.sin(angle)


def _breath_weights() -> Array:
    """Linear interpolation from the bands' centres to the bins `(BREATHS, bins)`."""
    return np.stack([np.interp(_bin_hz(), BREATH_HZ, row) for row in np.eye(len(BREATH_HZ))])


def _noise(analysis: Array) -> Array:
    """Spectra of white noise, window by window `(_NOISE_FRAMES, 2 * bins)`; the last window meets the first."""
    noise = np.random.default_rng(7).standard_normal(_NOISE_FRAMES * HOP)
    ring = np.concatenate([noise, noise[:WINDOW]])
    return np.stack([ring[at * HOP : at * HOP + WINDOW] for at in range(_NOISE_FRAMES)]) @ analysis
