"""A sound card in a room: what it plays comes back into its microphone, beside a caller who speaks."""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from app.audio import to_float, to_pcm
from app.client.front import BLOCKS_PER_S

RATE = 16_000
BLOCK = RATE // BLOCKS_PER_S


@dataclass
class Health:
    gaps: int = 0
    fault: str = ""


class Room:
    """Opens like a sound card. `echo_db` and `delay_ms`: of the loudspeaker in the microphone; None is a headset."""

    def __init__(self, echo_db=None, delay_ms=100):
        self.played = []
        """Blocks."""
        self.health = Health()
        self.dead = False
        """A microphone that was unplugged."""
        self.mute = False
        """The loudspeaker was."""
        self._gain = 0.0 if echo_db is None else 10 ** (echo_db / 20)
        self._air = [np.zeros(BLOCK, np.int16)] * (delay_ms // 10)
        self._speech = np.empty(0, np.int16)
        self._stop = threading.Event()

    def say(self, pcm):
        """The caller speaks, from the next block on."""
        self._speech = pcm

    @contextmanager
    def open(self, front, heard):
        thread = threading.Thread(target=self._run, args=(front, heard), name="parlor-room")
        thread.start()
        try:
            yield self.health
        finally:
            self._stop.set()
            thread.join()

    def _run(self, front, heard):
        start, blocks = time.monotonic(), 0
        while not self._stop.wait(max(0.0, start + blocks / BLOCKS_PER_S - time.monotonic())):
            now = start + blocks / BLOCKS_PER_S
            blocks += 1
            self.played.append(np.zeros(BLOCK, np.int16) if self.mute else front.play(now, 0.0))
            self._air.append(self.played[-1])
            said, self._speech = self._speech[:BLOCK], self._speech[BLOCK:]
            sound = self._gain * to_float(self._air.pop(0))
            sound[: said.size] += to_float(said)
            if not self.dead:
                heard(front.listen(to_pcm(sound), now, 0.0))
