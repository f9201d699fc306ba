"""A word where the answer is late; the engines are scripted, for timing and faults."""

import pytest

from app.errors import EngineError
from app.session import reply
from tests.support.caller import calling
from tests.support.scripted import CHAR_SAMPLES, ScriptedLlm, ScriptedTts

ANSWER = "Very well then. Anything else for you today?"
FILLERS = ("One moment.", "Let me see.", "Just a second.")


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(reply, "FILLER_S", 0.2)


def late(seconds):
    return ScriptedLlm(fault=lambda prompt: seconds)


async def test_a_late_answer_comes_after_a_word_that_is_no_part_of_it(serving):
    tts = ScriptedTts()
    async with serving(llm=late(0.6), tts=tts) as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.sounds()
        assert not caller.of("reply.delta")
        sentence = await caller.until("reply.sentence")
        ended = await caller.until("reply.ended")
    filler = tts.jobs[0].text
    assert filler in FILLERS
    assert sentence["start_ms"] == len(filler) * CHAR_SAMPLES // 16
    assert (ended["status"], ended["heard_text"]) == ("completed", ANSWER)
    assert ended["timeline"]["first_audio"] - ended["timeline"]["endpoint"] >= 600
    assert [f.offset for f in caller.audio] == sorted({f.offset for f in caller.audio})


async def test_an_answer_in_time_comes_alone(serving):
    tts = ScriptedTts()
    async with serving(llm=late(0.05), tts=tts) as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.until("reply.ended")
    assert not {job.text for job in tts.jobs} & set(FILLERS)


async def test_a_text_to_be_spoken_is_not_announced(serving):
    tts = ScriptedTts(fault=lambda job: 0.4)
    async with serving(tts=tts) as (url, _), calling(url) as caller:
        await caller.send("text_request", text="Your table is ready.", language="en")
        await caller.until("reply.ended")
    assert [job.text for job in tts.jobs] == ["Your table is ready."]


async def test_a_word_that_cannot_be_spoken_costs_the_answer_nothing(serving):
    tts = ScriptedTts(fault=lambda job: EngineError("tts", "hoarse") if job.text in FILLERS else None)
    async with serving("session.reply_retry_s=0.01", llm=late(0.5), tts=tts) as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        ended = await caller.until("reply.ended")
    assert (ended["status"], ended["heard_text"]) == ("completed", ANSWER)
