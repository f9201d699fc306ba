"""A session over a real socket; the engines are scripted, for timing and faults."""

import asyncio
import base64

import pytest

from app.errors import EngineError
from app.interfaces import FRAME_SAMPLES, RATE_HZ, SttKind
from app.net.outbox import Outbox
from app.session import ears
from app.session.listener import Listener
from app.vad.rhythm import Rhythm
from app.wire.incoming import Options
from tests.support.caller import calling, loud, quiet
from tests.support.scripted import CHAR_MS, ScriptedLlm, ScriptedStt, ScriptedTts, ScriptedVad

FAST = ("vad.silence_ms=200", "session.playback_grace_s=0.1", "session.reply_retry_s=0.01")
SENTENCE = (quiet(0.4), loud(0.5), quiet(0.5))


async def played(caller, turn, ms, state="playing"):
    await caller.send("playback", turn=turn, played_ms=ms, state=state)


async def test_a_turn_from_speech_to_speech(serving):
    async with serving(*FAST) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        ended = await caller.until("reply.ended")
        assert [t for t in caller.types() if t not in {"transcript.partial", "reply.delta", "reply.sentence"}] == [
            "session.ready", "speech.started", "speech.stopped", "transcript.final", "reply.started", "reply.ended",
        ]  # fmt: skip
        assert ended["status"] == "completed"
        assert ended["heard_text"] == "Very well then. Anything else for you today?"
        assert "".join(e["text"] for e in caller.of("reply.delta")) == ended["heard_text"]
        assert [name for name, at in ended["timeline"].items() if at is None] == ["draft"]
        marks = [v for v in ended["timeline"].values() if v is not None]
        assert marks == sorted(marks)
        assert caller.audio[-1].last
        assert [f.offset for f in caller.audio] == sorted({f.offset for f in caller.audio})
        assert [e["seq"] for e in caller.events] == list(range(1, len(caller.events) + 1))


async def test_audio_is_sent_only_a_little_ahead(serving):
    async with serving(*FAST) as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.until("reply.sentence")
        await asyncio.sleep(0.2)
        assert 0.2 * 16_000 < caller.samples(1) < 0.8 * 16_000


