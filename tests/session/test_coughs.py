"""Sounds without a word, faults and resets in mid-turn: nobody who asked is left without an answer.

Scripted engines: each says or fails at the instant that the test is about.
"""

import asyncio

from app.errors import EngineError
from app.interfaces import SttKind
from app.session.signals import Answer, FirstAudio, Heard, Interrupted, SpeechBegan, SpeechEnded, Typed, WasReset
from app.session.state import Phase, Turn
from app.session.turn import step
from app.wire.incoming import Mode
from tests.support.caller import calling, loud, quiet
from tests.support.scripted import ScriptedLlm, ScriptedStt, ScriptedTts

FAST = ("vad.silence_ms=200", "session.playback_grace_s=0.1", "session.reply_retry_s=0.01")
SENTENCE = (quiet(0.4), loud(0.5), quiet(0.5))
COUGH = (loud(0.2), quiet(0.6))


def after(*events):
    turn, commands = Turn(Mode.CONVERSATION), ()
    for event in events:
        turn, commands = step(turn, event)
    return turn, commands


def test_who_asked_and_coughed_is_answered():
    cough = (SpeechBegan(), SpeechEnded())
    for asked in [
        (SpeechBegan(), SpeechEnded(), Heard(1, "two"), *cough),
        (SpeechBegan(), SpeechEnded(), SpeechBegan(), Heard(1, "two"), SpeechEnded()),
        (Typed("two"), *cough),
    ]:
        turn, commands = after(*asked, Heard(2, ""))
        assert commands == (Answer(2),)
        assert turn.reply == 2


def test_who_was_answered_or_stopped_us_is_owed_nothing():
    asked = (SpeechBegan(), SpeechEnded(), Heard(1, "two"))
    for over in [(FirstAudio(1), Interrupted()), (Interrupted(),), (WasReset(),)]:
        turn, commands = after(*asked, *over, SpeechBegan(), SpeechEnded(), Heard(2, ""))
        assert (turn.phase, commands) == (Phase.IDLE, ())


async def test_a_cough_while_the_answer_is_made_does_not_lose_it(serving):
    stt = ScriptedStt(["two burgers please", ""])
    async with serving(*FAST, stt=stt, llm=ScriptedLlm(fault=lambda prompt: 0.5)) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.until("reply.started")
        await caller.hear(*COUGH)
        await caller.sounds()
        assert [event["turn"] for event in caller.of("reply.started")] == [1, 2]


async def test_a_noise_before_an_announcement_sounds_does_not_lose_it(serving):
    tts = ScriptedTts(fault=lambda job: 0.4)
    async with serving(*FAST, stt=ScriptedStt([""]), tts=tts) as (url, _), calling(url) as caller:
        await caller.send("text_request", text="Welcome to our restaurant.")
        await caller.send("text_request", text="What would you like?")
        await caller.until("reply.started")
        await caller.hear(*COUGH)
        assert (await caller.until("reply.ended"))["status"] == "completed"
        assert (await caller.until("reply.ended"))["status"] == "completed"


async def test_a_noise_while_what_was_said_is_transcribed_does_not_lose_it(serving):
    stt = ScriptedStt(["two burgers please", ""], fault=lambda job: 0.4 if job.kind is SttKind.FINAL else None)
    async with serving(*FAST, stt=stt) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.until("speech.stopped")
        await caller.hear(*COUGH)
        await caller.sounds()


async def test_what_was_said_before_a_reset_does_not_come_back(serving):
    llm = ScriptedLlm()
    stt = ScriptedStt(["my card is 1234"], fault=lambda job: 0.4 if job.kind is SttKind.FINAL else None)
    async with serving(*FAST, stt=stt, llm=llm) as (url, _), calling(url, partials=False) as caller:
        await caller.hear(*SENTENCE)
        await caller.until("speech.stopped")
        await caller.send("control", command="reset")
        await caller.send("session.configure", language="en")
        await caller.until("transcript.final")
        await caller.send("text", text="hi")
        await caller.sounds()
        assert [message.text for message in llm.prompts[-1].messages[1:]] == ["hi"]


async def test_what_was_said_before_a_reset_names_nobody_s_language(serving):
    stt = ScriptedStt(["my card is 1234"], fault=lambda job: 0.4 if job.kind is SttKind.FINAL else None)
    async with serving(*FAST, stt=stt) as (url, sessions), calling(url, partials=False) as caller:
        await caller.hear(*SENTENCE)
        await caller.until("speech.stopped")
        await caller.send("control", command="reset")
        await caller.until("transcript.final")
        (entry,) = sessions._entries.values()
        assert entry.session.listener.language is None


async def test_of_a_long_turn_that_lost_a_piece_the_rest_is_answered(serving):
    finals = []

    def fault(job):
        finals.append(job.kind is SttKind.FINAL)
        return EngineError("stt", "broke") if finals[-1] and sum(finals) <= 2 else None

    pieces = ("vad.piece_after_s=0.5", "vad.piece_pause_ms=64", "vad.max_piece_s=1.5")
    stt = ScriptedStt(["the rest of it"], fault=fault)
    async with serving(*FAST, *pieces, stt=stt) as (url, _), calling(url, partials=False) as caller:
        await caller.hear(quiet(0.4), loud(0.7), quiet(0.13), loud(0.2))
        await caller.until("error")
        await caller.hear(loud(0.5), quiet(0.5))
        await caller.sounds()
        assert [event["text"] for event in caller.of("transcript.final")] == ["the rest of it"]


async def test_a_pause_told_before_the_first_sound_skips_nothing(serving):
    slow = iter([None, 0.6])
    words = iter(["Hello.", "The soup of the day is made of red lentils, and comes with bread."])
    llm = ScriptedLlm(lambda prompt: next(words), fault=lambda prompt: next(slow, None))
    fast = ("vad.silence_ms=800", "session.playback_grace_s=0.1")
    async with serving(*fast, llm=llm, stt=ScriptedStt([""])) as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.sounds()
        await in_time(caller, quiet(0.3))
        await caller.until("reply.ended")
        await caller.send("text", text="again")
        await in_time(caller, loud(0.9), quiet(1.6))
        await caller.until("reply.resume")
        assert caller.of("reply.pause")
        assert [event["from_ms"] for event in caller.of("reply.resume")] == [0]


async def in_time(caller, *parts):
    data = b"".join(parts)
    for at in range(0, len(data), 1280):
        await caller.hear(data[at : at + 1280])
        await asyncio.sleep(0.04)
