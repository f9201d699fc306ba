"""Interruptions, measured: our voice comes back, callers fall in, and what sessions make of it is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from app.bench.calls.corpus import Corpus
from app.bench.interrupt import cuts
from app.bench.interrupt.call import Call
from app.bench.interrupt.engines import Listen, perfect
from app.bench.interrupt.scenes import Scene, Session, sessions
from app.bench.interrupt.score import Outcome
from app.bench.score import Figure
from app.bench.simulate import clock
from app.bench.simulate.timed import Pace, timed
from app.compose import assembled
from app.interfaces import Engines, SttJob, Transcript
from app.settings import Config

TOGETHER: Final = 8
"""Sessions at once."""
VAD_S: Final = 0.001
"""A call of the detector takes a fixed time, so that a seed replays to the same end whatever the thread does."""
PERFECT, OURS = "perfect ears", "our ears"
"""They know the words that were said; they are those of the configuration."""


def bench(config: Config, corpus: Corpus, count: int, seed: int, *, terminal: bool = False) -> dict[str, list[Outcome]]:
    """The outcomes of `count` scenes of each kind by ears. Raises `SetupError`, `EngineError`."""
    return clock.run(lambda: _bench(config, corpus, count, seed, terminal=terminal))


def heard_of_cuts(config: Config, corpus: Corpus, count: int, seed: int) -> list[Figure]:
    """The figures of `count` cuts. Raises `SetupError`, `EngineError`."""

    async def measured() -> list[Figure]:
        async with _loaded(config) as engines:
            return await cuts.figures(engines, corpus, count, seed)

    return clock.run(measured)


async def _bench(config: Config, corpus: Corpus, count: int, seed: int, *, terminal: bool) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {PERFECT: [], OURS: []}
    async with _loaded(config) as engines:
        listens = {PERFECT: perfect, OURS: _listening(engines)}
        ears = {name: Call(config, engines.vad, listen, terminal=terminal) for name, listen in listens.items()}
        batch = list[Session]()
        async for session in sessions(corpus, count, seed, engines.tts):
            batch.append(session)
            if len(batch) == TOGETHER:
                await _heard(batch, ears, found)
                batch = []
        await _heard(batch, ears, found)
    return found


@asynccontextmanager
async def _loaded(config: Config) -> AsyncIterator[Engines]:
    """Detector, recogniser and voice; all but the detector take no virtual time."""
    engines = timed(assembled(config), Pace(vad=lambda: VAD_S, stt=_none, tts=_none))
    async with AsyncExitStack() as stack:
        for engine in (engines.vad, engines.stt, engines.tts):
            await stack.enter_async_context(engine)
        yield engines


async def _heard(batch: list[Session], ears: Mapping[str, Call], found: dict[str, list[Outcome]]) -> None:
    """Each session by all ears, into `found`."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {name: [group.create_task(call.run(one)) for one in batch] for name, call in ears.items()}
    except ExceptionGroup as group:
        raise first(group) from None
    for name, done in tasks.items():
        found[name] += [outcome for task in done for outcome in task.result()]


def first(group: ExceptionGroup[Exception]) -> Exception:
    """The failure of a session that brought down all."""
    error: Exception = group
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _listening(engines: Engines) -> Listen:
    async def listen(scene: Scene, job: SttJob, until: int) -> Transcript | None:
        return await engines.stt.transcribe(job)

    return listen


def _none() -> float:
    return 0.0