async def test_barge_in_by_speech_stops_at_once_and_keeps_what_was_heard(serving):
    llm = ScriptedLlm()
    async with serving(*FAST, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        sentence = await caller.until("reply.sentence")
        await played(caller, 1, sentence["words"][1]["end_ms"])
        await caller.hear(loud(0.5))
        stop = await caller.until("reply.stop")
        before = caller.samples(1)
        await played(caller, 1, sentence["words"][1]["end_ms"], "paused")
        ended = await caller.until("reply.ended")
        assert (stop["turn"], ended["turn"], ended["status"]) == (1, 1, "interrupted")
        assert ended["heard_text"] == "Very well"
        await caller.hear(quiet(0.5))
        await caller.until("reply.started", 2)
        assert caller.samples(1) == before, "nothing of a stopped turn leaves"
        assert [m.text for m in llm.prompts[1].messages[1:]] == ["hello", "Very well", "hello"]


async def test_interrupt_stops_and_nothing_heard_is_nothing_remembered(serving):
    llm = ScriptedLlm(pace_s=0.5)
    async with serving(*FAST, llm=llm) as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.until("reply.delta")
        await caller.send("interrupt")
        ended = await caller.until("reply.ended")
        assert (ended["status"], ended["heard_text"]) == ("interrupted", "")
        assert llm.running == 0
        await caller.send("text", text="again")
        await caller.until("reply.started", 2)
        assert [m.text for m in llm.prompts[1].messages[1:]] == ["hi again"]


async def test_interrupting_nothing_is_no_error(serving):
    async with serving(*FAST) as (url, _), calling(url) as caller:
        await caller.send("interrupt")
        await caller.send("control", command="ping")
        await caller.until("pong")
        assert not caller.of("error")


async def test_audio_before_text_is_complete(serving):
    async with serving(*FAST, llm=ScriptedLlm(pace_s=0.1)) as (url, _), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.sounds()
        assert "today?" not in "".join(e["text"] for e in caller.of("reply.delta"))


async def test_transcribe_mode_answers_nothing(serving):
    async with serving(*FAST) as (url, _), calling(url, mode="transcribe") as caller:
        await caller.hear(*SENTENCE)
        assert (await caller.until("transcript.final"))["text"] == "hello"
        await caller.send("text", text="hi")
        assert (await caller.until("error"))["code"] == "not_in_mode"
        assert not caller.of("reply.started")


async def test_speak_mode_speaks_texts_in_turn(serving):
    tts = ScriptedTts()
    async with serving(*FAST, tts=tts) as (url, _), calling(url, mode="speak", speed=1.5, voice="hum") as caller:
        await caller.send("text_request", text="One.", language="tr")
        await caller.send("text_request", text="Two.")
        await caller.until("reply.ended", 2)
        assert [e["heard_text"] for e in caller.of("reply.ended")] == ["One.", "Two."]
        assert [(j.text, j.language, j.voice, j.speed) for j in tts.jobs] == [
            ("One.", "tr", "hum", 1.5), ("Two.", "en", "hum", 1.5),
        ]  # fmt: skip
        await caller.hear(loud(0.1))
        assert (await caller.until("error"))["code"] == "not_in_mode"


async def test_too_many_texts_at_once_are_too_fast(serving):
    async with serving(*FAST) as (url, _), calling(url, mode="speak") as caller:
        for _ in range(7):
            await caller.send("text_request", text="One two three.")
        error = await caller.until("error")
        assert (error["code"], error["fatal"], error["retry_after_s"] > 0) == ("too_fast", False, True)
        await caller.send("interrupt")
        await caller.until("reply.ended", 5)
        assert {e["turn"] for e in caller.of("reply.ended")} == {1, 2, 3, 4, 5}
        assert {e["status"] for e in caller.of("reply.ended")} == {"interrupted"}


async def test_the_output_rate_is_the_clients(serving):
    async with serving(*FAST) as (url, _), calling(url, output={"codec": "pcm16", "rate": 48000}) as caller:
        await caller.send("text", text="hi")
        await caller.until("reply.ended")
        assert {f.rate_hz for f in caller.audio} == {48_000}
        seconds = caller.samples(1) / 48_000
        assert seconds == pytest.approx(len("Very well then. Anything else for you today?") * CHAR_MS / 1000, abs=0.1)


async def test_push_to_talk_ends_the_turn(serving):
    async with serving("vad.silence_ms=5000") as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.3), loud(0.5))
        await caller.send("audio.commit")
        await caller.until("transcript.final")
        await caller.send("audio.commit")
        assert (await caller.until("error"))["code"] == "nothing_to_commit"


@pytest.mark.parametrize("encoding", ["base64", "hex"])
async def test_audio_in_text_frames(serving, encoding):
    import base64

    def encoded(data):
        return data.hex() if encoding == "hex" else base64.b64encode(data).decode()

    async with serving("vad.silence_ms=5000") as (url, _), calling(url) as caller:
        for index, data in enumerate([quiet(0.3), loud(0.3), loud(0.3)]):
            if index == 2:
                await caller.send("audio_chunk", data="", encoding=encoding, chunk_index=7)
                assert (await caller.until("error"))["code"] == "chunk_gap"
            final = index == 2
            await caller.send("audio_chunk", data=encoded(data), encoding=encoding, chunk_index=index, is_final=final)
        assert (await caller.until("transcript.final"))["duration_ms"] >= 600


