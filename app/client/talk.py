"""A caller with a microphone and a loudspeaker: the same wire as a page's, without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, aclosing, suppress
from typing import Any, Protocol

import numpy as np

from app.client.connection import Line
from app.client.front import FrontEnd
from app.client.record import Show
from app.errors import SetupError
from app.interfaces import Pcm
from app.wire.codec import AudioFrame

MIC_BLOCKS = 200
"""2 s of the microphone's blocks wait for a slow link; then the oldest go, and it is said."""
SENT_BLOCKS = 2
"""20 ms in one message."""
REPORT_S = 0.05
"""How often the loudspeaker is asked whether a report is due."""
SILENT_S = 2.0
"""A card that gives, or takes, no block for so long was unplugged, or its driver hangs."""


class Health(Protocol):
    """How the sound card does."""

    gaps: int
    fault: str


OpenCard = Callable[[FrontEnd, Callable[[Pcm], None]], AbstractContextManager[Health]]
"""Plays what the front end gives, and hands over what the microphone hears, on any thread."""


class _Microphone:
    """From the sound card's thread to the loop."""

    def __init__(self) -> None:
        self.lost = 0
        """Blocks that the link was too slow for."""
        self._loop = asyncio.get_running_loop()
        self._blocks: asyncio.Queue[Pcm] = asyncio.Queue(MIC_BLOCKS)

    def heard(self, block: Pcm) -> None:
        """A block, on the sound card's thread."""
        with suppress(RuntimeError):  # the loop is closed: the process is on its way out
            self._loop.call_soon_threadsafe(self._put, block)

    def _put(self, block: Pcm) -> None:
        if self._blocks.full():
            self._blocks.get_nowait()
            self.lost += 1
        self._blocks.put_nowait(block)

    async def take(self) -> Pcm:
        """The next 20 ms. Raises `TimeoutError` when the microphone is silent for good."""
        blocks = list[Pcm]()
        while len(blocks) < SENT_BLOCKS:
            try:
                async with asyncio.timeout(SILENT_S):
                    blocks.append(await self._blocks.get())
            except TimeoutError:
                if self._blocks.empty():  # else it was this program that stood still
                    raise
        return np.concatenate(blocks)


class Talk:
    """One call, until it is hung up. `show` gets every event, with `t_ms` since the call began."""

    def __init__(self, line: Line, front: FrontEnd, show: Show) -> None:
        self.fault: dict[str, Any] | None = None
        """The fatal error that the server named."""
        self._line = line
        self._front = front
        self._show = show
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()
        self._ready = asyncio.Event()
        self._over = asyncio.Event()
        self._gone = asyncio.Event()
        self._enough = asyncio.Event()

    def hang_up(self) -> None:
        """End the call."""
        self._over.set()
        self._ready.set()

    def interrupt(self) -> None:
        """Stop the reply."""
        self._enough.set()

    async def run(self, open_card: OpenCard) -> None:
        """Talk until the server ends the session or somebody hangs up. Raises `SetupError` when the card fails."""
        try:
            async with asyncio.TaskGroup() as tasks:
                parts = [tasks.create_task(self._receive()), tasks.create_task(self._stop_replies())]
                await self._ready.wait()
                if not self._over.is_set():
                    await self._hold(open_card, tasks)
                await self._line.goodbye(self._gone)
                for part in parts:
                    part.cancel()
        except* SetupError as group:
            raise group.exceptions[0] from None

    async def _hold(self, open_card: OpenCard, tasks: asyncio.TaskGroup) -> None:
        rates = {"input": self._front.input_hz, "output": self._front.output_hz}
        formats = {side: {"codec": "pcm16", "rate": rate} for side, rate in rates.items()}
        await self._line.send("session.configure", **formats)
        microphone = _Microphone()
        with open_card(self._front, microphone.heard) as health:
            sounds = [
                tasks.create_task(self._send(microphone, health)),
                tasks.create_task(self._report(health)),
            ]
            await self._over.wait()
        for each in sounds:  # a card that is closed gives and takes nothing
            each.cancel()
        self._event({"type": "sound.summary", "gaps": health.gaps, "lost_ms": 10 * microphone.lost})

    async def _send(self, microphone: _Microphone, health: Health) -> None:
        while not self._over.is_set():
            try:
                pcm = await microphone.take()
            except TimeoutError:
                why = health.fault or f"it gave nothing for {SILENT_S:g} s"
                raise SetupError(
                    f"the microphone stopped: {why}", fix="Plug it in again, or choose another with --input-device."
                ) from None
            if not self._over.is_set():  # nothing may come after the goodbye
                await self._line.speak(pcm)

    async def _receive(self) -> None:
        async with aclosing(self._line.incoming()) as incoming:
            async for message in incoming:
                if isinstance(message, AudioFrame):
                    self._front.hear(message)
                    continue
                if report := self._front.obey(message):
                    await self._line.report(report)
                if message["type"] == "error" and message["fatal"]:
                    self.fault = message
                self._event(message)
                if message["type"] == "session.ready":
                    self._ready.set()
        self._gone.set()
        self.hang_up()

    async def _report(self, health: Health) -> None:
        """Tell what was heard, as long as the loudspeaker plays anything: without it replies would only pile up."""
        played, since = -1, self._clock()
        while True:
            if played != self._front.played:
                played, since = self._front.played, self._clock()
            elif self._clock() - since > SILENT_S:
                why = health.fault or f"it took nothing for {SILENT_S:g} s"
                raise SetupError(
                    f"the loudspeaker stopped: {why}", fix="Plug it in again, or choose another with --output-device."
                )
            await asyncio.sleep(REPORT_S)
            for report in self._front.reports():
                await self._line.report(report)

    async def _stop_replies(self) -> None:
        while True:
            await self._enough.wait()
            self._enough.clear()
            await self._line.send("interrupt")

    def _event(self, event: dict[str, Any]) -> None:
        self._show({"t_ms": round((self._clock() - self._start) * 1000), **event})
