"""How what our loudspeaker plays comes back into the microphone: learned from what was sent and what arrives. Pure."""

from __future__ import annotations

from collections.abc import Iterator
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
PROVEN_FRAMES: Final = 64
"""2 s: until then what was learned is given up where it no longer holds. Later, that is somebody who speaks over it."""
LEARN_EVERY: Final = 8
"""Frames."""
ALIKE: Final = 0.4
"""Correlation of what arrives with what was sent, from which a delay is believed: reached in 239 of 241 cases after
`LEARNED_FRAMES`. Where a caller speaks over it, 38 of 57 reach it after 2 s, and the delay is right in all."""
UNLIKE: Final = 0.25
"""Less at every delay is not our echo: words count for more then, and nothing is learned."""
UNEVEN_DB: Final = 25.0
"""From the tenth to the ninetieth of a hundred frames, between what arrives and what was sent: in 100 replies that came
back through rooms at most 23. Of 100 callers without any echo who began in our first words, 43 were taken for it by
`ALIKE` alone, and 6 so; 61 were found to be `UNLIKE` it within 1.2 s of their last word, and 94 so."""
LOUDEST_DB: Final = 6.0
"""What mostly arrives louder than it was sent by more is not our echo, as alike and as even as it may be."""
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
        """What is learned; None before, and when it was given up."""
        self.unlike = False
        """What arrives now does not go like what was sent at any delay, or not quite and unevenly."""
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
            found = self._found()
            self.coupling = None if self.unlike and self.young else found or self.coupling

    @property
    def failed(self) -> bool:
        """There was enough to learn from, and nothing is learned."""
        return self.coupling is None and self._end >= LEARNED_FRAMES

    @property
    def young(self) -> bool:
        """What is learned may be of too little."""
        return self._end < PROVEN_FRAMES

    def kept(self, since: int) -> Iterator[tuple[int, FloatArray]]:
        """The newest frames, none before `since`, and what was sent, `(DELAYS, BANDS)`."""
        first = int(np.searchsorted(self._frames[: self._end], since))
        for at in range(max(first, self._end - KEPT_FRAMES), self._end):
            yield int(self._frames[at]), self._sent[..., at]

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
        alike = np.where(clear.any(axis=1), _correlations(sent, heard, clear), -1.0)
        delay = int(np.argmax(alike))
        if not clear[delay].any():
            return None
        sent, heard = sent[delay][:, clear[delay]], heard[:, clear[delay]]
        # By the sum of all bands: in one where we are weak ourselves, the noise alone hides how little arrives.
        least, middle, most = np.quantile(_sum_db(heard) - _sum_db(sent), (1 - USUAL, 0.5, USUAL))
        plausible = most - least <= UNEVEN_DB and middle <= LOUDEST_DB
        cancelled = self._end >= CANCELLED_FRAMES and most <= CANCELLED_DB
        self.unlike = bool(not cancelled and alike[delay] < (UNLIKE if plausible else ALIKE))
        return Coupling(delay, _gain_db(sent, heard)) if cancelled or (plausible and alike[delay] >= ALIKE) else None


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