async def test_long_speech_is_committed_piecewise(serving):
    stt = ScriptedStt(["one", "two", "three"])
    overrides = ("vad.silence_ms=400", "vad.piece_after_s=1.0", "vad.piece_pause_ms=150")
    async with serving(*overrides, stt=stt) as (url, _), calling(url, mode="transcribe", partials=False) as caller:
        await caller.hear(quiet(0.4), loud(1.2), quiet(0.25), loud(1.2), quiet(0.25), loud(0.5), quiet(0.6))
        final = await caller.until("transcript.final")
        assert final["text"] == "one two three"
        starts = [w["start_ms"] for w in final["words"]]
        assert starts == sorted(starts)
        assert len(caller.of("speech.started")) == 1
        assert sum(len(j.audio) for j in stt.jobs) < 4.5 * 16_000


async def test_noise_gets_no_reply(serving):
    async with serving(*FAST, stt=ScriptedStt([""])) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        assert (await caller.until("transcript.final"))["text"] == ""
        await caller.hear(quiet(0.5))
        assert not caller.of("reply.started")


async def test_configuring_in_mid_turn_is_out_of_order(serving):
    async with serving(*FAST) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.3), loud(0.5))
        await caller.until("speech.started")
        await caller.send("session.configure", language="tr")
        assert (await caller.until("error"))["code"] == "out_of_order"


async def test_bad_wishes_are_named(serving):
    async with serving(*FAST) as (url, _), calling(url) as caller:
        for fields, code in [
            ({"profile": "none"}, "unknown_profile"), ({"voice": "none"}, "unknown_voice"),
            ({"speed": 9}, "bad_message"), ({"input": {"rate": 1}}, "bad_message"), ({"mode": "sing"}, "bad_message"),
        ]:  # fmt: skip
            await caller.send("session.configure", **fields)
            await caller.until("error", code=code)
        for text, code in [("  ", "empty_text"), ("x" * 5000, "text_too_long")]:
            await caller.send("text", text=text)
            await caller.until("error", code=code)
        assert not any(e["fatal"] for e in caller.of("error"))


async def test_reset_forgets_the_conversation(serving):
    llm = ScriptedLlm(answer=lambda _: "Yes.")
    async with serving(*FAST, llm=llm) as (url, _), calling(url) as caller:
        await caller.send("text", text="one")
        await caller.until("reply.ended")
        await caller.send("control", command="reset")
        await caller.send("text", text="two")
        await caller.until("reply.ended", 2)
        assert [m.text for m in llm.prompts[1].messages[1:]] == ["two"]


async def test_stats(serving):
    async with serving(*FAST) as (url, _), calling(url) as caller:
        await caller.send("text", text="one")
        await caller.until("reply.ended")
        await caller.send("control", command="stats")
        stats = (await caller.until("stats"))["stats"]
        assert stats["conversation_entries"] == 2
        assert stats["is_active"]
        assert stats["pending_replies"] == 0


# ---- faults


class Broken(RuntimeError):
    """What engines raise that nobody expects."""


@pytest.mark.parametrize("fault", [EngineError("x", "broke"), Broken("secret words")], ids=["named", "foreign"])
@pytest.mark.parametrize("stage", ["stt", "llm", "tts"])
async def test_a_raising_engine_ends_the_reply_and_not_the_session(serving, stage, fault):
    faults = [fault, fault]  # each call is tried once more
    script = lambda job: faults.pop() if faults else None  # noqa: E731 - as short as it is
    engines = {
        "stt": ScriptedStt(fault=lambda j: script(j) if j.kind is SttKind.FINAL else None),
        "llm": ScriptedLlm(fault=script),
        "tts": ScriptedTts(fault=script),
    }
    async with serving(*FAST, **{stage: engines[stage]}) as (url, sessions), calling(url) as caller:
        await caller.hear(*SENTENCE)
        error = await caller.until("error")
        assert (error["code"], error["fatal"]) == ("engine_failed", False)
        assert "secret" not in error["message"]
        if stage != "stt":
            assert (await caller.until("reply.ended"))["status"] == "failed"
        await caller.send("text", text="hi")
        await caller.until("reply.ended", status="completed")
        assert len(sessions) == 1


