"""A scripted language model: one decode thread for all sessions, prompts in chunks, drafts after what is awaited."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence

from app.bench.simulate.engines import Machine, Scripted
from app.errors import EngineError
from app.interfaces import Message, Prompt
from app.llm.slots import share

CHARS_A_TOKEN = 4
HURRIED_TOKENS = 32
"""Of an awaited answer, before which no draft is decoded: as in app/llm/generation.py, which needs the real engine."""
Write = Callable[[Sequence[Message]], str]
"""The answer to a conversation; the same for the same."""


class Brain(Scripted):
    """Decodes a step at a time for as long as anybody wants something."""

    def __init__(self, machine: Machine, write: Write, prompt_chunk: int) -> None:
        super().__init__(machine, 1)
        self.slots = 0
        """Places that are taken."""
        self._write = write
        self._chunk = prompt_chunk
        self._live: list[_Answer] = []
        self._system = ""
        """What the newest conversation's prompt began with: it is shared."""
        self._steps = False

    async def open(self) -> Slot:
        self.slots += 1
        return Slot(self)

    @property
    def running(self) -> int:
        """Answers in the making that somebody reads."""
        return sum(not answer.cancelled for answer in self._live)

    def start(self, prompt: Prompt, held: str) -> _Answer:
        """Take an answer to be written into a place that holds the conversation `held`."""
        self._machine.suffer("llm")
        asked = "\n".join(f"{message.role}: {message.text}" for message in prompt.messages)
        system = f"{prompt.messages[0].role}: {prompt.messages[0].text}\n"
        kept = max(_shared(held, asked), _shared(self._system, asked))
        self._system = system
        text = self._write(prompt.messages) if prompt.max_tokens else ""
        answer = _Answer(prompt, asked, max(1, (len(asked) - kept) // CHARS_A_TOKEN), text)
        self._live.append(answer)
        if not self._steps:
            self._steps = True
            self._step()
        return answer

    def _step(self) -> None:
        self._live = [answer for answer in self._live if not answer.cancelled and not answer.over]
        hurried = any(answer.hurried for answer in self._live)
        live = [answer for answer in self._live if not (hurried and answer.draft)]
        writing = [answer for answer in live if not answer.unread]
        reading = [answer for answer in live if answer.unread]
        counts = share([answer.unread for answer in reading], self._chunk)
        if not live:
            self._steps = False
            return
        batch = [*((answer, 0) for answer in writing), *zip(reading, counts, strict=True)]
        step_s = self._machine.profile.step_s(len(writing), sum(counts), self._machine.dice)
        asyncio.get_running_loop().call_later(step_s, self._advance, batch)

    def _advance(self, batch: Sequence[tuple[_Answer, int]]) -> None:
        for answer, count in batch:
            answer.advance(count)
        self._step()


class Slot:
    """One session's place."""

    def __init__(self, brain: Brain) -> None:
        self._brain = brain
        self._answer: _Answer | None = None
        self._held = ""
        self._open = True

    async def generate(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        """See `interfaces.LlmSlot`."""
        if self._answer:
            self._answer.replace()
        answer = self._answer = self._brain.start(prompt, self._held)
        self._held = answer.asked
        try:
            while (item := await answer.items.get()) is not None:
                if isinstance(item, EngineError):
                    raise item
                self._held += item
                yield item
        finally:
            answer.cancelled = True
            if self._answer is answer:
                self._answer = None

    def commit(self) -> None:
        if self._answer:
            self._answer.draft = False

    async def close(self) -> None:
        self._brain.slots -= self._open
        self._open = False


class _Answer:
    """One answer in the making."""

    def __init__(self, prompt: Prompt, asked: str, unread: int, text: str) -> None:
        self.asked = asked
        self.draft = prompt.draft
        self.unread = unread
        """Tokens of the prompt that are still to be read."""
        self.cancelled = False
        self.over = False
        self.items: asyncio.Queue[str | EngineError | None] = asyncio.Queue()  # bounded by the text
        words = text.split()
        self._pieces = [word if at == 0 else f" {word}" for at, word in enumerate(words)]
        self._at = 0
        self._tokens = 0

    @property
    def hurried(self) -> bool:
        return not self.draft and self._tokens < HURRIED_TOKENS

    def advance(self, read: int) -> None:
        """A step is done, in which so many tokens of the prompt were read, or else one was written."""
        if self.cancelled or self.over:
            return
        self.unread -= read
        if self.unread > 0:
            return
        if self._pieces:
            self._written()  # the step that reads the last of the prompt samples the first token
        if self._at == len(self._pieces):
            self.items.put_nowait(None)
            self.over = True

    def replace(self) -> None:
        """A newer one takes its place."""
        self.cancelled = True
        self.items.put_nowait(EngineError("llm", "the answer was replaced by a newer one"))

    def _written(self) -> None:
        self._tokens += 1
        piece = self._pieces[self._at]
        end = sum(-(-len(each) // CHARS_A_TOKEN) for each in self._pieces[: self._at + 1])
        if self._tokens >= end:
            self.items.put_nowait(piece)
            self._at += 1


def _shared(one: str, two: str) -> int:
    """Characters with which both begin."""
    if two.startswith(one):
        return len(one)
    return next(at for at, (a, b) in enumerate(zip(one, f"{two}\0", strict=False)) if a != b)


def waiter(replies: Sequence[str]) -> Write:
    """One to three of `replies`, by what was said."""

    def write(messages: Sequence[Message]) -> str:
        dice = random.Random("\n".join(message.text for message in messages))
        return " ".join(
            text.strip() for text in dice.sample(replies, min(len(replies), dice.choices((1, 2, 3), (6, 3, 1))[0]))
        )

    return write
