"""One caller for both sides: sends a call at the pace of a microphone, and writes down what comes back and when."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import aiohttp
import numpy as np

from app.audio import to_pcm
from app.bench.calls.call import Call
from app.interfaces import RATE_HZ, Pcm
from scripts.peers.capture import Capture, Outcome, outcome
from scripts.peers.lines import Line

FRAME = RATE_HZ // 50
"""20 ms, what sound cards give."""
REPORT_S = 0.2
LATEST_S = 8.0
"""An answer that does not begin within this time after the caller's end never comes: pipecat gives up waiting for the
end of a turn after 5 s."""
LISTEN_S = 0.2
"""How long the answer is listened to before hanging up."""
LEAD = RATE_HZ * 3 // 10
"""Samples before the caller begins, at most: a call begins with up to 3 s of silence, in which nothing is measured."""
REST_S = 0.5
"""Between two calls, for what is still being worked out."""


class Calling:
    """One call over `ws`."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse, line: Line) -> None:
        self.capture = Capture()
        self._ws = ws
        self._line = line
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()

    async def hold(self, pcm: Pcm, end: int) -> float:
        """Say `pcm` (n,), stay silent until the answer is heard, hang up; when the caller's end was, in seconds."""
        async with asyncio.TaskGroup() as tasks:
            parts = [tasks.create_task(self._listen()), tasks.create_task(self._report())]
            self._start = self._clock()
            at = self._start + end / RATE_HZ
            await self._speak(pcm, at)
            for part in parts:
                part.cancel()
        if self._line.farewell and not self._ws.closed:
            await self._ws.send_str(self._line.farewell)
        return at

    async def _speak(self, pcm: Pcm, end: float) -> None:
        sent = 0
        while not self._over(end):
            frame = np.zeros(FRAME, np.int16)
            piece = pcm[sent : sent + FRAME]
            frame[: piece.size] = piece
            sent += FRAME
            await asyncio.sleep(max(0.0, self._start + sent / RATE_HZ - self._clock()))
            with suppress(ConnectionError):
                await self._ws.send_bytes(frame.astype("<i2").tobytes())

    def _over(self, end: float) -> bool:
        now = self._clock()
        last = self.capture.answered_at(end)
        first = None if last is None else self.capture.first_sound(last)
        return self._ws.closed or now > end + LATEST_S or (first is not None and now > first + LISTEN_S)

    async def _listen(self) -> None:
        async for message in self._ws:
            self._line.take(message, self.capture, self._clock())

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            for text in self._line.reports(self.capture, self._clock()):
                with suppress(ConnectionError):
                    await self._ws.send_str(text)


async def make_call(side: str, line: Line, call: Call) -> Outcome:
    """Hold `call` over `line`. Raises `aiohttp.ClientError` where nobody answers."""
    skipped = max(0, call.start - LEAD)
    pcm, end = to_pcm(call.audio)[skipped:], call.end - skipped
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(line.url, protocols=line.protocols, max_msg_size=0) as ws,
    ):
        while line.ready and (await ws.receive_json())["type"] != line.ready:
            pass
        calling = Calling(ws, line)
        at = await calling.hold(pcm, end)
    return outcome(side, (call.name, call.set), at, calling.capture)
