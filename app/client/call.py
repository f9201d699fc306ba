"""A caller made of audio files: sends as a microphone would, listens as a loudspeaker would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np

from app.client.files import read_audio
from app.client.player import Player, audible_windows
from app.client.record import Show, TurnRecord
from app.errors import SetupError
from app.interfaces import RATE_HZ, Pcm
from app.net.access import PROTOCOL
from app.wire.codec import decode_audio

FRAME = RATE_HZ // 50
"""20 ms, what sound cards give."""
REPORT_S = 0.2
TICKS = 4
"""Looks within that time whether a reply has been played to its end."""
SETTLE_S = 4.0
"""A turn with nothing in it is over after so long."""
TURN_LIMIT_S = 120.0
CLOSE_S = 5.0


@dataclass(frozen=True, slots=True)
class _Turn:
    file: Path
    pcm: Pcm


class Caller:
    """One call over `ws`. `show` gets every event, with `t_ms` on this caller's clock."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, show: Show) -> None:
        self.records: list[TurnRecord] = []
        self.failed = False
        self._ws = ws
        self._show = show
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()
        self._sent = 0
        self._open: set[int] = set()
        """Turns of the server's that are not over."""
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
            with suppress(ConnectionError, TimeoutError):
                await self._ws.send_json({"type": "bye"})
                async with asyncio.timeout(CLOSE_S):
                    await self._gone.wait()
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
        with suppress(ConnectionError):
            await self._ws.send_bytes(pcm.astype("<i2").tobytes())

    async def _receive(self) -> None:
        async for frame in self._ws:
            if frame.type is aiohttp.WSMsgType.TEXT:
                self._take(json.loads(frame.data))
            elif frame.type is aiohttp.WSMsgType.BINARY:
                self._hear(frame.data)
        self._gone.set()

    def _take(self, event: dict[str, Any]) -> None:
        self._event(event)
        kind, turn = event["type"], event.get("turn")
        record = self.records[-1] if self.records else None
        if kind == "error":
            self.failed |= bool(event["fatal"])
        if record is None or turn is None:
            return
        record.take(event)
        match kind:
            case "speech.started" | "reply.started":
                self._open.add(turn)
                record.ended = False
            case "transcript.final" if not event["text"]:
                self._open.discard(turn)
            case "reply.stop":
                if player := self._players.get(turn):
                    player.stop(self._clock())
            case "reply.ended":
                self._open.discard(turn)
            case _:
                pass

    def _hear(self, data: bytes) -> None:
        frame = decode_audio(data)
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
            now = self._clock()
            for turn, player in tuple(self._players.items()):
                done = player.done(now)
                if done:
                    del self._players[turn]
                if done or tick % TICKS == 0:
                    state = "done" if done else "playing"
                    report = {"type": "playback", "turn": turn, "played_ms": player.played_ms(now), "state": state}
                    with suppress(ConnectionError):
                        await self._ws.send_json(report)

    def _event(self, event: dict[str, Any]) -> None:
        self._show({"t_ms": round((self._clock() - self._start) * 1000), **event})


async def call(url: str, token: str, files: Sequence[Path], show: Show) -> tuple[list[TurnRecord], bool]:
    """Call the server at `url` with `files` as turns: the records, and whether all went well. Raises `SetupError`."""
    turns = [_Turn(file, read_audio(file)) for file in files]
    async with _connected(url, token) as ws:
        caller = Caller(ws, show)
        await caller.run(turns)
    return caller.records, not caller.failed and len(caller.records) == len(turns)


@asynccontextmanager
async def _connected(url: str, token: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with (
            aiohttp.ClientSession(headers=headers) as http,
            http.ws_connect(f"{url.rstrip('/')}/v1/ws", protocols=(PROTOCOL,), max_msg_size=0) as ws,
        ):
            yield ws
    except aiohttp.WSServerHandshakeError as error:
        raise SetupError(f"{url} refused the call ({error.status})", fix="Give the server's token.") from error
    except (aiohttp.ClientError, ValueError) as error:
        raise SetupError(
            f"{url} cannot be reached: {error}", fix="Start `parlor serve`, or leave out --url."
        ) from error