@pytest.mark.parametrize("stage", ["stt", "llm", "tts"])
async def test_one_failure_is_retried_and_nobody_notices(serving, stage):
    faults = [EngineError("x", "broke")]
    script = lambda job: faults.pop() if faults else None  # noqa: E731 - as short as it is
    engines = {
        "stt": ScriptedStt(fault=lambda j: script(j) if j.kind is SttKind.FINAL else None),
        "llm": ScriptedLlm(fault=script),
        "tts": ScriptedTts(fault=script),
    }
    async with serving(*FAST, **{stage: engines[stage]}) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        assert (await caller.until("reply.ended"))["status"] == "completed"
        assert not caller.of("error")


@pytest.mark.parametrize("stage", ["stt", "llm", "tts"])
async def test_a_hanging_engine_is_a_named_error_and_harms_nobody_else(serving, stage):
    """It hangs for the first caller only."""
    first = []
    script = lambda job: first.append(job) or 60.0 if not first else None  # noqa: E731 - as short as it is
    engines = {"stt": ScriptedStt(fault=script), "llm": ScriptedLlm(fault=script), "tts": ScriptedTts(fault=script)}
    limits = ("stt.limit_s=1", "llm.first_token_s=1", "tts.limit_s=1", "stt.min_chunk_ms=60000")
    async with (
        serving(*FAST, *limits, **{stage: engines[stage]}) as (url, _),
        calling(url) as caller,
        calling(url) as other,
    ):
        await caller.hear(*SENTENCE)
        await caller.until("speech.stopped")
        await other.hear(*SENTENCE)
        assert (await other.until("reply.ended"))["status"] == "completed"
        assert (await caller.until("error"))["code"] == "engine_timeout"
        await caller.send("text", text="hi")
        assert (await caller.until("reply.ended", status="completed"))["status"] == "completed"


async def test_a_failing_detector_is_told_once_and_the_session_recovers(serving):
    faults = [EngineError("vad", "broke")] * 3
    vad = ScriptedVad(fault=lambda _: faults.pop() if faults else None)
    async with serving(*FAST, vad=vad) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.4), *SENTENCE)
        await caller.until("reply.ended")
        assert len(caller.of("error")) == 1


async def test_audio_that_nobody_takes_ends_the_session_too_slow(serving):
    limits = ("session.backlog_s=0.5", "session.too_slow_s=0.5", "vad.limit_s=30")
    vad = ScriptedVad(fault=lambda _: 20.0)
    async with serving(*limits, vad=vad) as (url, sessions), calling(url) as caller:
        await caller.hear(quiet(2.0))
        error = await caller.until("error")
        assert (error["code"], error["fatal"]) == ("too_slow", True)
        assert (await caller.until("session.ended"))["reason"] == "too_slow"
        assert await caller.closed() == 1008
        assert len(sessions) == 0


async def test_more_speech_than_the_buffer_holds_ends_the_session(serving):
    limits = ("session.buffer_bytes=100000", "stt.limit_s=60", "stt.min_chunk_ms=60000")
    stt = ScriptedStt(fault=lambda _: 30.0)
    async with serving(*limits, stt=stt) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.4), loud(4.0))
        assert (await caller.until("error"))["code"] == "buffer_full"
        assert (await caller.until("session.ended"))["reason"] == "buffer_full"


async def test_undecodable_audio_closes_with_1003(serving):
    async with serving(*FAST) as (url, _), calling(url, input={"codec": "webm_opus"}) as caller:
        await caller.hear(b"\x1a\x45\xdf\xa3" + b"no webm at all" * 6000, chunk=60_000)
        assert (await caller.until("error"))["code"] == "audio_undecodable"
        assert await caller.closed() == 1003


# ---- ends


