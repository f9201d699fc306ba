"""WebRTC's audio processing on the microphone: echo out, noise down. In the optional package `livekit`."""

from __future__ import annotations

import atexit
import sys
import threading
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from app.interfaces import Pcm

PACKAGE = "livekit"
ADVICE = (
    "Without echo cancellation nothing is heard while Parlor speaks. To be able to interrupt it by voice:\n"
    f"  {sys.executable} -m pip install {PACKAGE}"
)

MOST_DELAY_MS = 500
"""WebRTC takes no more, and fails where it is told so; how late the echo is it finds out by itself."""
_EXIT_S = 0.1
"""At the end of a process the package's log thread may still call into Python, and panics when that is gone: 4 of 40
short processes ended so, and 0 of 40 that waited after the package's own end."""


class Canceller(Protocol):
    """Takes our own voice out of what the microphone hears. Blocks have 10 ms; the two sides may have other rates."""

    def played(self, block: Pcm, rate_hz: int) -> None:
        """The next block that was given to the loudspeaker."""

    def cleaned(self, block: Pcm, rate_hz: int, delay_ms: int) -> Pcm:
        """The next block of the microphone's without the echo. `delay_ms`: from `played` to hearing it here."""


class WebRtc:
    """`Canceller` by WebRTC. The two sides may be called from different threads."""

    def __init__(self, rtc: Any) -> None:  # noqa: ANN401 - the package is optional
        self._frame = rtc.AudioFrame
        self._processing = rtc.AudioProcessingModule(
            echo_cancellation=True, noise_suppression=True, high_pass_filter=True, auto_gain_control=False
        )

    def played(self, block: Pcm, rate_hz: int) -> None:
        """See `Canceller`."""
        self._processing.process_reverse_stream(self._frame(bytearray(block.tobytes()), rate_hz, 1, block.size))

    def cleaned(self, block: Pcm, rate_hz: int, delay_ms: int) -> Pcm:
        """See `Canceller`."""
        frame = self._frame(bytearray(block.tobytes()), rate_hz, 1, block.size)
        self._processing.set_stream_delay_ms(min(delay_ms, MOST_DELAY_MS))
        self._processing.process_stream(frame)
        return np.array(frame.data, np.int16)


def canceller() -> Canceller | None:
    """WebRTC's, or None where its package is not installed."""
    name = f"{PACKAGE}.rtc"
    if name not in sys.modules:
        atexit.register(threading.Event().wait, _EXIT_S)  # registered before, called after
    try:
        return WebRtc(import_module(name))
    except ImportError:
        return None
