"""Pruning: within the budget, the system message and the newest stay, and the beginning seldom moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import PromptTooLongError
from app.interfaces import Message
from app.llm.history import Messages, exchanges, head, prune

roles = st.sampled_from(["system", "user", "assistant"])
conversations = st.lists(st.builds(Message, roles, st.text("ab", max_size=6)), max_size=14).map(tuple)


def size(messages: Messages) -> int:
    return sum(1 + len(m.text) for m in messages)


@given(conversations)
def test_head_and_exchanges_are_the_whole(messages: Messages) -> None:
    groups = exchanges(messages)
    assert head(messages) + tuple(m for group in groups for m in group) == messages
    assert all(group[0].role != "assistant" for group in groups[1:])


@given(conversations, st.integers(1, 60), st.none() | st.builds(Message, roles, st.text("ab", max_size=2)))
def test_what_is_left_fits_and_ends_as_before(messages: Messages, budget: int, first: Message | None) -> None:
    try:
        kept = prune(messages, budget, first, size)
    except PromptTooLongError:
        newest = exchanges(messages)[-1:]
        assert size(head(messages) + (newest[0] if newest else ())) > budget
        return
    system = head(messages)
    assert size(kept.messages) <= budget
    assert kept.messages[: len(system)] == system
    rest = kept.messages[len(system) :]
    assert messages[len(messages) - len(rest) :] == rest
    assert (kept.first is None) == (kept.messages == messages)
    if kept.first:
        assert rest[0] == kept.first


def test_the_beginning_moves_rarely_as_a_conversation_grows() -> None:
    messages: Messages = (Message("system", "s" * 9),)
    first, moved = None, 0
    for turn in range(60):
        messages += (Message("user", f"{turn:09}"), Message("assistant", "a" * 9))
        kept = prune(messages, 200, first, size)
        moved += kept.first != first
        first = kept.first
    assert moved <= 60 / 2  # 20 tokens a turn, and 50 of 200 made free each time


def test_a_newest_message_that_does_not_fit_is_named() -> None:
    with pytest.raises(PromptTooLongError):
        prune((Message("user", "x" * 10),), 5, None, size)
    with pytest.raises(PromptTooLongError, match="the profile's prompt alone needs 13 tokens of 5") as raised:
        prune((Message("system", "x" * 10), Message("user", "hi")), 5, None, size)
    assert "context_tokens" in raised.value.fix


def test_no_prompt_without_a_user_is_measured() -> None:
    def strict(messages: tuple[Message, ...]) -> int:
        assert any(message.role == "user" for message in messages)
        return size(messages)

    messages = (
        Message("system", "s"),
        *(Message(role, "x" * 9) for role in ("user", "assistant") * 9),
        Message("user", "hi"),
    )
    assert prune(messages, 60, None, strict).messages[-1].text == "hi"
    with pytest.raises(PromptTooLongError, match="newest message alone"):
        prune((*messages, Message("user", "x" * 90)), 60, None, strict)
