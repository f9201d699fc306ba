"""Callers who do anything in any order; the engines are scripted, and some of them slow or broken."""

import asyncio
import logging
import random

import pytest

from app.errors import EngineError
from tests.support.caller import calling, loud, quiet
from tests.support.scripted import ScriptedLlm, ScriptedStt, ScriptedTts

CALLERS = 8
STEPS = 40
SETTINGS = (
    "session.max_sessions=8", "session.keep_s=0.05", "session.playback_grace_s=0.05", "session.reply_retry_s=0.01",
    "vad.silence_ms=100", "stt.limit_s=0.5", "llm.first_token_s=0.5", "tts.limit_s=0.5",
)  # fmt: skip


def messages(rng):
    """One thing that a caller may send."""
    turn = rng.randint(0, 9)
    return rng.choice([
        {"type": "text", "text": "hi"}, {"type": "text", "text": ""}, {"type": "text_request", "text": "Say this."},
        {"type": "interrupt"}, {"type": "audio.commit"}, {"type": "control", "command": rng.choice(["reset", "stats"])},
        {"type": "playback", "turn": turn, "played_ms": rng.randint(0, 2000), "state": rng.choice(["playing", "done"])},
        {"type": "session.configure", "mode": rng.choice(["conversation", "transcribe", "speak"])},
        {"type": "audio_chunk", "data": "AAAA", "chunk_index": rng.randint(0, 3), "is_final": rng.random() < 0.5},
        {"type": "nonsense"},
    ])  # fmt: skip


async def misbehave(url, rng):
    async with calling(url) as caller:
        for _ in range(STEPS):
            if rng.random() < 0.5:
                await caller.hear(rng.choice([loud, quiet])(rng.uniform(0.02, 0.3)), chunk=rng.choice([640, 3201]))
            else:
                message = messages(rng)
                await caller.send(message.pop("type"), **message)
            await asyncio.sleep(rng.choice([0.0, 0.005, 0.03]))
        said_goodbye = rng.random() < 0.7
        if said_goodbye:
            await caller.send("bye")
            await caller.closed()
        return caller, said_goodbye


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_callers_do_the_rules_hold(serving, caplog, seed):
    rng = random.Random(seed)

    def fault(_):
        return rng.choice([None, None, None, 0.02, 0.1, 5.0, EngineError("script", "broke")])

    engines = {"stt": ScriptedStt(fault=fault), "llm": ScriptedLlm(fault=fault), "tts": ScriptedTts(fault=fault)}
    with caplog.at_level(logging.ERROR, logger="app.session"):
        async with serving(*SETTINGS, **engines) as (url, sessions):
            async with asyncio.TaskGroup() as tasks:
                calls = [tasks.create_task(misbehave(url, random.Random(rng.random()))) for _ in range(CALLERS)]
            for entry in tuple(sessions._entries.values()):
                await entry.ended.wait()
            assert len(sessions) == 0
            assert (engines["llm"].open_slots, engines["llm"].running) == (0, 0)
    assert not caplog.records, "a session failed"
    for caller, said_goodbye in (call.result() for call in calls):
        check(caller, said_goodbye)


def check(caller, said_goodbye):
    assert [e["seq"] for e in caller.events] == list(range(1, len(caller.events) + 1))
    ended = [e["turn"] for e in caller.of("reply.ended")]
    started = [e["turn"] for e in caller.of("reply.started")]
    assert len(set(ended)) == len(ended), "a reply ends once"
    assert len(set(started)) == len(started)
    assert started == sorted(started)
    if said_goodbye:
        assert set(started) <= set(ended), "every reply ends"
    stopped = {}
    for event in caller.events:
        if event["type"] == "reply.stop":
            stopped[event["turn"]] = event["seq"]
        elif event["type"] in {"reply.delta", "reply.sentence"}:
            assert event["turn"] not in stopped, "nothing of a stopped reply is told"
    words = " ".join(e["heard_text"] for e in caller.of("reply.ended"))
    assert "broke" not in words
