"""One answer in the making, as the decode thread sees it; and the job by which the loop asked for it."""

from __future__ import annotations

import asyncio

from app.errors import EngineError
from app.interfaces import Prompt
from app.llm.native import Native, Row
from app.llm.planner import Plan
from app.llm.sampler import Sampler
from app.llm.text import TextStream
from app.llm.tokens import Segment, cut, grow

Item = str | EngineError | None
"""A piece of text; or the last one: why it failed, or None at its natural end."""


HURRIED_TOKENS = 32
"""Of an answer that somebody waits for: its first clause. From then on it is ahead of what is heard."""


class Job:
    """A request for an answer. The loop sets `cancelled` and `draft`, the decode thread reads them before each step."""

    def __init__(self, sequence: int, prompt: Prompt) -> None:
        self.sequence = sequence
        self.prompt = prompt
        self.cancelled = False
        self.draft = prompt.draft
        self.items: asyncio.Queue[Item] = asyncio.Queue()
        """For the loop only. `Prompt.max_tokens` bounds it."""


class Generation:
    """What is still to be decoded for a job, and what came of it."""

    def __init__(self, native: Native, job: Job, plan: Plan, kept: int) -> None:
        """The sequence holds the first `kept` tokens of the plan already. Raises `EngineError`."""
        self.job = job
        self.plan = plan
        self.pending = plan.ids[kept:]
        """Tokens to be decoded next: the rest of the prompt, or the one that was sampled last."""
        self.position = kept
        """Tokens in the sequence."""
        self._native = native
        self._sampler = Sampler(native, job.prompt)
        self._text = TextStream(job.prompt.stop)
        self._answer: list[int] = []

    @property
    def prompted(self) -> bool:
        """The prompt is decoded; what is pending is the answer's."""
        return self.position >= len(self.plan.ids)

    @property
    def hurried(self) -> bool:
        """Somebody waits for its first words."""
        return not self.job.draft and len(self._answer) < HURRIED_TOKENS

    def rows(self, count: int) -> list[Row]:
        """The next `count` tokens for a batch; the last of all is the one to sample from."""
        last = len(self.pending) - 1
        sequence, tokens = self.job.sequence, self.pending[:count]
        return [Row(sequence, self.position + i, token, i == last) for i, token in enumerate(tokens)]

    def decoded(self, count: int) -> bool:
        """The next `count` tokens are in the sequence now; True when the next one is to be sampled."""
        self.position += count
        del self.pending[:count]
        return not self.pending

    def sample(self, row: int) -> list[Item]:
        """What the token after row `row` of the last batch adds for the loop. Raises `EngineError`."""
        if self._full():
            return self._finish("")
        token = self._sampler.sample(row)
        if self._native.token(token).ends:
            return self._finish("")
        self._answer.append(token)
        text = self._text.feed(self._native.token(token).text)
        if self._text.stopped or self._full():
            return self._finish(text)
        self.pending = [token]
        return [text] if text else []

    def end(self) -> tuple[Segment, ...]:
        """Free the sampler; what the sequence holds now."""
        self._sampler.free()
        asked = len(self.plan.ids)
        if self.position < asked:
            return cut(self.plan.segments, self.position)
        answer = self._answer[: self.position - asked]
        return grow(self.plan.segments, b"".join(self._native.token(t).raw for t in answer), answer)

    def _full(self) -> bool:
        return len(self._answer) >= self.plan.max_tokens or self.position >= self._native.window

    def _finish(self, text: str) -> list[Item]:
        text += self._text.finish()
        return [text, None] if text else [None]
