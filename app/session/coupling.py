"""How what our loudspeaker plays comes back into the microphone: learned from what was sent and what arrives. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray

EDGES_HZ: Final = (100, 250, 400, 550, 750, 950, 1_200, 1_500, 1_900, 2_400, 3_000, 3_800, 5_000, 7_000)
"""Of the bands: about as wide as those of the ear."""
BANDS: Final = len(EDGES_HZ) - 1
QUIETEST_DBFS: Final = -100.0
DELAYS: Final = 24
"""Frames, 0.77 s: up to 400 ms for the client's buffers and the network, up to 300 ms for the sound's own way."""
KEPT_FRAMES: Final = 190
"""6 s of our own sound: what is learned is forgotten as fast as a client's echo cancellation needs to adapt."""
LEARNED_FRAMES: Final = 24
"""0.8 s with our own sound, before any delay is believed: after it none of 241 was wrong, after 20 frames 7."""
CLEAR_FRAMES: Final = 16
"""Of them, with enough of our own sound at that delay."""
LEARN_EVERY: Final = 8
"""Frames."""
ALIKE: Final = 0.4
"""Correlation of what arrives with what was sent, from which a delay is believed: reached in 239 of 241 cases after
`LEARNED_FRAMES`. Where a caller speaks over it, 38 of 57 reach it after 2 s, and the delay is right in all."""
UNLIKE: Final = 0.25
"""Less at every delay is not our echo. It only makes words count for more: nothing is learned from it."""
CANCELLED_DB: Final = -30.0
CANCELLED_FRAMES: Final = 32
"""If no more than that arrives in so many, the client cancels the echo, at whatever delay: it does not matter."""
RANGE_DB: Final = 25.0
"""Frames of ours so far below the loudest teach nothing."""
AUDIBLE_DBFS: Final = -60.0
USUAL: Final = 0.9
"""Share of the frames with our own sound whose level is explained. A caller in some of them moves it little."""


