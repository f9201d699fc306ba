"""Between the sound card and the call: what both of the card's callbacks share, safe from any thread."""

from __future__ import annotations

import threading

import numpy as np

from app.audio import level_dbfs, to_float
from app.client.duplex import Duplex
from app.client.echo import Canceller
from app.client.echo_level import EchoLevel
from app.client.giving_way import GivingWay
from app.client.loudspeaker import Loudspeaker
from app.client.player import AUDIBLE_DBFS
from app.client.room_tone import RoomTone
from app.interfaces import Pcm
from app.wire.codec import AudioFrame
from app.wire.incoming import Playback

BLOCKS_PER_S = 100
"""Sound goes in and out in blocks of 10 ms: WebRTC's."""


class FrontEnd:
    """A loudspeaker and a microphone that does not hear it. Blocks have 10 ms."""

    def __init__(
        self, output_hz: int, input_hz: int, canceller: Canceller | None, echo: EchoLevel | None = None
    ) -> None:
        """Without a canceller it is half duplex. What is heard is left as it is while `echo` knows of no loud one."""
        self.input_hz = input_hz
        self.output_hz = output_hz
        self.played = 0
        """Blocks that the loudspeaker has asked for."""
        self._canceller = canceller
        self._echo = echo if canceller else None
        self._loudspeaker = Loudspeaker(output_hz)
        self._duplex = Duplex(half=canceller is None)
        self._giving_way = GivingWay()
        self._tone = RoomTone()
        self._latency_s = 0.0
        """Of the loudspeaker."""
        self._gain = 1.0
        self._lock = threading.Lock()

    def play(self, now: float, latency_s: float) -> Pcm:
        """The next block for the loudspeaker, which will sound `latency_s` later."""
        self.played += 1
        with self._lock:
            block = self._loudspeaker.render(self.output_hz // BLOCKS_PER_S)
            self._latency_s = latency_s
            if level_dbfs(to_float(block)) > AUDIBLE_DBFS:
                self._duplex.sounded(1 / BLOCKS_PER_S, now + latency_s)
            if self._echo:
                self._echo.played(block)
        if self._canceller:
            self._canceller.played(block, self.output_hz)
        return block

    def listen(self, block: Pcm, now: float, latency_s: float) -> Pcm:
        """A block of the microphone's, heard `latency_s` ago, as the server should hear it."""
        with self._lock:
            delay_s = self._latency_s + latency_s
            soft = self._is_soft(block)
            before, self._gain = self._gain, 1.0 if soft else self._duplex.gain(now - latency_s)
        if self._canceller:
            cleaned = self._canceller.cleaned(block, self.input_hz, round(delay_s * 1000))  # it practises always
            if not soft:
                block = cleaned
                self._give_way(block, now - latency_s)
        if before == self._gain == 1.0:
            self._tone.heard(block)
            return block
        gains = np.linspace(before, self._gain, block.size, dtype=np.float32)  # a step would click
        return (block * gains + self._tone.block(block.size) * (1 - gains)).astype(np.int16)

    def _is_soft(self, block: Pcm) -> bool:
        """Whether the server may be given our echo in `block` as it is."""
        if self._echo:
            self._echo.heard(block)
            if self._echo.loud:
                self._echo = None
        return self._echo is not None

    def _give_way(self, block: Pcm, heard_at: float) -> None:
        level = level_dbfs(to_float(block))
        with self._lock:
            if self._duplex.practised and self._duplex.sounds(heard_at):
                self._loudspeaker.gain = self._giving_way.gain(level, 1 / BLOCKS_PER_S)
            else:
                self._giving_way.forget()
                self._loudspeaker.gain = 1.0

    def hear(self, frame: AudioFrame) -> None:
        """Reply audio arrived. Raises `ValueError` when it is not at `output_hz`."""
        with self._lock:
            self._loudspeaker.add(frame)

    def obey(self, event: dict[str, object]) -> Playback | None:
        """A message about a reply; what must be reported at once."""
        turn = event.get("turn")
        if not isinstance(turn, int):
            return None
        with self._lock:
            match event:
                case {"type": "reply.duck", "gain_db": float() | int() as gain_db}:
                    self._loudspeaker.duck(turn, gain_db)
                case {"type": "reply.pause"}:
                    return self._loudspeaker.pause(turn)
                case {"type": "reply.resume", "from_ms": int() as from_ms}:
                    self._loudspeaker.resume(turn, from_ms)
                case {"type": "reply.stop"}:
                    return self._loudspeaker.stop(turn)
                case {"type": "reply.ended"}:
                    self._loudspeaker.ended(turn)
                case _:
                    pass
        return None

    def reports(self) -> list[Playback]:
        """What is due to be told of the playing."""
        with self._lock:
            return self._loudspeaker.reports(self._latency_s * 1000)
