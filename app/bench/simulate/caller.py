"""A scripted caller: speaks, thinks, listens, falls in, types, hangs up and comes back, all by the script."""

from __future__ import annotations

import asyncio

from app.bench.simulate.phone import Phone
from app.bench.simulate.script import Act, Kind, Part, Script
from app.bench.simulate.speech import Lexicon, cough, silence
from app.interfaces import RATE_HZ

PATIENCE_S = 12.0
"""After which a caller who got no answer goes on."""
SETTLE_S = 0.3
"""Without anything under way, after which nothing more is expected."""
LEAST_S = 0.02


class Caller:
    """One call from its beginning to its end, over as many lines as it takes."""

    def __init__(self, script: Script, phone: Phone, lexicon: Lexicon) -> None:
        self._script = script
        self._phone = phone
        self._lexicon = lexicon
        self._clock = asyncio.get_running_loop().time
        self._left = False

    async def run(self) -> None:
        """The whole call."""
        self._phone.connect()
        async with asyncio.TaskGroup() as tasks:
            parts = [
                tasks.create_task(self._phone.listen(self._script.chunk_ms)),
                tasks.create_task(self._phone.report(self._script.report_ms)),
            ]
            for part in self._script.parts:
                if not self._gone:
                    await self._play(part)
            if not self._gone:
                await self._goodbye()
            for task in parts:
                task.cancel()

    @property
    def _gone(self) -> bool:
        return self._left or self._phone.over

    async def _play(self, part: Part) -> None:
        await self._opening(part)
        async with asyncio.TaskGroup() as tasks:
            for act in part.acts:
                tasks.create_task(self._act(act))
            tasks.create_task(self._speak(part))
        await self._settled()

    async def _opening(self, part: Part) -> None:
        """Until it is the caller's turn, or the caller takes it."""
        if part.falls_in_ms is not None and self._phone.sounding:
            await asyncio.sleep(part.falls_in_ms / 1000)
        else:
            await self._quiet()
            await asyncio.sleep(part.line.lead_ms / 1000)

    async def _speak(self, part: Part) -> None:
        mouth = self._phone.mouth
        if not self._phone.connected:
            return
        begins = mouth.at + mouth.left
        gaps = {gap.after: gap.ms for gap in part.line.gaps}
        for number, word in enumerate(part.line.words):
            mouth.say(word, self._lexicon.say(word, self._script.slowness).pcm)
            if number in gaps and number + 1 < len(part.line.words):
                mouth.say("", silence(gaps[number]))
        lines = len(self._phone.lines)
        await self._said()
        if self._phone.connected and len(self._phone.lines) == lines:
            at_s = self._phone.at_s
            text = " ".join(part.line.words)
            self._phone.note("said", text=text, from_s=at_s(begins), to_s=at_s(mouth.uttered[-1].end))

    async def _said(self) -> None:
        """Until the microphone has taken all of it, or nobody listens any more."""
        if self._phone.connected and (left := self._phone.mouth.left):
            await asyncio.sleep(max(LEAST_S, left / RATE_HZ))
            await self._said()

    async def _settled(self) -> None:
        """Until a reply sounds, or nothing is under way."""
        patience = self._clock() + PATIENCE_S
        while self._clock() < patience and not self._gone and not self._phone.sounding:
            if not await self._something() and not self._phone.busy:
                return

    async def _quiet(self) -> None:
        """Until nothing is under way and nothing sounds."""
        patience = self._clock() + PATIENCE_S
        while self._clock() < patience and not self._gone and (self._phone.busy or self._phone.sounding):
            await self._something()

    async def _something(self) -> bool:
        """Until something arrives, or for a while."""
        self._phone.changed.clear()
        try:
            async with asyncio.timeout(SETTLE_S):
                await self._phone.changed.wait()
        except TimeoutError:
            return False
        return True

    async def _act(self, act: Act) -> None:
        await asyncio.sleep(act.at_ms / 1000)
        phone = self._phone
        phone.note("does", act=act.kind.value, number=act.number)
        match act.kind:
            case Kind.COUGH:
                phone.mouth.say("", cough(act.lasts_ms))
            case Kind.TYPE:
                phone.mouth.blur()
                phone.send("text", text=f"typed {act.number}")
            case Kind.REQUEST:
                phone.send("text_request", text=f"Text number {act.number} is to be spoken now.")
            case Kind.STOP:
                phone.send("interrupt")
            case Kind.COMMIT:
                phone.mouth.blur()
                phone.send("audio.commit")
            case Kind.RESET:
                phone.send("control", command="reset")
            case Kind.DROP | Kind.LEAVE | Kind.REPLACE:
                await self._away(act)

    async def _away(self, act: Act) -> None:
        if act.kind is not Kind.REPLACE:
            self._phone.hang_up(rudely=act.rudely)
            await asyncio.sleep(act.lasts_ms / 1000)
        self._left = self._left or act.kind is Kind.LEAVE
        if not self._left:
            self._phone.connect()

    async def _goodbye(self) -> None:
        await self._quiet()
        if self._script.goodbye:
            self._phone.send("bye")
            await self._something()
        self._phone.hang_up(rudely=False)
        self._left = True