IN_EVERY_STATE = {
    "idle": (),
    "hearing": (quiet(0.3), loud(0.5)),
    "transcribing": SENTENCE,
    "thinking": SENTENCE,
    "speaking": SENTENCE,
}


@pytest.mark.parametrize("how", ["bye", "hang up", "delete"])
@pytest.mark.parametrize("state", IN_EVERY_STATE)
async def test_an_end_in_every_state_leaks_nothing(serving, state, how):
    stt = ScriptedStt(fault=lambda _: 1.0 if state == "transcribing" else None)
    llm = ScriptedLlm(pace_s=0.5 if state == "thinking" else 0.0)
    wait_for = {
        "hearing": "speech.started",
        "transcribing": "speech.stopped",
        "thinking": "reply.started",
        "speaking": "reply.sentence",
    }
    async with serving(*FAST, "session.keep_s=0.1", stt=stt, llm=llm) as (url, sessions):
        async with calling(url) as caller:
            await caller.hear(*IN_EVERY_STATE[state])
            if state in wait_for:
                await caller.until(wait_for[state])
            if how == "bye":
                await caller.send("bye")
                assert (await caller.until("session.ended"))["reason"] == "bye"
                assert await caller.closed() == 1000
                assert len(caller.of("reply.ended")) == len(caller.of("reply.started"))
            elif how == "delete":
                next(iter(sessions._entries.values())).session.end("closed")
                await caller.closed()
        for entry in tuple(sessions._entries.values()):
            await entry.ended.wait()
        assert (llm.open_slots, llm.running) == (0, 0)
        assert all(task.done() for task in sessions._tasks._tasks)


async def test_what_was_said_before_hanging_up_is_remembered_and_not_answered(serving):
    llm = ScriptedLlm(answer=lambda _: "Yes.")
    slow = ScriptedVad(fault=lambda _: 0.05)
    async with serving(*FAST, vad=slow, llm=llm) as (url, sessions):
        async with calling(url) as caller:
            made = caller.events[0]
            await caller.hear(*SENTENCE, quiet(0.2), loud(0.5))
            await caller.until("session.ready")
        path = f"/v1/sessions/{made['session_id']}/ws"
        session = sessions.find(made["session_id"], made["token"]).session
        while len(session.memory) < 2:  # noqa: ASYNC110 - it has no event for tests
            await asyncio.sleep(0.02)
        assert session.turn.phase.name == "IDLE"
        assert not llm.prompts
        async with calling(url, path, made["token"]) as caller:
            await caller.send("text", text="and this")
            await caller.until("reply.ended")
        assert [m.text for m in llm.prompts[0].messages[1:]] == ["hello hello and this"]


async def test_an_order_whose_text_comes_after_a_coughs_is_answered(serving):
    slow = iter([1.0])
    stt = ScriptedStt(["", "two pizzas"], fault=lambda job: next(slow, 0.0) if job.kind is SttKind.FINAL else 0.0)
    llm = ScriptedLlm()
    async with serving(*FAST, "session.draft=off", stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE, loud(0.4), quiet(0.5))
        assert (await caller.until("reply.ended"))["status"] == "completed"
        assert [final["turn"] for final in caller.of("transcript.final")] == [1, 2]
        assert llm.prompts[-1].messages[-1].text == "two pizzas"


@pytest.mark.parametrize(("profile", "turns"), [("default", 2), ("tutor", 1)])
async def test_a_learner_whose_words_are_not_known_in_time_is_waited_for_too(serving, profile, turns):
    async with serving(*FAST, "session.draft=off") as (url, _), calling(url, profile=profile) as caller:
        await caller.hear(*SENTENCE[:2], quiet(0.27), loud(0.5), quiet(0.5))
        await caller.until("reply.ended")
        assert len(caller.of("speech.started")) == turns


