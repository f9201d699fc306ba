"""What a caller calls with: a microphone, a loudspeaker, and one line after the other."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.audio import ms_to_samples
from app.bench.simulate.line import Frame, Line, Network, noted
from app.bench.simulate.log import Log
from app.bench.simulate.mouth import Mouth
from app.bench.simulate.player import Player
from app.interfaces import RATE_HZ
from app.wire.codec import decode_audio

COARSE_MS = 96
"""A microphone's message where nothing changes: what lies within cannot be told from smaller ones."""
Dial = Callable[[Line], None]
"""Connects the server's end."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What calls go through."""

    network: Network
    dice: random.Random
    log: Log
    dial: Dial


class Phone:
    """One caller's. `listen` and `report` run until they are cancelled."""

    def __init__(self, exchange: Exchange) -> None:
        self.mouth = Mouth()
        self.players: dict[int, Player] = {}
        self.lines: list[Line] = []
        self.over = False
        """The server has ended the session."""
        self.busy = False
        """A turn is under way."""
        self.changed = asyncio.Event()
        """Set when anything arrives."""
        self.began_s = asyncio.get_running_loop().time()
        self._heard = False
        """The server takes what is said for speech."""
        self._turn = -1
        self._line: Line | None = None
        self._exchange = exchange
        self._clock = asyncio.get_running_loop().time

    @property
    def connected(self) -> bool:
        return self._line is not None

    @property
    def sounding(self) -> bool:
        """A reply is being played, or will go on."""
        return any(not player.over for player in self.players.values())

    def at_s(self, sample: int) -> float:
        """When the microphone hears a sample of the call."""
        return self.began_s + sample / RATE_HZ

    def note(self, what: str, **data: Any) -> None:  # noqa: ANN401 - of any kind
        self._exchange.log.add(self._clock(), "client", what, data)

    # ---- the line

    def connect(self) -> None:
        """Call, on a new line if there is one already."""
        if self._line:
            self._line_ended()
        line = Line(
            self._exchange.network, self._exchange.dice, self._exchange.log, lambda frame: self._got(line, frame)
        )
        self._line = line
        self.lines.append(line)
        self.mouth.connect()
        self.note("calls")
        self._exchange.dial(line)

    def hang_up(self, *, rudely: bool) -> None:
        if self._line:
            self._line.hang_up(rudely=rudely)
            self.note("hung up")
            self._line_ended()

    def send(self, kind: str, **fields: object) -> None:
        """A message, if there is a line."""
        if self._line:
            self._line.send(json.dumps({"type": kind, **fields}))

    def _line_ended(self) -> None:
        for player in self.players.values():
            if not player.over:
                player.stop(self._clock())
                self._note_played("stopped", player)
        self.mouth.cut()
        self.busy = self._heard = False
        self._line = None

    # ---- what arrives

    def _got(self, line: Line, frame: Frame | None) -> None:
        if line is not self._line:
            return
        if isinstance(frame, bytes):
            self._hear(frame)
            return
        if frame is None:
            self.note("closed")
            self._line_ended()
        else:
            self._take(json.loads(frame))
        self.changed.set()

    def _hear(self, data: bytes) -> None:
        frame = decode_audio(data)
        self.note("audio", **noted(frame))
        player = self.players.setdefault(frame.turn, Player(frame.turn))
        silent = player.first_at is None
        player.add(len(frame.pcm) // 2, self._clock(), last=frame.last)
        if silent and player.first_at is not None:
            self.note("plays", turn=frame.turn)
            self.changed.set()

    def _take(self, event: dict[str, Any]) -> None:
        self.note(event["type"], **event)
        turn = event.get("turn", -1)
        match event["type"]:
            case "speech.started" | "reply.started":
                self.busy, self._turn = True, turn
                self._heard = event["type"] == "speech.started"
            case "speech.stopped":
                self._heard = False
            case "transcript.final" if not event["text"] and turn == self._turn:
                self.busy = False
            case "reply.ended":
                self.busy = self.busy and turn != self._turn
            case "session.ended":
                self.over = True
            case _:
                pass
        if event["type"] == "reply.pause":  # which may come before its audio
            self.players.setdefault(turn, Player(turn))
        if player := self.players.get(turn):
            self._obey(player, event)

    def _obey(self, player: Player, event: dict[str, Any]) -> None:
        now = self._clock()
        match event["type"]:
            case "reply.duck":
                player.duck(event["gain_db"])
            case "reply.pause":
                player.pause(now)
                self._say_played(player)
            case "reply.resume":
                self.note("resumes", turn=player.turn, at=player.played_ms(now), from_ms=event["from_ms"])
                player.resume(event["from_ms"], now)
            case "reply.stop":
                player.stop(now)
                self._note_played("stopped", player)
                self._say_played(player)
            case "reply.ended" if not player.over or event["status"] == "completed":
                player.finish(now)
                self._note_played("ended", player)
            case _:
                pass

    # ---- what is sent all the time

    async def listen(self, chunk_ms: int) -> None:
        """The microphone, in messages of so many ms."""
        chunk, coarse = ms_to_samples(chunk_ms), ms_to_samples(COARSE_MS)
        while True:
            steady = self.mouth.steady() >= coarse and (self.mouth.loud or not self._heard)
            samples = max(chunk, coarse) if steady else chunk
            await asyncio.sleep(max(0.0, self.at_s(self.mouth.at + samples) - self._clock()))
            pcm = self.mouth.take(samples)
            if self._line:
                self._line.send(pcm.tobytes())

    async def report(self, every_ms: int) -> None:
        """What was heard of each reply, and once more when it is over."""
        done = set[int]()
        while True:
            await asyncio.sleep(every_ms / 1000)
            for player in self.players.values():
                if player.turn not in done and player.first_at is not None:
                    self._say_played(player)
                    if player.over:
                        done.add(player.turn)

    def _say_played(self, player: Player) -> None:
        self.send("playback", turn=player.turn, played_ms=player.played_ms(self._clock()), state=player.state)

    def _note_played(self, what: str, player: Player) -> None:
        self.note(what, turn=player.turn, played=player.played(self._clock()))
