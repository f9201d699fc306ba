"""From a conversation to the token ids that a sequence shall hold, reusing those that it holds already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.interfaces import Message, Prompt
from app.llm.history import ANYBODY, Messages, head, prune
from app.llm.native import STRIPS_BEFORE, Native
from app.llm.prompt import ChatTemplate
from app.llm.tokens import Segment, any_of, flat, shared, split


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sequence shall hold before the answer."""

    segments: tuple[Segment, ...]
    ids: list[int]
    max_tokens: int
    """Of the answer."""
    first: Message | None
    """Where the conversation begins after the system messages, when it was pruned."""


class Planner:
    """Renders, prunes and tokenises prompts for one model."""

    def __init__(self, native: Native, template: ChatTemplate, max_tokens: int) -> None:
        self._native = native
        self._template = template
        self._max_tokens = max_tokens
        # Not of what a single prompt asks for: one that is only read ahead must begin where its successor will.
        self._budget = native.window - min(max_tokens, native.window // 2)
        # A token that swallows the space before it does not leave the text before it alone.
        self._cuts = any_of(native.controls(besides=STRIPS_BEFORE))

    def plan(self, prompt: Prompt, held: Sequence[Segment], first: Message | None) -> Plan:
        """The prompt of a sequence that holds `held` and whose conversation last began at `first`.

        The longest answer has room, half of the window at most. Raises `EngineError`, `PromptTooLongError`.
        """
        known = {segment.text: segment.ids for segment in held}
        max_tokens = min(prompt.max_tokens, self._max_tokens)

        def size(messages: Messages) -> int:
            return sum(len(segment.ids) for segment in self._segments(messages, known))

        kept = prune(prompt.messages, self._budget, first, size)
        segments = self._segments(kept.messages, known)
        return Plan(segments, flat(segments), max_tokens, kept.first)

    def common(self, messages: Messages, ids: Sequence[int]) -> tuple[int, ...]:
        """How the prompt `ids` of `messages` begins whatever the caller says: its system messages."""
        system = head(messages)
        if not system:
            return ()
        return tuple(ids[: shared(ids, flat(self._segments((*system, ANYBODY), {})))])

    def _segments(self, messages: Messages, known: dict[bytes, tuple[int, ...]]) -> tuple[Segment, ...]:
        texts = split(self._template.render(messages), self._cuts)
        for text in texts:
            if text not in known:
                known[text] = self._native.tokenise(text)
        return tuple(Segment(text, known[text]) for text in texts)
