"""What is worked out in a pause, over a real socket; the engines are scripted, for timing and faults."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from app.errors import EngineError
from app.interfaces import SttKind
from app.session.drafting import Level, level, reads_ahead
from app.tts.cache import SpeechCache
from tests.support.caller import calling, loud, quiet
from tests.support.scripted import ScriptedLlm, ScriptedStt, ScriptedTts, ScriptedTurn, scripted

DRAFTING = (
    "vad.silence_ms=500", "session.playback_grace_s=0.1", "session.reply_retry_s=0.01", "session.draft=full",
)  # fmt: skip
REPLY = "Very well then. Anything else for you today?"


async def pause(caller, *before, after_s=0.2):
    """Speech and 200 ms of silence: then the draft has time to be made."""
    await caller.hear(*before, loud(0.5), quiet(0.2))
    await asyncio.sleep(after_s)


async def test_what_was_drafted_in_the_pause_is_the_turn(serving):
    stt, llm, tts = ScriptedStt(), ScriptedLlm(), ScriptedTts()
    async with serving(*DRAFTING, stt=stt, llm=llm, tts=tts) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        assert [job.kind for job in stt.jobs if job.kind is not SttKind.PARTIAL] == [SttKind.DRAFT]
        assert [prompt.draft for prompt in llm.prompts] == [True]
        assert [job.draft for job in tts.jobs] == [True], "the first clause and no more"
        assert set(caller.types()) <= {"session.ready", "speech.started", "transcript.partial"}
        assert not caller.audio
        await caller.hear(quiet(0.5))
        ended = await caller.until("reply.ended")
        assert ended["status"] == "completed"
        assert ended["heard_text"] == "".join(e["text"] for e in caller.of("reply.delta")) == REPLY
        marks = ended["timeline"]
        assert marks["speech_end"] < marks["draft"] <= marks["first_token"] <= marks["first_clause"] < marks["endpoint"]
        assert marks["endpoint"] <= marks["final_text"] <= marks["first_audio"] < marks["endpoint"] + 60
        assert [job.kind for job in stt.jobs if job.kind is not SttKind.PARTIAL] == [SttKind.DRAFT]
        assert (len(stt.committed), llm.committed, len(llm.prompts)) == (1, 1, 1)


async def test_a_caller_who_goes_on_hears_nothing_of_the_draft(serving):
    stt, llm = ScriptedStt(["two pizzas", "two pizzas and a coke"]), ScriptedLlm()
    async with serving(*DRAFTING, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        await pause(caller)
        await caller.hear(quiet(0.5))
        ended = await caller.until("reply.ended")
        assert ended["turn"] == 1
        assert [final["text"] for final in caller.of("transcript.final")] == ["two pizzas and a coke"]
        assert len(caller.of("reply.started")) == 1
        assert "".join(e["text"] for e in caller.of("reply.delta")) == REPLY
        assert [prompt.messages[-1].text for prompt in llm.prompts] == ["two pizzas", "two pizzas and a coke"]


async def test_the_same_words_are_answered_once(serving):
    llm = ScriptedLlm()
    async with serving(*DRAFTING, llm=llm) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        await pause(caller)
        await caller.hear(quiet(0.5))
        assert (await caller.until("reply.ended"))["heard_text"] == REPLY
        assert len(llm.prompts) == 1


async def test_what_is_certain_is_read_while_the_caller_speaks(serving):
    llm = ScriptedLlm()
    async with serving(*DRAFTING, llm=llm) as (url, _), calling(url) as caller:
        for _ in range(6):
            await caller.hear(loud(0.5))
            await asyncio.sleep(0.05)
        await caller.until("transcript.partial")
        assert len(llm.read) > 1
        assert llm.read[-1] == "hello"


async def test_who_goes_on_does_not_lose_the_draft_to_reading_ahead(serving):
    """Both would be one sequence of the model's."""
    llm, stt = ScriptedLlm(pace_s=0.2), ScriptedStt(["two pizzas"])
    async with serving(*DRAFTING, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        read = len(llm.read)
        for _ in range(6):
            await caller.hear(loud(0.5))
            await asyncio.sleep(0.05)
        assert len(caller.of("transcript.partial")) > 1
        assert len(llm.prompts) == 1
        assert len(llm.read) == read


async def test_a_draft_leaves_no_trace_in_the_history(serving):
    llm, stt = ScriptedLlm(), ScriptedStt(["two", "two cokes", "no"])
    async with serving(*DRAFTING, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        await pause(caller)
        await caller.hear(quiet(0.5))
        await caller.until("reply.ended")
        await caller.send("text", text="and now?")
        await caller.until("reply.ended", 2)
        assert [m.text for m in llm.prompts[-1].messages[1:]] == ["two cokes", REPLY, "and now?"]


@pytest.mark.parametrize("part", ["stt", "llm", "tts"])
async def test_a_draft_that_fails_costs_the_caller_nothing(serving, part):
    failed = []

    def once_failing(job):
        draft = job.kind is SttKind.DRAFT if part == "stt" else job.draft
        if draft:
            failed.append(job)
            return EngineError(part, "a fault of the test")
        return None

    engines = {"stt": ScriptedStt, "llm": ScriptedLlm, "tts": ScriptedTts}
    async with (
        serving(*DRAFTING, **{part: engines[part](fault=once_failing)}) as (url, _),
        calling(url) as caller,
    ):
        await pause(caller, quiet(0.3))
        await caller.hear(quiet(0.5))
        assert (await caller.until("reply.ended"))["status"] == "completed"
        assert failed
        assert not caller.of("error")


async def test_a_draft_that_is_not_ready_is_waited_for(serving):
    stt = ScriptedStt(fault=lambda job: 0.3 if job.kind is SttKind.DRAFT else None)
    async with serving(*DRAFTING, "vad.silence_ms=200", stt=stt) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.3), loud(0.5), quiet(0.4))
        assert (await caller.until("reply.ended"))["status"] == "completed"
        assert [job.kind for job in stt.jobs if job.kind is not SttKind.PARTIAL] == [SttKind.DRAFT]