async def test_messages_after_the_end_are_refused(serving):
    async with serving(*FAST) as (url, sessions), calling(url) as caller:
        session = next(iter(sessions._entries.values())).session
        await caller.send("bye")
        await caller.closed()
        with pytest.raises(Exception, match="after the end"):
            session.allow("text")


async def test_an_idle_session_expires_with_notice(serving):
    overrides = ("session.idle_s=0.6", "session.expiring_notice_s=0.3")
    async with serving(*overrides) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.2))
        await caller.until("session.expiring")
        assert (await caller.until("session.ended"))["reason"] == "expired"


async def test_noise_without_a_word_keeps_no_session_and_teaches_nothing_about_the_caller(serving):
    engines = {"stt": ScriptedStt(texts=["hello", ""])}
    async with serving(*FAST, "session.idle_s=3.0", **engines) as (url, sessions), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.until("reply.ended")
        (entry,) = sessions._entries.values()
        learned = entry.session.listener.rhythm
        while not caller.of("session.ended"):
            assert len(caller.of("speech.started")) < 20, "it goes on"
            await caller.hear(loud(0.2), quiet(0.1), loud(0.2), quiet(0.3))
            await asyncio.sleep(0.2)
        assert len(caller.of("speech.started")) > 1
        assert entry.session.listener.rhythm == learned
        assert caller.of("session.ended")[0]["reason"] == "expired"


async def test_after_a_reset_the_caller_may_be_somebody_else(serving):
    async with serving(*FAST, "vad.silence_ms=400") as (url, sessions), calling(url) as caller:
        await caller.hear(quiet(0.4), loud(0.3), quiet(0.3), loud(0.3), quiet(0.7))
        await caller.until("reply.ended")
        (entry,) = sessions._entries.values()
        listener = entry.session.listener
        assert (listener.language, listener.rhythm != Rhythm()) == ("en", True)
        await caller.send("control", command="reset")
        await caller.send("control", command="ping")
        await caller.until("pong")
        assert (listener.language, listener.rhythm) == (None, Rhythm())


async def test_silence_in_text_frames_does_not_keep_a_session(serving):
    async with serving("session.idle_s=0.6", "session.expiring_notice_s=0.3") as (url, _), calling(url) as caller:
        for number in range(15):
            if caller.of("session.expiring"):
                break
            await caller.send("audio_chunk", data=base64.b64encode(quiet(0.1)).decode(), chunk_index=number)
            await asyncio.sleep(0.1)
        assert (await caller.until("session.ended"))["reason"] == "expired"


async def test_two_who_come_at_once_take_the_places_of_two_who_left(serving):
    async with serving("session.max_sessions=2") as (url, sessions):
        for _ in range(2):
            async with calling(url):
                pass
        async with asyncio.TaskGroup() as group:
            newcomers = [group.create_task(sessions.open(Options(), Outbox())) for _ in range(2)]
        assert newcomers[0].result() is not newcomers[1].result()


async def test_nothing_is_learned_of_our_echo_from_who_interrupts_us(serving):
    async with serving(*FAST, stt=ScriptedStt(["stop that please"])) as (url, sessions), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.sounds()
        for part in [quiet(0.04)] * 5 + [loud(0.04)] * 30 + [quiet(0.04)] * 12:
            await caller.hear(part)
            await asyncio.sleep(0.04)
        await caller.until("speech.stopped")
        own = next(iter(sessions._entries.values())).session.listener.ears.own
        assert own._learner._end * FRAME_SAMPLES < 0.5 * RATE_HZ
        assert own.coupling is None


async def test_pauses_of_what_may_be_our_own_echo_are_not_learned_as_the_callers(serving):
    async with serving(*FAST, stt=ScriptedStt([""])) as (url, sessions), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.sounds()
        listener = next(iter(sessions._entries.values())).session.listener
        for _ in range(3):
            await caller.hear(loud(0.25), quiet(0.12))
            await asyncio.sleep(0.05)
        assert listener.doubts.open
        assert not listener.rhythm.pauses


