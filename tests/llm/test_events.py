"""Answers as servers stream them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import EngineError
from app.llm.events import Answer

DONE = b"data: [DONE]\n"


def event(text, **more):
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}, **more}]}).encode() + b"\n"


def said(*lines, most=1000):
    answer = Answer(most)
    return "".join(answer.feed(line) for line in lines), answer.ended


def test_a_stream():
    first = b'data: {"choices": [{"delta": {"role": "assistant", "content": null}}]}\r\n'
    usage = b'data:{"choices": [], "usage": {}}\n'
    assert said(b": ping\n", b"event: x\n", b"\n", first, event("Tea"), event(", sir."), usage) == ("Tea, sir.", False)
    assert said(first, event("Tea."), DONE) == ("Tea.", True)
    assert said(first, event("Tea."), event("", finish_reason="stop")) == ("Tea.", True)


@pytest.mark.parametrize(
    "line",
    [b"data: tea", b"data: []", b'data: {"choices": [7]}', b'data: {"choices": [{}]}', b'data: {"choices": 7}', DONE],
)
def test_what_is_no_stream(line):
    with pytest.raises(EngineError, match="no stream"):
        said(line)


def test_a_fault_that_the_stream_tells():
    with pytest.raises(EngineError, match="broke"):
        said(event("Tea"), b'data: {"error": {"message": "out of memory: two teas"}}')


def test_a_server_that_does_not_count_is_stopped():
    assert said(event("tea "), event("tea "), most=8) == ("tea tea ", True)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("<think>\n\n</think>\n\nTea.", "Tea."),
        (" \n<think>two < three, so</think>Tea.", "Tea."),
        ("Tea <think>hot</think>", "Tea <think>hot</think>"),
        ("<thinly sliced>", "<thinly sliced>"),
        ("<think>for ever", ""),
        ("  Tea", "  Tea"),
        ("", ""),
    ],
)
@given(data=st.data())
def test_thoughts_are_not_spoken(text, spoken, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert said(*map(event, pieces), event("", finish_reason="stop")) == (spoken, True)


def test_what_only_begins_like_a_thought_is_said_at_the_end():
    assert said(event("<th"), event("", finish_reason="stop")) == ("<th", True)
