"""One caller's scenes, one after the other, in a real session in virtual time: what a caller meets is measured."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from app.audio import samples_to_ms
from app.bench.interrupt.client import Client
from app.bench.interrupt.engines import Listen, engines
from app.bench.interrupt.scenes import ALONE, Scene
from app.bench.interrupt.score import Outcome
from app.errors import EngineError
from app.interfaces import Vad
from app.metrics import Metrics
from app.session.options import Choice
from app.session.parts import Parts
from app.session.session import Session
from app.settings import Config
from app.wire import messages as wire
from app.wire.incoming import Text
from app.wire.messages import EndReason
from app.wire.order import Stand

QUIET_S: Final = 1.0
"""Between two scenes."""
LONGEST_S: Final = 60.0
"""Of a scene: one that lasts longer hangs."""


class Call:
    """A session with what it learned of its own voice, and the caller who plays scenes to it.

    Each scene's reply is asked for in writing; then nobody but it sounds before the scene's caller does.
    """

    def __init__(self, config: Config, vad: Vad, listen: Listen, *, terminal: bool = False) -> None:
        # Drafts and live text only cost time here: what is measured is over before either is of use.
        session = config.session.model_copy(update={"draft": "off"})
        self._config = config.model_copy(update={"session": session})
        self._vad, self._listen, self._terminal = vad, listen, terminal

    def _choice(self, scene: Scene) -> Choice:
        return Choice(self._config.session.profile, language=scene.language, partials=False)

    async def run(self, scenes: Sequence[Scene]) -> list[Outcome]:
        """Raises an `ExceptionGroup` of an `EngineError`, or of a `TimeoutError` when the session hangs."""
        client = Client(scenes[0].path, terminal=self._terminal)
        parts = Parts(engines(client, self._vad, self._listen), self._config, Metrics())
        name, choice = f"{scenes[0].kind} {scenes[0].name}", self._choice(scenes[0])
        session = Session(name, parts, await parts.engines.llm.open(), choice, client)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(session.run())
            running = [tasks.create_task(each(session)) for each in (client.listen, client.report)]
            await asyncio.sleep(0)
            session.attached()
            found = [await _outcome(scene, session, client, first=not at) for at, scene in enumerate(scenes)]
            for task in running:
                task.cancel()
            session.end(EndReason.BYE)
        return found


async def _outcome(scene: Scene, session: Session, client: Client, *, first: bool) -> Outcome:
    client.play(scene)
    await session.receive(Text(type="text", text=scene.name))
    async with asyncio.timeout(LONGEST_S):
        while client.sample < scene.end or session.stand is not Stand.IDLE:
            client.went_on.clear()
            await client.went_on.wait()
    await asyncio.sleep(QUIET_S)
    if client.failed:
        raise client.failed
    return outcome(scene, client.told, client.loudspeaker.skipped_ms, first=first)


def outcome(
    scene: Scene, told: Sequence[tuple[int, wire.Outgoing]], skipped_ms: Sequence[int], *, first: bool
) -> Outcome:
    """What became of a scene, by what the session told at which sample of it. Raises `EngineError`."""
    if failed := next((message for _, message in told if isinstance(message, wire.ErrorMessage)), None):
        raise EngineError("bench", failed.message)
    cut = next((at for at, message in told if isinstance(message, wire.ReplyStop | wire.SpeechStarted)), None)
    return Outcome(
        scene.name,
        scene.kind,
        scene.path.coupling_db,
        first,
        asked=bool(scene.asked),
        behind=scene.start >= len(scene.reply.audio) and scene.kind != ALONE,
        said=" ".join(word.name for word in scene.words),
        start_ms=samples_to_ms(scene.start),
        ducks=[samples_to_ms(at) for at, message in told if isinstance(message, wire.ReplyDuck) and message.gain_db],
        pauses=[samples_to_ms(at) for at, message in told if isinstance(message, wire.ReplyPause)],
        skipped_ms=list(skipped_ms),
        caller_ms=None if cut is None else samples_to_ms(cut) - samples_to_ms(scene.start),
        heard=" ".join(message.text for _, message in told if isinstance(message, wire.TranscriptFinal)),
    )
