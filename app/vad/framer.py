"""Samples in any chunking in, whole detector frames out. Pure."""

from __future__ import annotations

import numpy as np

from app.interfaces import FRAME_SAMPLES, FloatArray


class Framer:
    """Keeps what does not fill a frame yet."""

    def __init__(self) -> None:
        self._rest: FloatArray = np.empty(0, np.float32)

    def feed(self, samples: FloatArray) -> FloatArray:
        """`(n,)` samples in, the `(m, 512)` frames that they complete out; `m` may be 0."""
        joined = np.concatenate((self._rest, samples))
        whole = joined.size - joined.size % FRAME_SAMPLES
        self._rest = joined[whole:].copy()  # a view would keep the whole message alive
        return joined[:whole].reshape(-1, FRAME_SAMPLES)
