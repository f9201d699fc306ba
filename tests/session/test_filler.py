"""A word where the answer is late; the engines are scripted, for timing and faults."""

import asyncio

import pytest

from app.errors import EngineError
from app.session import reply
from tests.support.caller import calling, loud, quiet
from tests.support.scripted import CHAR_SAMPLES, ScriptedLlm, ScriptedStt, ScriptedTts

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


async def test_a_noise_over_that_word_does_not_lose_the_question(serving):
    """It is cut for the noise, which may have been the caller; as nobody was, the answer comes after all."""
    stt = ScriptedStt(["what is the soup", ""])
    llm = ScriptedLlm(fault=lambda prompt: 3.0 if len(llm.prompts) == 1 else 0.0)
    settings = ("vad.silence_ms=400", "session.playback_grace_s=0.1", "session.draft=off")
    async with serving(*settings, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.4), loud(0.5), quiet(0.6))
        await caller.sounds()
        data = quiet(0.1) + loud(1.5) + quiet(1.0)
        for at in range(0, len(data), 1280):
            await caller.hear(data[at : at + 1280])
            await asyncio.sleep(0.04)
        ended = await caller.until("reply.ended")
        while ended["status"] != "completed":
            ended = await caller.until("reply.ended", len(caller.of("reply.ended")) + 1)
        assert ended["heard_text"] == ANSWER
