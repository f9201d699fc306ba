"""What a microphone hears in a room: our sound after its way through it, the caller, and a little noise. Pure."""

from __future__ import annotations

import numpy as np

from app.audio import to_pcm
from app.bench.interrupt.scenes import NOISE_DBFS, Path
from app.bench.speech import rooms
from app.interfaces import RATE_HZ, FloatArray, Pcm


class Room:
    """Heard piece by piece, in pieces of any size."""

    def __init__(self, path: Path) -> None:
        click = np.zeros(max(2, int(path.echo_s * RATE_HZ)), np.float32)
        click[0] = 10 ** (path.coupling_db / 20)
        self._answer = rooms.echoing(click, path.echo_s, np.random.default_rng(path.seed))
        """The room's, to one sample of ours."""
        self._dice = np.random.default_rng(path.seed)
        self._ringing = np.zeros(len(self._answer) - 1, np.float32)
        """What sounds on of all that was heard."""

    def heard(self, ours: FloatArray, caller: FloatArray) -> Pcm:
        """The next `(n,)`, of what arrives of ours and what the caller says."""
        noise = rooms.at_level(rooms.noise("white", len(ours), self._dice), NOISE_DBFS)
        return to_pcm(self.echo(ours) + caller + noise)

    def echo(self, ours: FloatArray) -> FloatArray:
        """The next `(n,)` of ours."""
        sounding = np.pad(self._ringing, (0, len(ours)))
        if ours.any():
            sounding += _convolved(ours, self._answer)
        self._ringing = sounding[len(ours) :]
        return sounding[: len(ours)]


def _convolved(one: FloatArray, other: FloatArray) -> FloatArray:
    length = len(one) + len(other) - 1
    size = 1 << (length - 1).bit_length()
    return np.asarray(np.fft.irfft(np.fft.rfft(one, size) * np.fft.rfft(other, size), size)[:length], np.float32)
