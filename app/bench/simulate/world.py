"""A server and its callers in virtual time: everything real but the engines, the network and the people."""

from __future__ import annotations

import asyncio
import random
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cache
from typing import cast
from unittest.mock import patch

from aiohttp import web

from app.bench.calls.corpus import author
from app.bench.simulate import clock
from app.bench.simulate.brain import Brain, waiter
from app.bench.simulate.caller import Caller
from app.bench.simulate.engines import Detector, Machine, Mouthpiece, Recogniser
from app.bench.simulate.line import Line, Network, Tap
from app.bench.simulate.log import Log
from app.bench.simulate.mouth import Uttered
from app.bench.simulate.phone import Exchange, Phone
from app.bench.simulate.profile import Profile
from app.bench.simulate.script import CALM, Script, Temper, script
from app.bench.simulate.speech import Lexicon
from app.interfaces import Engines, Message
from app.metrics import Metrics
from app.net.outbox import Outbox
from app.net.socket import Connection
from app.session.own_voice import OwnVoice
from app.session.parts import Parts
from app.session.store import Entry, Sessions
from app.settings import Config
from app.wire.incoming import Options
from app.wire.messages import SessionReady

NETWORK = Network(0.005, 0.002)
"""A local one."""
STALLING = Network(0.02, 0.02, 0.002)
LONGEST_CHARS = 60
"""Of a sentence of ours: longer ones would only take longer to play."""
LONGEST_S = 3_600.0
"""No call lasts longer: one that does hangs."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a world is made of."""

    profile: Profile
    config: Config
    temper: Temper = CALM
    network: Network = NETWORK
    sessions: int = 1
    """Callers at once, on the same engines."""
    lines: int = 3
    """Of each caller."""
    faults: float = 0.0
    """Share of engine jobs that fail."""


@dataclass(frozen=True, slots=True)
class Record:
    """One conversation, after its end."""

    seed: str
    log: Log
    uttered: tuple[Uttered, ...]
    """What the server can have heard."""
    memory: tuple[Message, ...]
    """What the session remembered at its end."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A world after its end."""

    records: tuple[Record, ...]
    left: tuple[str, ...]
    """What still ran or was held when everybody had gone."""


def play(setting: Setting, seed: str) -> Outcome:
    """The same seed plays the same world. Raises what breaks the server, `StandstillError` when it hangs."""
    return clock.run(lambda: _World(setting, seed).run())


@cache
def _replies() -> tuple[str, ...]:
    """Sentences of ours."""
    return tuple(
        part
        for reply in author("en").phrases.replies
        for part in re.findall(r"[^.!?]+[.!?]+", reply)
        if len(part) < LONGEST_CHARS
    )


class _World:
    def __init__(self, setting: Setting, seed: str) -> None:
        self._setting, self._seed = setting, seed
        self._dice = random.Random(seed)
        self._lexicon = Lexicon()
        machine = Machine(setting.profile, self._dice, setting.faults)
        self._brain = Brain(machine, waiter(_replies()), setting.config.llm.prompt_chunk)
        engines = Engines(Detector(machine), Recogniser(machine, self._lexicon), self._brain, Mouthpiece(machine))
        self._parts = Parts(engines, setting.config, Metrics())

    async def run(self) -> Outcome:
        before = asyncio.all_tasks()
        async with asyncio.timeout(LONGEST_S), AsyncExitStack() as stack:
            # The words of these callers are written into the samples: made softer, they would be others.
            stack.enter_context(patch.object(OwnVoice, "without", lambda _, audio, start: audio))
            sessions: Sessions[Outbox] = await stack.enter_async_context(Sessions(self._parts))
            async with asyncio.TaskGroup() as tasks:
                calls = [tasks.create_task(self._call(number, sessions)) for number in range(self._setting.sessions)]
        await asyncio.sleep(0)
        left = [f"task {task.get_coro()}" for task in asyncio.all_tasks() - before]
        left += [f"{self._brain.slots} places in the model"] * bool(self._brain.slots)
        left += [f"{self._brain.running} answers in the making"] * bool(self._brain.running)
        return Outcome(tuple(call.result() for call in calls), tuple(left))

    async def _call(self, number: int, sessions: Sessions[Outbox]) -> Record:
        seed, log = f"{self._seed} caller {number}", Log()
        entry = await sessions.open(Options(), Tap(log))
        async with asyncio.TaskGroup() as tasks:
            host = _Host(entry, tasks)
            phone = Phone(Exchange(self._setting.network, self._dice, log, host.dial))
            await Caller(self._script(seed), phone, self._lexicon).run()
            await entry.ended.wait()
        uttered = phone.mouth.words([line.taken for line in phone.lines])
        return Record(seed, log, tuple(uttered), entry.session.memory.messages(""))

    def _script(self, seed: str) -> Script:
        return script(author("en"), self._setting.temper, self._setting.lines, seed)


class _Host:
    """One session's door: a new line takes over from the one before, as in app/net/api.py."""

    def __init__(self, entry: Entry[Outbox], tasks: asyncio.TaskGroup) -> None:
        self._entry, self._tasks = entry, tasks
        self._now: Connection | None = None

    def dial(self, line: Line) -> None:
        self._tasks.create_task(self._serve(line))

    async def _serve(self, line: Line) -> None:
        if earlier := self._now:
            await earlier.replace()
        if self._entry.session.reason:
            await line.close()
            return
        # The line has what a connection needs of a socket.
        connection = self._now = Connection(cast(web.WebSocketResponse, line), self._entry, self._greeting())
        try:
            await connection.run()
        finally:
            if self._now is connection:
                self._now = None

    def _greeting(self) -> SessionReady:
        return SessionReady(self._entry.session.id, self._entry.token, False, {}, {}, {}, None)