async def test_a_drafted_clause_waits_behind_nobody_once_it_is_the_reply(serving):
    class Crowded(ScriptedTts):
        def info(self):
            return replace(super().info(), queue=9)

    tts = Crowded(fault=lambda job: 30.0 if job.draft else None)
    async with SpeechCache(tts, 0) as spoken, serving(*DRAFTING, tts=spoken) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        assert [job.draft for job in tts.jobs] == [True]
        await caller.hear(quiet(0.5))
        assert (await caller.until("reply.ended"))["heard_text"] == REPLY
        assert [job.draft for job in tts.jobs] == [True, False, False]
        assert tts.jobs[0].text == tts.jobs[1].text


async def test_typing_over_a_draft_answers_what_was_typed(serving):
    llm = ScriptedLlm()
    async with serving(*DRAFTING, llm=llm) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        await caller.send("text", text="a coke")
        ended = await caller.until("reply.ended")
        assert (ended["turn"], ended["status"]) == (2, "completed")
        assert [e["turn"] for e in caller.of("reply.started")] == [2]


@pytest.mark.parametrize(("wanted", "reached"), [("off", 0), ("stt", 1), ("llm", 2), ("full", 3), ("auto", 3)])
def test_a_level_that_is_named_is_taken(wanted, reached):
    assert level(wanted, scripted()) is Level(reached)
    assert reads_ahead(wanted, scripted()) is (reached >= Level.LLM)


@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
@pytest.mark.parametrize(("busy", "reached"), [("stt", Level.OFF), ("llm", Level.STT), ("tts", Level.LLM)])
def test_nothing_is_drafted_where_others_wait(busy, reached, device):
    engines = scripted()
    for name, engine in engines.each().items():
        info = replace(engine.info(), device=device, queue=int(name == busy))
        engine.info = partial(lambda told: told, info)
    assert level("auto", engines) is reached
    assert reads_ahead("auto", engines) is (busy == "tts" or (busy == "stt" and device != "cpu"))


async def test_the_words_decide_how_long_a_pause_is_waited_for(serving):
    for text, ended in (("yes please", True), ("i would like two cokes and", False)):
        overrides = (*DRAFTING, "vad.silence_ms=800")
        async with serving(*overrides, stt=ScriptedStt([text])) as (url, _), calling(url) as caller:
            await pause(caller, quiet(0.3))
            await caller.hear(quiet(0.3))
            await asyncio.sleep(0.1)
            assert bool(caller.of("speech.stopped")) is ended
            await caller.hear(quiet(2.0))
            await caller.until("reply.ended")


async def test_a_caller_who_was_cut_off_is_waited_for_longer(serving):
    async with serving(*DRAFTING, stt=ScriptedStt(["yes please"])) as (url, sessions), calling(url) as caller:
        await caller.hear(quiet(0.3), loud(0.5), quiet(0.5 + 0.2), loud(0.5), quiet(1.0))
        await caller.until("speech.started", 2)
        (ready,) = caller.of("session.ready")
        session = sessions.find(ready["session_id"], ready["token"]).session
        assert [pause.weight for pause in session.listener.rhythm.pauses] == [2.0]


async def test_a_draft_that_became_a_piece_and_was_given_up_is_made_up_for(serving):
    """All of it in one message: the draft is given up before it has begun."""
    pieces = ("vad.piece_after_s=1.0", "vad.piece_pause_ms=150")
    stt = ScriptedStt(["yes please", "thank you"])
    async with serving(*DRAFTING, *pieces, stt=stt) as (url, _), calling(url) as caller:
        await caller.ws.send_bytes(b"".join((loud(1.1), quiet(0.25), loud(0.2))))  # at most 2 s in a message
        await caller.hear(quiet(0.8))
        assert (await caller.until("reply.ended"))["status"] == "completed"
        assert [final["text"] for final in caller.of("transcript.final")] == ["yes please thank you"]


@pytest.mark.parametrize(
    ("turn", "over"),
    [
        (None, False),
        (ScriptedTurn(1.0), True),
        (ScriptedTurn(0.0), False),
        (ScriptedTurn(1.0, fault=lambda _: RuntimeError("lost")), False),
    ],
)
async def test_a_turn_model_moves_the_end_and_its_fault_does_not(serving, turn, over):
    stt = ScriptedStt(["tree blue window"])  # says nothing about its end: 800 ms, 525 if the model is sure
    async with serving(*DRAFTING, stt=stt, turn=turn) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        await caller.hear(quiet(0.4))
        await asyncio.sleep(0.1)
        assert bool(caller.of("speech.stopped")) is over
        await caller.hear(quiet(1.0))
        await caller.until("reply.ended", status="completed")
    if turn:
        assert 8_000 <= len(turn.heard[0]) <= 8 * 16_000, "the speech, and no more than 8 s of it"


async def test_a_turn_model_that_hangs_holds_nobody_up(serving, monkeypatch):
    monkeypatch.setattr("app.session.melody.LIMIT_S", 0.05)
    turn = ScriptedTurn(fault=lambda _: 60.0)
    async with serving(*DRAFTING, turn=turn) as (url, _), calling(url) as caller:
        await pause(caller, quiet(0.3))
        await caller.hear(quiet(1.0))
        await caller.until("reply.ended", status="completed")
