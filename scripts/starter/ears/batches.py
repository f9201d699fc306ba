"""Scenes as tensors: features as faster-whisper makes them, tokens, and the two alignments."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray
from torch import Tensor

from app.bench.speech.labels import PAUSE, Span
from app.interfaces import RATE_HZ
from scripts.starter.ears import voices
from scripts.starter.ears.examples import Scene, Scenes
from scripts.starter.ears.vocabulary import Pieces

FULL = 3_000
"""Frames that faster-whisper fills up to, with zeros."""
FRAME = 160
POSITION = 2 * FRAME
"""Samples of a feature frame and of an encoder position."""
_NONE = -100
"""No target here, as torch's cross entropy has it."""
_TIMES_SHARE, _PREVIOUS_SHARE = 0.25, 0.06
_MISSPOKEN_SHARE = 0.06
"""Pieces that the decoder is told wrongly, so that it goes on from its own errors and trusts what it hears."""


@dataclass(frozen=True, slots=True)
class Batch:
    """`features` (batch, 80, frames), `tokens` and `targets` (batch, n), `spans` (batch, n, 2) in encoder positions,
    `said` (batch, frames / 2), the piece at each position, and `phones` the same for each synthesiser."""

    features: Tensor
    tokens: Tensor
    targets: Tensor
    spans: Tensor
    said: Tensor
    phones: list[Tensor]

    def to(self, device: torch.device) -> Batch:
        """The same on another device."""
        return Batch(
            self.features.to(device),
            self.tokens.to(device),
            self.targets.to(device),
            self.spans.to(device),
            self.said.to(device),
            [tensor.to(device) for tensor in self.phones],
        )


class Inventory:
    """Phones by number, for each synthesiser; 0 is one that was never counted."""

    def __init__(self, names: list[list[str]]) -> None:
        self.names = names
        self._numbers = [{name: number for number, name in enumerate(known, 1)} for known in names]

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many classes each synthesiser's phones make."""
        return tuple(len(known) + 1 for known in self.names)

    def number(self, source: int, phone: str) -> int:
        """The class of a phone."""
        return self._numbers[source].get(phone, 0)


def _split(span: Span, lengths: list[int]) -> list[tuple[float, float]]:
    """A word's time shared among its pieces by their letters, in encoder positions."""
    parts = np.cumsum([0, *lengths]) / sum(lengths)
    edges = (span.start + parts * (span.end - span.start)) / POSITION
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


