"""Interruptions, measured: our voice comes back, callers fall in, and every verdict is counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from app.bench.calls.corpus import Corpus
from app.bench.interrupt import cuts
from app.bench.interrupt.scenes import Scene, Session, sessions
from app.bench.interrupt.score import Outcome
from app.bench.interrupt.talk import Listen, Talk
from app.bench.score import Figure
from app.compose import assembled
from app.errors import EngineError
from app.interfaces import Engines, FloatArray, SttJob, SttKind
from app.settings import Config

TOGETHER: Final = 8
"""Sessions at once."""
MOSTLY: Final = 0.6
"""Of a word that has been said, when perfect ears know it."""
CERTAIN: Final = 0.5
"""Probability of a word, below which it is a guess at a noise."""
PERFECT, OURS = "perfect ears", "our ears"
"""They know the words that were said; they are those of the configuration."""


def bench(config: Config, corpus: Corpus, count: int, seed: int) -> dict[str, list[Outcome]]:
    """The outcomes of `count` scenes of each kind by ears. Raises `SetupError`, `EngineError`."""
    return asyncio.run(_bench(config, corpus, count, seed))


def heard_of_cuts(config: Config, corpus: Corpus, count: int, seed: int) -> Figure:
    """The figure of `count` cuts. Raises `SetupError`, `EngineError`."""

    async def measured() -> Figure:
        async with _loaded(config) as engines:
            return await cuts.figure(engines, corpus, count, seed)

    return asyncio.run(measured())


async def _bench(config: Config, corpus: Corpus, count: int, seed: int) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {PERFECT: [], OURS: []}
    async with _loaded(config) as engines:
        ears = {PERFECT: perfect, OURS: _listening(engines)}
        batch = list[Session]()
        async for session in sessions(corpus, count, seed, engines.tts):
            batch.append(session)
            if len(batch) == TOGETHER:
                await _heard(batch, engines, config, ears, found)
                batch = []
        await _heard(batch, engines, config, ears, found)
    return found


@asynccontextmanager
async def _loaded(config: Config) -> AsyncIterator[Engines]:
    """Detector, recogniser and voice."""
    engines = assembled(config)
    async with AsyncExitStack() as stack:
        for engine in (engines.vad, engines.stt, engines.tts):
            await stack.enter_async_context(engine)
        yield engines


async def _heard(
    batch: list[Session],
    engines: Engines,
    config: Config,
    ears: Mapping[str, Listen],
    found: dict[str, list[Outcome]],
) -> None:
    """Each session by all ears, into `found`."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {
                name: [group.create_task(Talk(config.vad, listen).run(one, engines.vad.open)) for one in batch]
                for name, listen in ears.items()
            }
    except* EngineError as errors:
        raise errors.exceptions[0] from None
    for name, done in tasks.items():
        found[name] += [outcome for task in done for outcome in task.result()]


async def perfect(scene: Scene, audio: FloatArray, until: int) -> str:
    """Of the caller's words, those that were mostly said before sample `until`."""
    return " ".join(w.name for w in scene.words if w.start + MOSTLY * (w.end - w.start) <= until)


def _listening(engines: Engines) -> Listen:
    async def listen(scene: Scene, audio: FloatArray, until: int) -> str:
        # A session has one draft at a time, and these are many sessions.
        job = SttJob(f"{scene.kind} {scene.name} {until}", SttKind.DRAFT, audio, scene.language)
        heard = await engines.stt.transcribe(job)
        return " ".join(word.text for word in heard.words if word.p >= CERTAIN) if heard else ""

    return listen
