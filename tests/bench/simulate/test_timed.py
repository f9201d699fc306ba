"""Real engines on the starter models, in virtual time."""

import asyncio
from contextlib import aclosing

import numpy as np
import pytest

from app.audio import to_float
from app.bench.simulate.clock import run
from app.bench.simulate.timed import Pace, TimedStt, timed
from app.compose import assembled
from app.interfaces import FRAME_SAMPLES, RATE_HZ, Message, Prompt, SpeechJob, SttJob, SttKind, Transcript
from tests.conftest import configured

PACE = Pace(vad=lambda: 1.0, stt=lambda: 10.0, llm=lambda: 100.0, tts=lambda: 1000.0)


async def used(engines):
    """What each engine gives, and the virtual seconds it took."""
    clock, found = asyncio.get_running_loop().time, {}

    async def one(name, call):
        since = clock()
        value = await call
        found[name] = (value, clock() - since)

    async with engines.vad, engines.stt, engines.llm, engines.tts:
        for engine in engines.each().values():
            await engine.warm()
            assert engine.info().state.value == "ready"
        assert clock() == 0
        assert engines.tts.voices()
        await one("vad", engines.vad.open().probabilities(np.zeros((2, FRAME_SAMPLES), np.float32)))
        await one("tts", engines.tts.speak(SpeechJob("Two burgers, please.")))
        speech = found["tts"][0]
        at = np.arange(0, speech.pcm.size, speech.rate_hz / RATE_HZ)
        audio = to_float(np.interp(at, np.arange(speech.pcm.size), speech.pcm))
        await one("stt", engines.stt.transcribe(SttJob("a", SttKind.FINAL, audio, "en")))
        engines.stt.commit("a")
        slot = await engines.llm.open()
        await one("llm", pieces(slot))
        slot.commit()
        await slot.close()
    return found


async def pieces(slot):
    messages = (Message("system", "You are a waiter."), Message("user", "two burgers please"))
    async with aclosing(slot.generate(Prompt(messages, max_tokens=8))) as source:
        return [piece async for piece in source]


@pytest.mark.engine
def test_calls_take_the_time_that_is_given():
    found = run(lambda: used(timed(assembled(configured()), PACE)))
    assert found["vad"][1] == 1
    assert found["stt"][1] == 10
    assert found["tts"][1] == 1000
    assert found["llm"][1] == 100 * (len(found["llm"][0]) + 1)
    assert found["stt"][0].words


@pytest.mark.engine
def test_calls_take_as_long_as_they_did():
    found = run(lambda: used(timed(assembled(configured()))))
    assert all(0 < seconds < 20 for _, seconds in found.values())


def test_one_worker_serves_finals_first():
    """A scripted recogniser: what is tested is the queue."""

    class Stt:
        async def transcribe(self, job):
            return Transcript("", "en", 1.0, 0)

    async def main():
        stt, clock, done = TimedStt(Stt(), lambda: 1.0), asyncio.get_running_loop().time, {}

        async def one(kind):
            await stt.transcribe(SttJob(str(kind), kind, np.empty(0, np.float32)))
            done[kind] = clock()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stt.transcribe(SttJob("first", SttKind.PARTIAL, np.empty(0, np.float32))))
            for kind in (SttKind.PARTIAL, SttKind.DRAFT, SttKind.FINAL):
                tasks.create_task(one(kind))
        return done

    assert run(main) == {SttKind.FINAL: 2.0, SttKind.DRAFT: 3.0, SttKind.PARTIAL: 4.0}