def levels(audio: FloatArray) -> FloatArray:
    """Whole frames of `(n,)` floats at 16 kHz to `(n // 512, BANDS)` levels in dBFS."""
    frames = audio[: audio.size // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    power = np.square(np.abs(np.fft.rfft(frames * _WINDOW)))
    bands = np.add.reduceat(power, _BINS, axis=1)[:, :BANDS]
    return np.asarray(10 * np.log10(np.maximum(bands, 10 ** (QUIETEST_DBFS / 10))), np.float32)


_WINDOW = np.hanning(FRAME_SAMPLES).astype(np.float32)
_WINDOW *= (2 / FRAME_SAMPLES**2 / np.mean(_WINDOW**2)) ** 0.5  # to the power of full scale
_BINS = np.searchsorted(np.fft.rfftfreq(FRAME_SAMPLES, 1 / RATE_HZ), EDGES_HZ)


@dataclass(frozen=True, slots=True)
class Coupling:
    """How our sound arrives."""

    delay: int
    """Frames."""
    gain_db: FloatArray
    """`(BANDS,)`: what arrives is mostly not louder than that beside what was sent."""


class Learner:
    """Finds the coupling from frames in which what we play can have arrived; keeps the newest ones."""

    def __init__(self) -> None:
        self.coupling: Coupling | None = None
        """What is learned; None before."""
        self.unlike = False
        """What arrives now goes like nothing that was sent."""
        self._frames = np.zeros(2 * KEPT_FRAMES, np.int64)
        self._sent = np.zeros((DELAYS, BANDS, 2 * KEPT_FRAMES), np.float32)
        self._heard = np.zeros((BANDS, 2 * KEPT_FRAMES), np.float32)
        self._end = 0
        """Of what is filled; all but the newest `KEPT_FRAMES` is forgotten."""
        self._unlearned = 0

    def add(self, frame: int, sent: FloatArray, heard: FloatArray) -> None:
        """In `frame`, `heard` `(BANDS,)` arrived where without loss `sent` `(DELAYS, BANDS)` would have."""
        if self._end == self._frames.size:
            for kept in (self._frames, self._sent, self._heard):
                kept[..., :KEPT_FRAMES] = kept[..., KEPT_FRAMES:]
            self._end = KEPT_FRAMES
        self._frames[self._end], self._sent[..., self._end], self._heard[:, self._end] = frame, sent, heard
        self._end += 1
        self._unlearned += 1
        if self._unlearned >= LEARN_EVERY:
            self._unlearned = 0
            self.coupling = self._found() or self.coupling

    def disown(self, frame: int) -> None:
        """From that frame on somebody else was heard."""
        self._end = int(np.searchsorted(self._frames[: self._end], frame))
        self.coupling = self._found()

    def _found(self) -> Coupling | None:
        """At the delay at which what arrives goes most alike with what was sent; None where at none."""
        self.unlike = False
        if self._end < LEARNED_FRAMES:
            return None
        newest = slice(max(0, self._end - KEPT_FRAMES), self._end)
        sent, heard = self._sent[..., newest], self._heard[:, newest]
        clear = _clear(sent)
        alike = _correlations(sent, heard, clear)
        delay = int(np.argmax(alike))
        self.unlike = bool(clear.any() and alike[delay] < UNLIKE)
        gain = _gain_db(sent[delay][:, clear[delay]], heard[:, clear[delay]]) if clear[delay].any() else None
        if gain is None or (alike[delay] < ALIKE and not self._cancelled(sent[delay], heard, clear[delay])):
            return None
        return Coupling(delay, gain)

    def _cancelled(self, sent: FloatArray, heard: FloatArray, clear: NDArray[np.bool_]) -> bool:
        """By the sum of all bands: in one where we are weak ourselves, the noise alone hides how little arrives."""
        if self._end < CANCELLED_FRAMES:
            return False
        return float(np.quantile(_sum_db(heard[:, clear]) - _sum_db(sent[:, clear]), USUAL)) <= CANCELLED_DB


def _clear(sent: FloatArray) -> NDArray[np.bool_]:
    """From `(DELAYS, BANDS, n)` levels those frames that teach something, `(DELAYS, n)`; none where they are few."""
    loudest = sent.max(axis=1)
    clear = loudest > np.maximum(loudest.max(axis=1, keepdims=True) - RANGE_DB, AUDIBLE_DBFS)
    return np.asarray(clear & (clear.sum(axis=1, keepdims=True) >= CLEAR_FRAMES))


def _correlations(sent: FloatArray, heard: FloatArray, clear: NDArray[np.bool_]) -> FloatArray:
    """Of `(DELAYS, BANDS, n)` levels with `(BANDS, n)`, each band about its own mean: `(DELAYS,)`."""
    weights = clear.astype(np.float32)
    count = np.maximum(weights.sum(axis=1), 1)[:, None]
    mean_sent, mean_heard = np.einsum("dbn,dn->db", sent, weights) / count, weights @ heard.T / count
    apart = (sent - mean_sent[..., None]) * weights[:, None]
    together = np.einsum("dbn,bn->d", apart, heard)
    power = np.einsum("dbn,dbn->d", apart, apart)
    power *= (weights @ np.square(heard).T - count * np.square(mean_heard)).sum(axis=1)
    return np.asarray(together / np.sqrt(np.maximum(power, 1)), np.float32)


def _sum_db(levels_db: FloatArray) -> FloatArray:
    """`(BANDS, n)` levels to `(n,)`."""
    return np.asarray(10 * np.log10((10 ** (levels_db / 10)).sum(axis=0)), np.float32)


def _gain_db(sent: FloatArray, heard: FloatArray) -> FloatArray:
    """From `(BANDS, n)` levels, `(BANDS,)`. A caller whom nobody noticed raises only the upper half."""
    last = heard.shape[1] - 1
    places = [int(share * last) for share in (1 - USUAL, 0.5, USUAL)]
    low, middle, high = np.partition(heard - sent, places, axis=1)[:, places].T
    return np.asarray(np.minimum(high, 2 * middle - low), np.float32)
