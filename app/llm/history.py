"""Cuts a conversation to what a model's context holds: the oldest exchanges go, the system message stays."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

from app.errors import PromptTooLongError
from app.interfaces import Message

Messages = tuple[Message, ...]

ANYBODY = Message("user", "?")
"""Behind the part of a prompt that is looked at alone: some models' templates refuse one without a user's message."""
PRUNED_SHARE = 0.75
"""Pruning leaves at most so much of the budget: each one decodes all that is left anew, so it must be rare."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a conversation."""

    messages: Messages
    first: Message | None
    """Where it begins after the system messages, when older ones were cut off."""


def head(messages: Sequence[Message]) -> Messages:
    """The system messages that all else follows."""
    count = next((i for i, m in enumerate(messages) if m.role != "system"), len(messages))
    return tuple(messages[:count])


def exchanges(messages: Sequence[Message]) -> list[Messages]:
    """What follows the head, each exchange beginning with what the caller (or the system) said."""
    groups: list[list[Message]] = []
    before = "assistant"
    for message in messages[len(head(messages)) :]:
        if not groups or (message.role != "assistant" and before != "system"):
            groups.append([])
        groups[-1].append(message)
        before = message.role
    return [tuple(group) for group in groups]


def prune(messages: Messages, budget: int, first: Message | None, size: Callable[[Messages], int]) -> Kept:
    """The conversation without so many of its oldest exchanges that `size` (tokens) of it is within `budget`.

    It begins at `first` again, where the previous prompt began, as long as that fits: then the model goes on from
    what it has computed. Raises `PromptTooLongError` when not even the newest exchange fits.
    """
    if size(messages) <= budget:
        return Kept(messages, None)
    groups = exchanges(messages)
    newest = len(groups) - 1

    def kept(start: int) -> Messages:
        return (*head(messages), *chain.from_iterable(groups[start:]))

    if newest < 0 or size(kept(newest)) > budget:
        if (own := size((*head(messages), ANYBODY))) > budget:
            fix = "Shorten profile.NAME.prompt, or raise llm.context_tokens."
            raise PromptTooLongError("llm", f"the profile's prompt alone needs {own} tokens of {budget}", fix=fix)
        raise PromptTooLongError("llm", f"the newest message alone needs more than {budget} tokens")
    start = next((i for i in range(1, newest) if groups[i][0] == first and size(kept(i)) <= budget), None)
    if start is None:
        start = bisect.bisect_left(range(newest), True, lo=1, key=lambda i: size(kept(i)) <= budget * PRUNED_SHARE)
    return Kept(kept(start), groups[start][0])
