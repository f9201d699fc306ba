"""From what was said to its reply: the prompt, the manner, and whether the reply was foreseen."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from app.errors import EngineError
from app.interfaces import LlmSlot, Prompt
from app.session.drafting import Level, level, reads_ahead
from app.session.guard import pieces
from app.session.listener import Listener
from app.session.memory import Memory
from app.session.parts import Desk, Parts
from app.session.reply import Manner
from app.session.speaker import Foreseen, Speaker
from app.session.timeline import Timeline

log = logging.getLogger(__name__)


class Answering:
    """One session's answers, before they are spoken."""

    def __init__(
        self, desk: Desk, parts: Parts, slot: LlmSlot, memory: Memory, listener: Listener, speaker: Speaker
    ) -> None:
        self._desk = desk
        self._parts = parts
        self._slot = slot
        self._memory = memory
        self._listener = listener
        self._speaker = speaker
        self._prefilling: asyncio.Task[None] | None = None

    @property
    def level(self) -> Level:
        """How far a turn is drafted now."""
        return level(self._parts.config.session.draft, self._parts.engines)

    def answer(self, turn: int) -> None:
        """The reply to all that is remembered; it may be there already."""
        self._end_prefill()
        self._speaker.settle_cut()
        foreseen = Foreseen(turn, self._prompt(turn), self._manner(turn))
        timeline = self._timeline(turn)
        if self._speaker.open(foreseen, timeline):
            self._slot.commit()
        else:
            self._speaker.start(turn, self._written(foreseen), foreseen.manner, timeline)

    def prefill(self, turn: int, text: str) -> None:
        """The caller speaks, and has said `text` so far: let the model read it, unless it has better to do, or has read
        nearly all of it for a draft, which would be lost."""
        if self._prefilling or self._speaker.foreseeing:
            return
        if not reads_ahead(self._parts.config.session.draft, self._parts.engines):
            return
        prompt = replace(self._prompt(turn, (turn, text)), max_tokens=0, draft=True)
        self._prefilling = self._desk.tasks.create_task(self._read(prompt))

    def foresee(self, turn: int, text: str) -> None:
        """Work out what the reply would be if the caller had said `text` and no more."""
        reached = self.level
        if reached < Level.LLM:
            return
        self._speaker.settle_cut()
        foreseen = Foreseen(turn, self._prompt(turn, (turn, text)), self._manner(turn))
        if not self._speaker.foresees(foreseen):
            self._end_prefill()
            self._speaker.foresee(foreseen, self._written(foreseen), int(reached is Level.FULL), self._now())

    def say(self, turn: int, text: str, language: str | None) -> None:
        """A reply that is this text."""
        manner = replace(self._manner(turn, language), filler=None)
        self._speaker.start(turn, _once(text), manner, self._timeline(turn))

    async def _read(self, prompt: Prompt) -> None:
        try:
            async with aclosing(self._slot.generate(prompt)) as nothing:
                async for _ in nothing:
                    pass
        except EngineError as error:
            log.info("a prefill was given up: %s", error.code)
        self._prefilling = None

    def _end_prefill(self) -> None:
        if self._prefilling:
            self._prefilling.cancel()
            self._prefilling = None

    def _prompt(self, turn: int, said: tuple[int, str] | None = None) -> Prompt:
        settings = self._parts.config.llm
        messages = self._memory.messages(self._parts.prompt(self._desk.choice.profile), said)
        return Prompt(
            messages, settings.max_tokens, settings.temperature, settings.top_p, seed=turn, stop=settings.stop
        )

    def _written(self, foreseen: Foreseen) -> AsyncGenerator[str, None]:
        settings, retry_s = self._parts.config.llm, self._parts.config.session.reply_retry_s
        source = partial(self._generated, foreseen)
        return pieces("llm", source, settings.first_token_s, settings.limit_s, retry_s)

    def _generated(self, foreseen: Foreseen) -> AsyncGenerator[str, None]:
        """A draft only if it still is one: it may have become the reply before its task began."""
        return self._slot.generate(replace(foreseen.prompt, draft=self._speaker.foresees(foreseen)))

    def _manner(self, turn: int, language: str | None = None) -> Manner:
        choice = self._desk.choice
        profile = self._parts.config.profile[choice.profile]
        spoken = language or self._desk.language
        filler = profile.filler(spoken, turn)
        return Manner(spoken, choice.voice, choice.speed or profile.speed, choice.output.rate, filler)

    def _timeline(self, turn: int) -> Timeline:
        """Of the speech that is answered, which is its only one; a typed turn's begins now."""
        return self._listener.timelines.pop(turn, None) or self._now()

    def _now(self) -> Timeline:
        return Timeline(self._listener.ears.at_ms, asyncio.get_running_loop().time())


async def _once(text: str) -> AsyncGenerator[str, None]:
    yield text
