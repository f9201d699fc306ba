"""A reply's audio from the voice's rate to the client's, as a stream."""

from __future__ import annotations

from collections.abc import Iterable

import av
import numpy as np

from app.interfaces import Pcm


class Resampler:
    """PCM16 mono at `from_hz` in, at `to_hz` out; the same for any chunking. Equal rates pass through."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._from_hz, self._to_hz = from_hz, to_hz
        self._left = np.empty(0, np.int16)
        """Of what came at another rate."""
        self._native = self._made()

    def take(self, from_hz: int) -> None:
        """What is fed from now on is at that rate."""
        if from_hz != self._from_hz:
            self._left = np.concatenate([self._left, self.flush()])
            self._from_hz = from_hz
            self._native = self._made()

    def feed(self, pcm: Pcm) -> Pcm:
        """What has come out so far; about 1 ms stays inside."""
        left, self._left = self._left, np.empty(0, np.int16)
        if self._native is None or not pcm.size:
            return np.concatenate([left, pcm]) if left.size else pcm
        frame = av.AudioFrame.from_ndarray(pcm.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = self._from_hz
        return np.concatenate([left, _joined(self._native.resample(frame))])

    def flush(self) -> Pcm:
        """What was still inside. Nothing may be fed after it."""
        return _joined(self._native.resample(None) if self._native else ())

    def _made(self) -> av.AudioResampler | None:
        equal = self._from_hz == self._to_hz
        return None if equal else av.AudioResampler(format="s16", layout="mono", rate=self._to_hz)


def _joined(frames: Iterable[av.AudioFrame]) -> Pcm:
    return np.concatenate([np.empty(0, np.int16), *(frame.to_ndarray()[0] for frame in frames)])