class Batches:
    """Batches without end, of scenes that are about equally long."""

    def __init__(self, scenes: Scenes, pieces: Pieces, inventory: Inventory, seed: int) -> None:
        self._scenes, self._pieces, self._inventory = scenes, pieces, inventory
        self._rng = random.Random(seed)
        self._mel = torch.from_numpy(FeatureExtractor().mel_filters).float()
        self._window = torch.hann_window(400)

    def hear(self, positions: int, full_share: float) -> Iterator[Batch]:
        """Batches of at most `positions` encoder positions; `full_share` of them filled up to 30 s."""
        while True:
            scenes = sorted((self._scenes.draw() for _ in range(256)), key=lambda scene: len(scene.audio))
            groups = list(self._grouped(scenes, positions, full_share))
            self._rng.shuffle(groups)
            for group, frames in groups:
                yield self._batch(group, self._heard(group, frames), frames)

    def read(self, positions: int) -> Iterator[Batch]:
        """Batches without features."""
        while True:
            scenes = sorted((self._scenes.draw_unplaced() for _ in range(512)), key=lambda scene: len(scene.audio))
            groups = list(self._grouped(scenes, positions, 0.0))
            self._rng.shuffle(groups)
            for group, frames in groups:
                yield self._batch(group, torch.zeros(0), frames)

    def _grouped(self, scenes: list[Scene], positions: int, full_share: float) -> Iterator[tuple[list[Scene], int]]:
        at = 0
        while at < len(scenes):
            dice, longest, frames = self._rng.random(), 0, 0
            padding = 0 if dice < 0.9 else int(self._rng.triangular(0, 300, 0))
            padding = FULL if dice > 1 - full_share else padding
            end = at
            while end < len(scenes):
                longest = max(longest, len(scenes[end].audio) // FRAME)
                wanted = min(FULL, (longest + padding + 1) // 2 * 2)
                if end > at and wanted // 2 * (end - at + 1) > positions:
                    break
                frames, end = wanted, end + 1
            yield scenes[at:end], frames
            at = end

    def _heard(self, scenes: list[Scene], frames: int) -> Tensor:
        features = torch.zeros(len(scenes), 80, frames)
        silent = self._rng.random() < 0.5
        for row, scene in enumerate(scenes):
            length = min(frames * FRAME, len(scene.audio) + self._rng.randint(0, 4_000)) if silent else len(scene.audio)
            heard = self._features(np.pad(scene.audio, (0, max(0, length - len(scene.audio)))))[:, :frames]
            features[row, :, : heard.shape[1]] = self._masked(voices.other(heard, self._rng))
        return features

    def _batch(self, scenes: list[Scene], features: Tensor, frames: int) -> Batch:
        rows = [self._tokens(scene) for scene in scenes]
        longest = max(len(row) for row in rows)
        tokens = np.full((len(rows), longest), self._pieces.end)
        targets = np.full((len(rows), longest), _NONE)
        spans = np.zeros((len(rows), longest, 2), np.float32)
        for number, row in enumerate(rows):
            tokens[number, : len(row)], targets[number, : len(row)], spans[number, : len(row)] = zip(*row, strict=True)
        tokens = self._misspoken(tokens)
        phones = [self._phones(scenes, which, frames // 2) for which in (0, 1)]
        said = torch.from_numpy(np.stack([self._said(scene, frames // 2) for scene in scenes]))
        known, wanted, where = (torch.from_numpy(each) for each in (tokens, targets, spans))
        return Batch(features, known, wanted, where, said, phones)

    def _misspoken(self, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
        dice = np.random.default_rng(self._rng.getrandbits(32))
        wrong = (dice.random(tokens.shape) < _MISSPOKEN_SHARE) & (tokens < self._pieces.end)
        return np.where(wrong, dice.integers(0, self._pieces.end, tokens.shape), tokens)

    def _features(self, audio: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Tensor:
        """As faster-whisper's FeatureExtractor, (80, n / 160)."""
        spectrum = torch.stft(torch.from_numpy(audio), 400, FRAME, window=self._window, return_complex=True)
        logs = torch.clamp(self._mel @ spectrum[:, :-1].abs() ** 2, min=1e-10).log10()
        return (torch.maximum(logs, logs.max() - 8.0) + 4.0) / 4.0

    def _masked(self, features: Tensor) -> Tensor:
        """Now and then a band or a moment of it is lost (SpecAugment)."""
        rng = self._rng
        if rng.random() < 0.5:
            low, wide = rng.randint(0, 70), rng.randint(1, 10)
            features[low : low + wide] = features.mean()
        if rng.random() < 0.3:
            at, long = rng.randint(0, features.shape[1]), rng.randint(1, 8)
            features[:, at : at + long] = features.min()
        return features

    def _tokens(self, scene: Scene) -> list[tuple[int, int, tuple[float, float]]]:
        """(token, the one after it, where in the audio that is) in order."""
        pieces, rng = self._pieces, self._rng
        nowhere = (0.0, 0.0)
        sequence: list[tuple[int, tuple[float, float], bool]] = []
        if rng.random() < _PREVIOUS_SHARE:
            before = self._scenes.text().split()
            told = [token for word in before for token in pieces.word(word)]
            sequence += [(token, nowhere, False) for token in (pieces.previous, *told)]
        sequence.append((pieces.start, nowhere, False))
        if not scene.words and rng.random() < 0.5:
            return [(pieces.start, pieces.no_speech, nowhere)]
        sequence += self._timed(scene) if rng.random() < _TIMES_SHARE and scene.words else self._untimed(scene)
        last = scene.words[-1].end / POSITION if scene.words else 0.0
        sequence.append((pieces.end, (last, last + 8) if scene.words else nowhere, True))
        return [(token, target if told else _NONE, span) for (token, _, _), (target, span, told) in pairwise(sequence)]

    def _untimed(self, scene: Scene) -> list[tuple[int, tuple[float, float], bool]]:
        # At the start, speech says "no times" and silence "no speech": the no-speech probability is read there.
        marked = [(self._pieces.no_times, (0.0, 0.0), bool(scene.words))]
        return marked + [piece for word in scene.words for piece in self._word(word)]

    def _timed(self, scene: Scene) -> list[tuple[int, tuple[float, float], bool]]:
        made: list[tuple[int, tuple[float, float], bool]] = []
        for first, last in scene.utterances:
            words = scene.words[first:last]
            if words:
                start, end = (self._pieces.time(sample / RATE_HZ) for sample in (words[0].start, words[-1].end))
                made.append((start, (0.0, 0.0), True))
                made += [piece for word in words for piece in self._word(word)]
                made.append((end, (0.0, 0.0), True))
        return made

    def _word(self, word: Span) -> list[tuple[int, tuple[float, float], bool]]:
        tokens = self._pieces.word(word.name)
        return [(token, span, True) for token, span in zip(tokens, self._edges(word), strict=True)]

    def _edges(self, word: Span) -> list[tuple[float, float]]:
        return _split(word, [self._pieces.length(token) for token in self._pieces.word(word.name)])

    def _said(self, scene: Scene, positions: int) -> NDArray[np.int64]:
        """The piece at each position: "no speech" between words, no target where a word is cut off."""
        made = np.full(positions, self._pieces.no_speech)
        for first, last in scene.torn:
            made[max(0, first // POSITION) : last // POSITION + 1] = _NONE
        for word in scene.words:
            for token, edges in zip(self._pieces.word(word.name), self._edges(word), strict=True):
                start, end = (round(edge) for edge in edges)
                made[start : max(start + 1, end)] = token
        return made

    def _phones(self, scenes: list[Scene], which: int, positions: int) -> Tensor:
        """The phone at the middle of each encoder position; no target where the other synthesiser speaks."""
        made = np.full((len(scenes), positions), self._inventory.number(which, PAUSE))
        for row, scene in enumerate(scenes):
            for source, phone in scene.phones:
                start, end = (round(edge / POSITION) for edge in (phone.start, phone.end))
                made[row, start:end] = self._inventory.number(which, phone.name) if source == which else _NONE
        return torch.from_numpy(made)