async def test_shutting_down_tells_everybody(serving):
    async with serving(*FAST) as (url, sessions), calling(url) as caller:
        sessions.shut_down()
        assert (await caller.until("session.ended"))["reason"] == "shutdown"
        assert await caller.closed() == 1001


async def test_a_bug_in_a_session_ends_it_and_no_other(serving, caplog):
    class Buggy(ScriptedVad):
        async def probabilities(self, frames):
            raise AssertionError

    def open_(self):
        return Buggy() if first.pop() else self

    first = [False, True]
    vad = ScriptedVad()
    vad.open = open_.__get__(vad)
    async with serving(*FAST, vad=vad) as (url, _), calling(url) as caller, calling(url) as other:
        await caller.hear(quiet(0.3))
        await other.hear(*SENTENCE)
        assert (await other.until("reply.ended"))["status"] == "completed"


async def test_what_is_on_its_way_to_text_at_a_reset_is_forgotten(serving):
    stt, llm = ScriptedStt(fault=lambda job: 0.3 if job.kind is SttKind.FINAL else None), ScriptedLlm()
    async with serving(*FAST, stt=stt, llm=llm) as (url, _), calling(url) as caller:
        await caller.hear(*SENTENCE)
        await caller.until("speech.stopped")
        await caller.send("control", command="reset")
        await caller.until("transcript.final")
        await caller.send("text", text="again")
        await caller.until("reply.ended")
        assert [m.text for m in llm.prompts[-1].messages[1:]] == ["again"]


async def test_after_a_cut_nothing_more_is_heard(serving):
    async with serving(*FAST, "session.playback_grace_s=0.4") as (url, sessions), calling(url) as caller:
        await caller.send("text", text="hi")
        await caller.sounds()
        (ready,) = caller.of("session.ready")
        session = sessions.find(ready["session_id"], ready["token"]).session
        await caller.ws.close()
        await asyncio.sleep(0.6)
        assert [m.text for m in session.memory.messages("")[1:]] == ["hi"]


async def test_a_microphone_that_stops_in_mid_sentence_ends_the_turn(serving, monkeypatch):
    monkeypatch.setattr(ears, "STALLED_S", 0.3)
    async with serving(*FAST) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.4), loud(0.5))
        assert (await caller.until("transcript.final"))["text"] == "hello"
        await caller.until("reply.started")


async def test_a_bug_of_ours_ends_the_session_and_says_so(serving, monkeypatch, caplog):
    async def buggy(listener):
        raise ValueError("a bug")

    monkeypatch.setattr(Listener, "run", buggy)
    async with serving(*FAST) as (url, sessions), calling(url) as caller:
        error = await caller.until("error")
        assert (error["code"], error["fatal"]) == ("internal", True)
        assert (await caller.until("session.ended"))["reason"] == "failed"
        await caller.closed()
        assert len(sessions) == 0
    assert caplog.records[-1].exc_info, "the log says where"


async def test_live_text_of_a_turn_that_is_over_holds_the_next_up_no_longer(serving):
    """The recogniser is scripted: it never finishes the first."""
    shown = []

    def hanging_once(job):
        if job.kind is SttKind.PARTIAL:
            shown.append(job)
        return 60.0 if shown == [job] else None

    async with serving(*FAST, stt=ScriptedStt(fault=hanging_once)) as (url, _), calling(url) as caller:
        await caller.hear(quiet(0.3), loud(2.0), quiet(1.0))
        await caller.until("reply.ended")
        assert len(shown) == 1
        await caller.hear(loud(2.0))
        await caller.until("transcript.partial")


async def test_the_language_that_the_operator_set_is_the_sessions(serving):
    async with serving(*FAST, "stt.language=tr") as (url, _), calling(url) as caller:
        (ready,) = caller.of("session.ready")
        assert ready["config"]["language"] == "tr"
