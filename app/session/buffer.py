"""The caller's audio that may still be transcribed, by absolute sample position, in bounded memory. Pure."""

from __future__ import annotations

from collections import deque

import numpy as np

from app.audio import to_float, to_pcm
from app.interfaces import RATE_HZ, FloatArray, Pcm

_BLOCK = RATE_HZ
"""Samples in one block: appending fills blocks, dropping lets go of whole ones, and no sample is ever moved."""


class BufferFullError(Exception):
    """More audio waits to be transcribed than a session may hold."""


class AudioBuffer:
    """16 kHz mono, kept as PCM16, at most `max_bytes` of it. Positions count from the first sample ever appended."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._blocks: deque[Pcm] = deque()
        self._first_block = 0
        self._start = 0
        self._end = 0

    @property
    def start(self) -> int:
        """Position of the oldest sample kept."""
        return self._start

    @property
    def end(self) -> int:
        """Position after the newest sample."""
        return self._end

    @property
    def chunks(self) -> int:
        """Blocks of a second that it lies in."""
        return len(self._blocks)

    @property
    def bytes(self) -> int:
        """What is kept, in bytes."""
        return (self._end - self._start) * 2

    def append(self, samples: FloatArray) -> None:
        """Add `(n,)` samples in [-1, 1]. Raises `BufferFullError`, and then adds nothing."""
        pcm = to_pcm(samples)
        if self.bytes + pcm.nbytes > self._max_bytes:
            raise BufferFullError(f"{self._max_bytes} bytes of audio wait to be transcribed")
        while pcm.size:
            offset = self._end % _BLOCK
            if self._end == (self._first_block + len(self._blocks)) * _BLOCK:
                self._blocks.append(np.empty(_BLOCK, np.int16))
            part = pcm[: _BLOCK - offset]
            self._blocks[-1][offset : offset + part.size] = part
            self._end += part.size
            pcm = pcm[part.size :]

    def slice(self, start: int, end: int) -> FloatArray:
        """The samples from `start` up to `end`, a copy. Raises `IndexError` for any that are not here."""
        if not self._start <= start <= end <= self._end:
            raise IndexError(f"{start}:{end} is not within {self._start}:{self._end}")
        parts = [np.empty(0, np.int16)]
        while start < end:
            block, offset = divmod(start, _BLOCK)
            part = self._blocks[block - self._first_block][offset : offset + end - start]
            parts.append(part)
            start += part.size
        return to_float(np.concatenate(parts))

    def drop_before(self, sample: int) -> None:
        """Let go of all before `sample`; what is gone already or has not come yet is no error."""
        self._start = min(max(self._start, sample), self._end)
        while self._blocks and (self._first_block + 1) * _BLOCK <= self._start:
            self._blocks.popleft()
            self._first_block += 1
