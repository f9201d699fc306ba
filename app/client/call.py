"""A caller made of audio files: sends as a microphone would, listens as a loudspeaker would."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from app.client.connection import Line, connected
from app.client.files import read_audio
from app.client.player import Player, audible_windows
from app.client.record import Show, TurnRecord
from app.interfaces import RATE_HZ, Pcm
from app.wire.codec import AudioFrame

FRAME = RATE_HZ // 50
"""20 ms, what sound cards give."""
REPORT_S = 0.2
TICKS = 4
"""Looks within that time whether a reply has been played to its end."""
SETTLE_S = 4.0
"""A turn with nothing in it is over after so long."""
TURN_LIMIT_S = 120.0
_UNANSWERED = frozenset({"engine_failed", "engine_timeout", "busy"})
"""Errors in the place of a transcript or a reply."""


@dataclass(frozen=True, slots=True)
class _Turn:
    file: Path
    pcm: Pcm


class Caller:
    """One call over `line`. `show` gets every event, with `t_ms` on this caller's clock."""

    def __init__(self, line: Line, show: Show) -> None:
        self.records: list[TurnRecord] = []
        self.failed = False
        self._line = line
        self._show = show
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()
        self._sent = 0
        self._open: set[int] = set()
        """Turns of the server's that are not over."""
        self._answered: set[int] = set()
        """Those that a reply was begun for."""
        self._players: dict[int, Player] = {}
        self._gone = asyncio.Event()

    async def run(self, turns: Sequence[_Turn]) -> None:
        """Hold the whole conversation."""
        async with asyncio.TaskGroup() as tasks:
            parts = [tasks.create_task(self._receive()), tasks.create_task(self._report())]
            self._start = self._clock()
            for turn in turns:
                if not self._gone.is_set():
                    await self._speak(turn)
            await self._line.goodbye(self._gone)
            for part in parts:
                part.cancel()

    async def _speak(self, turn: _Turn) -> None:
        audible = audible_windows(turn.pcm, RATE_HZ)
        end = self._sent + (audible[-1] + RATE_HZ // 100 if audible else turn.pcm.size)
        record = TurnRecord(turn.file.name, self._start + end / RATE_HZ)
        self.records.append(record)
        self._event({"type": "turn.speaking", "file": turn.file.name, "speech_end_ms": round(end * 1000 / RATE_HZ)})
        padded = np.append(turn.pcm, np.zeros(-turn.pcm.size % FRAME, np.int16))
        for at in range(0, padded.size, FRAME):
            if self._gone.is_set():
                return
            await self._send(padded[at : at + FRAME])
        said_at = self._clock()
        silence = np.zeros(FRAME, np.int16)
        while not self._over(record, said_at) and not self._gone.is_set():
            await self._send(silence)

    def _over(self, record: TurnRecord, said_at: float) -> bool:
        waited = self._clock() - said_at
        quiet = not self._open
        return (quiet and (record.ended or waited > SETTLE_S)) or waited > TURN_LIMIT_S

    async def _send(self, pcm: Pcm) -> None:
        """20 ms, when a microphone would have them."""
        self._sent += pcm.size
        await asyncio.sleep(max(0.0, self._start + self._sent / RATE_HZ - self._clock()))
        await self._line.speak(pcm)

    async def _receive(self) -> None:
        async with aclosing(self._line.incoming()) as incoming:
            async for message in incoming:
                if isinstance(message, AudioFrame):
                    self._hear(message)
                else:
                    self._take(message)
                    await self._obey(message)
        self._gone.set()

    def _take(self, event: dict[str, Any]) -> None:
        self._event(event)
        kind, turn = event["type"], event.get("turn")
        record = self.records[-1] if self.records else None
        self.failed |= kind == "error" and bool(event["fatal"])
        self.failed |= kind == "reply.ended" and event["status"] == "failed"
        if kind == "error" and event["code"] in _UNANSWERED:
            self.failed = True
            self._open &= self._answered
        if record is None or turn is None:
            return
        record.take(event)
        match kind:
            case "speech.started":
                self._open.add(turn)
                record.ended = False
            case "reply.started":
                self._open.add(turn)
                self._answered.add(turn)
                record.ended = False
            case "transcript.final" if not event["text"]:
                self._open.discard(turn)
            case "reply.ended":  # of earlier turns that the caller went on from, nothing comes any more
                self._open = {later for later in self._open if later > turn}
            case _:
                pass

    async def _obey(self, event: dict[str, Any]) -> None:
        """What the loudspeaker is told, and what it answers."""
        player = self._players.get(event.get("turn", -1))
        if player is None:
            return
        now = self._clock()
        match event["type"]:
            case "reply.duck":
                player.duck(event["gain_db"], now)
            case "reply.resume":
                player.resume(event["from_ms"], now)
            case "reply.pause":
                player.pause(now)
                await self._tell(player)
            case "reply.stop":
                player.stop(now)
                await self._tell(player)
            case _:
                pass

    def _hear(self, frame: AudioFrame) -> None:
        now = self._clock()
        player = self._players.get(frame.turn)
        if player is None:
            player = self._players[frame.turn] = Player(frame.turn, frame.rate_hz)
            if self.records:
                self.records[-1].player = player
        player.add(frame, now)
        self._event(
            {"type": "audio", "turn": frame.turn, "offset": frame.offset, "bytes": len(frame.pcm), "last": frame.last}
        )

    async def _report(self) -> None:
        """Tell what was heard, as a loudspeaker would know it."""
        for tick in count():
            await asyncio.sleep(REPORT_S / TICKS)
            for player in tuple(self._players.values()):
                if player.done(self._clock()) or (tick % TICKS == 0 and not player.paused):
                    await self._tell(player)

    async def _tell(self, player: Player) -> None:
        report = player.report(self._clock())
        if report.state == "done":
            self._players.pop(player.turn, None)
        await self._line.report(report)

    def _event(self, event: dict[str, Any]) -> None:
        self._show({"t_ms": round((self._clock() - self._start) * 1000), **event})


async def call(url: str, token: str, files: Sequence[Path], show: Show) -> tuple[list[TurnRecord], bool]:
    """Call the server at `url` with `files` as turns: the records, and whether all went well. Raises `SetupError`."""
    turns = [_Turn(file, read_audio(file)) for file in files]
    async with connected(url, token) as line:
        caller = Caller(line, show)
        await caller.run(turns)
    return caller.records, not caller.failed and len(caller.records) == len(turns)
