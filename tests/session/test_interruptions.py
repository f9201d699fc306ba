"""What sounds over our own voice, over a real socket; the engines are scripted, for timing."""

import asyncio

import numpy as np
import pytest

from app.errors import EngineError
from app.interfaces import SttKind
from app.session.own_voice import OwnVoice
from tests.support.caller import calling, loud, quiet
from tests.support.scripted import ScriptedLlm, ScriptedStt, ScriptedTts

FAST = ("vad.silence_ms=400", "session.playback_grace_s=0.1")
SENTENCE = (quiet(0.4), loud(0.5), quiet(0.6))
ANSWER = "The soup of the day is made of red lentils, and comes with bread and a slice of lemon. Anything else?"


async def in_time(caller, *parts):
    """As a microphone gives it: 40 ms after 40 ms."""
    data = b"".join(parts)
    for at in range(0, len(data), 1280):
        await caller.hear(data[at : at + 1280])
        await asyncio.sleep(0.04)


async def spoken_over(serving, heard, *settings):
    """A call in which `heard` is said for 0.5 s over the answer to "soup": the caller, after the answer's end."""
    stt, llm = ScriptedStt(["soup", *heard]), ScriptedLlm(lambda prompt: ANSWER)
    async with serving(*FAST, *settings, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await in_time(caller, quiet(0.8), loud(0.5), quiet(1.2))
        ended = await caller.until("reply.ended")
        return caller, ended


def like_us(seconds):
    """The tone with which the scripted voice speaks, at half its level."""
    at = np.arange(int(seconds * 16_000)) / 16_000
    return (4_000 * np.sin(2 * np.pi * 440 * at)).astype("<i2").tobytes()


def types(caller):
    return [e["type"] for e in caller.events if e["type"].startswith(("speech.", "reply.", "transcript.final"))]


@pytest.mark.parametrize("heard", ["", "uh huh", "okay"], ids=["a cough", "uh-huh", "okay"])
async def test_what_calls_for_nothing_lets_the_reply_go_on(serving, heard):
    caller, ended = await spoken_over(serving, [heard])
    assert (ended["status"], ended["heard_text"]) == ("completed", ANSWER)
    assert not caller.of("reply.stop")
    assert len(caller.of("speech.started")) == len(caller.of("transcript.final")) == 1
    paused, resumed = caller.of("reply.pause"), caller.of("reply.resume")
    assert len(paused) == len(resumed) == 1
    offsets = [f.offset for f in caller.audio]
    assert offsets == sorted(set(offsets))
    sizes = [len(f.pcm) // 2 for f in caller.audio]
    assert [a + n for a, n in zip(offsets, sizes, strict=True)][:-1] == offsets[1:], "no sample is lost"


async def test_a_reply_that_ended_softly_leaves_the_next_one_loud(serving, monkeypatch):
    """The client ducks one reply; what comes back of the next one is not expected to be softer."""
    told = []
    monkeypatch.setattr(OwnVoice, "ducked", lambda own, sample, gain_db: told.append(gain_db))
    stt, llm = ScriptedStt(["soup", "", "salad"]), ScriptedLlm(lambda prompt: "Here is your soup of the day.")
    async with serving(*FAST, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await in_time(caller, quiet(0.2), loud(0.2), quiet(1.2))
        assert (await caller.until("reply.ended"))["status"] == "completed"
        assert caller.of("reply.duck")
        assert told[0] < 0
        assert told[-1] == 0


@pytest.mark.parametrize(("late_s", "gap_s"), [(0.5, 0.3), (0.2, 0.2)])
async def test_a_nod_and_then_a_click_are_no_answer(serving, late_s, gap_s):
    """The nod's transcript comes when the click sounds, behind the pause that the nod was given."""
    stt = ScriptedStt(["soup", "okay", ""], fault=lambda job: late_s if job.kind is SttKind.DRAFT else None)
    settings = (*FAST, "session.draft=off")
    async with (
        serving(*settings, stt=stt, llm=ScriptedLlm(lambda prompt: ANSWER)) as (url, _),
        calling(url, partials=False) as caller,
    ):
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await in_time(caller, quiet(0.8), loud(0.3), quiet(gap_s), loud(0.1), quiet(1.2))
        ended = await caller.until("reply.ended")
        assert (ended["status"], ended["heard_text"]) == ("completed", ANSWER)
        assert caller.of("reply.resume")
        assert not caller.of("reply.stop")


async def test_a_word_to_us_has_the_floor(serving):
    caller, ended = await spoken_over(serving, ["no wait a salad"])
    assert ended["status"] == "interrupted"
    assert types(caller)[-1] != "reply.resume"
    assert len(caller.of("speech.started")) == 2
    begun = types(caller).index("reply.stop")
    assert types(caller)[begun : begun + 2] == ["reply.stop", "speech.started"]


@pytest.mark.parametrize(
    ("looks", "status"),
    [(["bench", "", "yard", "", "one", ""], "completed"), (["bench", "yard", "one"], "interrupted")],
    ids=["now and then", "each time"],
)
async def test_uncertain_words_are_a_callers_where_each_look_finds_some(serving, looks, status):
    stt, llm = ScriptedStt(["soup", *looks], p=0.5), ScriptedLlm(lambda prompt: ANSWER)
    async with serving(*FAST, "session.draft=off", stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await in_time(caller, quiet(0.8), loud(0.8), quiet(1.2))
        assert (await caller.until("reply.ended"))["status"] == status


async def test_a_sound_that_could_not_be_listened_to_is_listened_to_again(serving):
    failed = []

    def once(job):
        if job.kind is SttKind.DRAFT and not failed:
            failed.append(job)
            return EngineError("stt", "hiccup")
        return None

    stt, llm = ScriptedStt(["soup", "stop it please"], fault=once), ScriptedLlm(lambda prompt: ANSWER)
    settings = (*FAST, "session.draft=off", "session.reply_retry_s=0.01")
    async with serving(*settings, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await in_time(caller, quiet(0.8), loud(0.5), quiet(1.2))
        assert (await caller.until("reply.ended"))["status"] == "interrupted"
    assert failed


async def test_half_duplex_hears_nothing_meanwhile(serving):
    caller, ended = await spoken_over(serving, ["no wait a salad"], "session.half_duplex=true")
    assert ended["status"] == "completed"
    assert not [e for e in types(caller) if e in {"reply.duck", "reply.pause", "reply.stop"}]


async def test_our_own_words_are_not_answered(serving):
    """They come back louder than they should, as they do before anything is learned of the room."""
    caller, ended = await spoken_over(serving, ["the soup of the day"])
    assert ended["status"] == "completed"
    assert len(caller.of("transcript.final")) == 1


async def test_who_goes_on_as_we_begin_is_heard_when_it_is_known_that_nothing_of_ours_arrives(serving):
    """Two words as loud as our echo might be: too few while that is not known, and over before it is."""
    stt, llm = ScriptedStt(["soup", "less please"]), ScriptedLlm(lambda prompt: ANSWER)
    async with serving(*FAST, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await in_time(caller, like_us(0.3), quiet(1.6))
        ended = await caller.until("reply.ended")
        assert ended["status"] == "interrupted"
        assert (await caller.until("transcript.final", 2))["text"] == "less please"


async def test_who_says_our_last_word_behind_it_is_heard(serving):
    stt, llm = ScriptedStt(["soup", "fries"]), ScriptedLlm(lambda prompt: f"{ANSWER} With salad or with fries?")
    async with serving(*FAST, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.until("reply.ended")
        await in_time(caller, quiet(0.1), loud(0.6), quiet(1.0))
        assert (await caller.until("transcript.final", 2))["text"] == "fries"


async def test_half_duplex_hears_who_answers_at_once(serving):
    stt, llm = ScriptedStt(["soup", "no wait a salad"]), ScriptedLlm(lambda prompt: "Anything else?")
    async with serving(*FAST, "session.half_duplex=true", stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.until("reply.ended")
        await in_time(caller, quiet(0.1), loud(0.8), quiet(1.0))
        assert (await caller.until("transcript.final", 2))["text"] == "no wait a salad"


async def test_a_doubt_ends_where_no_more_audio_comes(serving):
    """Push to talk: the audio's clock stands still, and nothing more can be learned."""
    stt, llm = ScriptedStt(["soup", "less please"]), ScriptedLlm(lambda prompt: ANSWER)
    async with serving(*FAST, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await in_time(caller, like_us(0.4))
        await caller.send("audio.commit")
        await caller.until("reply.ended")
        await asyncio.sleep(1.5)
        await caller.send("session.configure", speed=1.0)
        await caller.send("control", command="ping")
        await caller.until("pong")
        assert not caller.of("error")


class Breaks(ScriptedLlm):
    """Writes `text`, and fails as soon as it is told to."""

    def __init__(self, text):
        super().__init__()
        self.text = text
        self.failing = asyncio.Event()

    async def open(self):
        return self

    async def generate(self, prompt):
        if prompt.max_tokens:
            for piece in self.text:
                yield piece
            await self.failing.wait()
            raise EngineError("llm", "broken")

    def commit(self):
        """There are no drafts."""

    async def close(self):
        """Nothing is open."""


BROKEN = (*FAST, "session.reply_retry_s=0.01")


async def doubted(caller):
    """A sound that is no word."""
    async with asyncio.TaskGroup() as group:
        group.create_task(in_time(caller, quiet(0.8), loud(0.5), quiet(0.8)))
        await caller.until("reply.pause")


async def test_of_a_reply_that_fails_what_was_written_is_said_to_the_end(serving):
    llm = Breaks((f"{ANSWER} ", "And"))
    async with serving(*BROKEN, stt=ScriptedStt(["soup", ""]), llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await doubted(caller)
        llm.failing.set()
        ended = await caller.until("reply.ended")
        assert (ended["status"], ended["heard_text"]) == ("failed", ANSWER)
        assert "reply.resume" in types(caller)
        assert "reply.stop" not in types(caller)
        (error,) = caller.of("error")
        assert error["code"] == "engine_failed"


async def test_of_a_reply_that_cannot_be_spoken_on_the_beginning_is_said(serving):
    tts = ScriptedTts(fault=lambda job: EngineError("tts", "broken") if job.text == "Anything else?" else None)
    llm = ScriptedLlm(lambda _: ANSWER + " Tea? " * 100)
    async with serving(*BROKEN, stt=ScriptedStt(["soup"]), llm=llm, tts=tts) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        ended = await caller.until("reply.ended")
        assert (ended["status"], ended["heard_text"]) == ("failed", ANSWER.removesuffix(" Anything else?"))
        assert not llm.running


async def test_a_reply_that_fails_while_a_word_before_it_is_held_back_is_dropped_by_the_client(serving):
    llm = Breaks(())
    async with serving(*BROKEN, stt=ScriptedStt(["soup", ""]), llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.sounds()
        await caller.until("reply.started")
        await in_time(caller, loud(0.4))
        await caller.until("reply.pause")
        llm.failing.set()
        assert (await caller.until("reply.ended"))["status"] == "failed"
        told = types(caller)
        assert told.index("reply.pause") < told.index("reply.stop") < told.index("reply.ended")
