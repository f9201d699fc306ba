"""What one bad turn must not cost the next ones, over a real socket; the engines are scripted."""

import asyncio

import pytest

from app.errors import PromptTooLongError, UnknownLanguageError
from app.interfaces import SttKind
from app.session import ears, signals
from app.session.loudspeaker import Loudspeaker
from tests.support.caller import calling, loud, quiet
from tests.support.scripted import ScriptedLlm, ScriptedStt, ScriptedVad

FAST = ("vad.silence_ms=200", "session.playback_grace_s=0.1", "session.reply_retry_s=0.01")
REPLY = "Very well then. Anything else for you today?"
READABLE_CHARS = 40


def short_of_breath():
    """A model that reads no message longer than `READABLE_CHARS`."""

    def fault(prompt):
        return PromptTooLongError("llm", "too long") if len(prompt.messages[-1].text) > READABLE_CHARS else None

    return ScriptedLlm(fault=fault)


async def test_a_turn_that_is_too_long_costs_no_later_one(serving):
    llm = short_of_breath()
    async with serving(*FAST, llm=llm) as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.until("reply.ended", status="completed")
        await caller.send("text", text="much too long " * 10)
        await caller.until("reply.ended", status="failed")
        assert [error["code"] for error in caller.of("error")] == ["prompt_too_long"]
        await caller.send("text", text="again")
        await caller.until("reply.ended", 2, status="completed")
        assert [m.text for m in llm.prompts[-1].messages[1:]] == ["hi", REPLY, "again"]


async def test_a_language_that_is_not_known_is_asked_for_once(serving):
    stt = ScriptedStt(fault=lambda _: UnknownLanguageError("stt", "no such language"))
    async with serving(*FAST, stt=stt) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.4), loud(0.5), quiet(0.5))
        assert (await caller.until("error"))["code"] == "unknown_language"
        assert [job.kind for job in stt.jobs].count(SttKind.FINAL) == 1


async def test_a_draft_that_is_the_reply_before_it_began_is_no_draft(serving):
    llm = ScriptedLlm()
    async with serving(*FAST, "session.draft=llm", llm=llm) as (url, sessions), calling(url) as caller:
        session = next(iter(sessions._entries.values())).session
        session._answering.foresee(1, "hello")
        session.do(signals.Typed("hello"))
        await caller.until("reply.ended", status="completed")
        assert [prompt.draft for prompt in llm.prompts] == [False]


async def ending(url, kind, fields):
    """How a session ends whose client sends this all the time."""
    async with calling(url) as caller:
        while not caller.of("session.ended"):
            await caller.send(kind, **fields)
            await asyncio.sleep(0.1)
        return caller.of("session.ended")[0]["reason"]


@pytest.mark.parametrize(
    "message",
    [
        ("control", {"command": "ping"}),
        ("interrupt", {}),
        ("playback", {"turn": 1, "played_ms": 5, "state": "playing"}),
    ],
)
async def test_what_says_nothing_keeps_no_session(serving, message):
    async with serving("session.idle_s=0.6") as (url, _), asyncio.timeout(5):
        assert await ending(url, *message) == "expired"


async def test_who_pushes_to_talk_after_our_question_is_heard(serving):
    """No audio comes while we speak, so that the clock stands still."""
    async with serving("vad.silence_ms=200", "session.reply_retry_s=0.01") as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.3))
        await caller.send("text", text="hi")
        await caller.until("reply.sentence")
        await asyncio.sleep(ears.SWITCHED_OFF_S + 1.5)
        await caller.hear(loud(0.5), quiet(0.1))
        await caller.send("audio.commit")
        assert (await caller.until("transcript.final"))["text"] == "hello"


async def test_a_commit_right_after_the_end_of_a_turn_is_no_fault(serving):
    async with serving("vad.silence_ms=200") as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.3), loud(0.5), quiet(0.6))
        await caller.until("speech.stopped")
        await caller.send("audio.commit")
        await caller.until("reply.started")
        assert not caller.of("error")
        await caller.send("audio.commit")
        assert (await caller.until("error"))["code"] == "nothing_to_commit"


async def test_a_detector_that_is_slow_is_no_microphone_that_was_off(serving, monkeypatch):
    """Else our echo would be forgotten where the machine has much to do."""
    monkeypatch.setattr(ears, "SWITCHED_OFF_S", 0.3)
    overrides = ("session.backlog_s=0.1", "session.too_slow_s=5")
    forgotten = []
    monkeypatch.setattr(Loudspeaker, "stopped", lambda _, at: forgotten.append(at))
    async with serving(*overrides, vad=ScriptedVad(fault=lambda _: 0.5)) as (url, _), calling(url) as caller:
        for _ in range(4):
            await caller.hear(quiet(0.2))
        await caller.send("control", command="ping")
        await caller.until("pong")
    assert not forgotten
