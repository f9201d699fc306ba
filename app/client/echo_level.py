"""How loud our own voice comes back into the microphone, before any echo is cancelled. Pure.

Up to some loudness the server tells a caller from our echo by itself (`session/own_voice.py`), and sooner than through
an echo canceller, which takes both for the echo while two speak.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from app.audio import to_float
from app.interfaces import FRAME_SAMPLES, RATE_HZ, Pcm
from app.session.coupling import PROVEN_FRAMES, levels
from app.session.loudspeaker import Loudspeaker
from app.session.own_voice import OwnVoice
from app.session.resample import Resampler
from app.wire.codec import AudioFrame

LOUD_DB: Final = 0.0
"""Median of the bands, as it is learned: 1.5 dB less than the echo has in a room, 3 less without one. Up to an echo as
loud as it was sent the server hears more of the callers than through the canceller, and never itself
(docs/decisions.md)."""


class EchoLevel:
    """Fed with both sides of the card, in blocks; of the same moment, `played` comes before `heard`."""

    def __init__(self, output_hz: int, input_hz: int) -> None:
        self.loud = False
        """Louder than the server should be given, or of a kind that is not understood; that is for good, for it would
        take an echo that begins in the middle of a call for a caller."""
        self._own = OwnVoice()
        self._loudspeaker = Loudspeaker(self._own)
        self._output_hz = output_hz
        self._resampler = Resampler(input_hz, RATE_HZ)
        self._rest = np.empty(0, np.float32)
        self._at = 0
        """Whole frames that were heard, in samples."""
        self._played = 0
        self._unknown = 0
        """Frames of ours that came back nobody knows how."""

    def played(self, block: Pcm) -> None:
        """The loudspeaker's next block, silence too."""
        frame = AudioFrame(0, self._output_hz, self._played, block.astype("<i2").tobytes(), last=False)
        self._loudspeaker.sent(frame, self._at + self._rest.size, ())
        self._played += block.size

    def heard(self, block: Pcm) -> None:
        """The microphone's next block."""
        self._rest = np.append(self._rest, to_float(self._resampler.feed(block)))
        for level in levels(self._rest):
            self._own.hear(self._at, level[None], voiced=(True,))
            self._at += FRAME_SAMPLES
            self._rest = self._rest[FRAME_SAMPLES:]
            self._judge()

    def _judge(self) -> None:
        if (coupling := self._own.coupling) is not None:
            self.loud |= float(np.median(coupling.gain_db)) > LOUD_DB
        elif self._own.sounding:
            self._unknown += 1
            self.loud |= self._unknown > PROVEN_FRAMES
