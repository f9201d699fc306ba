"""The four engines in an order: scripted faults, and the starter models in the place of files that are missing."""

import asyncio
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import numpy as np
import pytest

from app.compose import assembled, remembering
from app.config import load
from app.errors import (
    EngineBusyError,
    EngineError,
    EngineTimeoutError,
    ReplacedError,
    UnknownLanguageError,
    UnknownVoiceError,
)
from app.fallback.chain import Candidate, Chain
from app.fallback.engines import FallbackLlm, FallbackStt, FallbackTts, FallbackVad
from app.interfaces import Message, Prompt, SpeechJob, SttJob, SttKind
from app.tts.cache import SpeechCache
from tests.support.scripted import ScriptedLlm, ScriptedStt, ScriptedTts, ScriptedVad

PROMPT = Prompt((Message("user", "Hello."),))
JOB = SttJob("s", SttKind.FINAL, np.zeros(1600, np.float32))


def chain(kind, *engines):
    return Chain(kind, [Candidate(str(n), lambda e=engine: e) for n, engine in enumerate(engines)], 10.0)


class Renamed(ScriptedTts):
    """Another model."""


@asynccontextmanager
async def order(wrapper, kind, *engines):
    async with wrapper(chain(kind, *engines)) as entered:
        await entered.warm()
        yield entered


def breaks(kind):
    return lambda _: EngineError(kind, "broken")


async def twice(ask):
    """A session tries once more by itself."""
    try:
        return await ask()
    except EngineError:
        return await ask()


async def answer(slot, prompt=PROMPT):
    async with aclosing(slot.generate(prompt)) as pieces:
        return "".join([piece async for piece in pieces])


async def test_stt():
    large, small = ScriptedStt(["large"]), ScriptedStt(["small"])
    async with order(FallbackStt, "stt", large, small) as stt:
        assert (await stt.transcribe(JOB)).text == "large"
        stt.commit("s")
        assert (large.committed, small.committed) == (["s"], [])
        large.fault = breaks("stt")
        assert (await twice(lambda: stt.transcribe(JOB))).text == "small"
        stt.commit("t")
        assert (large.committed, small.committed) == (["s"], ["t"])


async def test_tts_with_a_voice_that_the_next_one_does_not_have():
    class Other(ScriptedTts):
        def voices(self):
            return ("other",)

    large, small = ScriptedTts(), Other()
    async with order(FallbackTts, "tts", large, small) as tts:
        assert tts.voices() == ("tone", "hum")
        large.fault = breaks("tts")
        await twice(lambda: tts.speak(SpeechJob("tea", voice="hum")))
        await tts.speak(SpeechJob("tea", voice="other"))
        await tts.speak(SpeechJob("tea", voice="unknown"))  # the engine will say so
        assert [job.voice for job in small.jobs] == [None, "other", "unknown"]
        assert tts.voices() == ("other",)


async def test_what_was_spoken_by_one_engine_is_not_played_for_the_next():
    large, small = ScriptedTts(), Renamed()
    async with SpeechCache(FallbackTts(chain("tts", large, small)), 1_000_000) as cache:
        await cache.warm()
        for _ in range(2):
            await cache.speak(SpeechJob("tea"))
        large.fault = breaks("tts")
        await twice(lambda: cache.speak(SpeechJob("milk")))
        await cache.speak(SpeechJob("tea"))
    assert [job.text for job in large.jobs] == ["tea", "milk", "milk"]
    assert [job.text for job in small.jobs] == ["milk", "tea"]


async def test_vad_goes_on_with_the_same_frames():
    class Never(ScriptedVad):
        async def probabilities(self, frames):
            raise EngineError("vad", "broken")

    loud = np.full((2, 512), 0.5, np.float32)
    async with order(FallbackVad, "vad", Never(), ScriptedVad()) as vad:
        stream = vad.open()
        assert (await twice(lambda: stream.probabilities(loud))).tolist() == [1, 1]
        assert (await vad.open().probabilities(loud)).tolist() == [1, 1]


async def test_llm_asks_the_next_one_with_the_whole_conversation():
    large, small = ScriptedLlm(lambda _: "large one"), ScriptedLlm(lambda _: "small one")
    async with order(FallbackLlm, "llm", large, small) as llm:
        slot, other = await llm.open(), await llm.open()
        assert await answer(slot) == "large one"
        large.fault = breaks("llm")
        assert await twice(lambda: answer(slot)) == "small one"
        assert await answer(other) == "small one"
        slot.commit()
        assert (small.prompts, small.committed) == ([PROMPT] * 2, 1)
        assert (large.open_slots, small.open_slots) == (0, 2)
        for one in (slot, other, slot):
            await one.close()
        assert small.open_slots == 0


async def test_llm_an_answer_is_not_begun_twice():
    class Breaks(ScriptedLlm):
        async def open(self):
            return Half()

    class Half:
        async def generate(self, prompt):
            yield "half an"
            raise EngineError("llm", "broken")

        async def close(self):
            return None

    small = ScriptedLlm(lambda _: "whole")
    async with order(FallbackLlm, "llm", Breaks(), small) as llm:
        slot = await llm.open()
        for _ in range(2):
            async with aclosing(slot.generate(PROMPT)) as pieces:
                assert await anext(pieces) == "half an"
                with pytest.raises(EngineError):
                    await anext(pieces)
        assert await answer(slot) == "whole"


@pytest.mark.parametrize("fault", [EngineBusyError("llm", "full"), ReplacedError("llm", "by a newer one")])
async def test_llm_a_full_engine_is_not_a_broken_one_nor_one_that_was_asked_anew(fault):
    full = ScriptedLlm(fault=lambda _: fault)
    async with order(FallbackLlm, "llm", full, ScriptedLlm()) as llm:
        slot = await llm.open()
        for _ in range(4):
            with pytest.raises(type(fault)):
                await answer(slot)
        assert full.running == 0


async def test_llm_a_model_too_slow_to_write_gives_way():
    large, small = ScriptedLlm(lambda _: "large one"), ScriptedLlm(lambda _: "small one")
    async with order(FallbackLlm, "llm", large, small) as llm:
        slot = await llm.open()
        assert await answer(slot) == "large one"
        large.fault = lambda _: EngineTimeoutError("llm", "no text")
        assert await twice(lambda: answer(slot)) == "small one"


async def test_llm_a_draft_that_became_the_answer_counts_as_one():
    large, small = ScriptedLlm(fault=lambda _: 0.05), ScriptedLlm(lambda _: "small one")
    async with order(FallbackLlm, "llm", large, small) as llm:
        slot = await llm.open()

        def slow(_):
            slot.commit()
            return EngineTimeoutError("llm", "no text")

        large.fault = slow
        assert await twice(lambda: answer(slot, replace(PROMPT, draft=True))) == "small one"


async def test_llm_a_draft_that_gave_way_for_too_long_is_no_fault_of_the_model():
    slow = ScriptedLlm(fault=lambda prompt: EngineTimeoutError("llm", "no text") if prompt.draft else None)
    async with order(FallbackLlm, "llm", slow, ScriptedLlm()) as llm:
        slot = await llm.open()
        for _ in range(4):
            with pytest.raises(EngineTimeoutError):
                await answer(slot, replace(PROMPT, draft=True))
        assert llm._chain.engine is slow


async def test_llm_what_cannot_be_read_ahead_is_no_fault_of_the_model():
    class Refuses(ScriptedLlm):
        async def open(self):
            return Reader()

    class Reader:
        async def generate(self, prompt):
            raise EngineError("llm", "the model's chat template failed")
            yield ""

        async def close(self):
            return None

    refuses = Refuses()
    async with order(FallbackLlm, "llm", refuses, ScriptedLlm()) as llm:
        slot = await llm.open()
        for _ in range(4):
            with pytest.raises(EngineError):
                await answer(slot, replace(PROMPT, max_tokens=0))
        assert llm._chain.engine is refuses


async def test_llm_a_draft_that_is_awaited_before_its_engine_is_there_is_no_draft():
    large, small = ScriptedLlm(), ScriptedLlm()
    async with order(FallbackLlm, "llm", large, small) as llm:
        slot = await llm.open()
        large.fault = breaks("llm")
        with pytest.raises(EngineError):
            await answer(slot)
        async with asyncio.TaskGroup() as group:
            group.create_task(answer(slot, replace(PROMPT, draft=True)))
            await asyncio.sleep(0)
            slot.commit()
        assert (large.prompts[-1].draft, small.prompts[-1].draft) == (True, False)


async def test_a_language_that_the_model_does_not_know_is_no_fault_of_it():
    large = ScriptedStt(fault=lambda _: UnknownLanguageError("stt", "no such language"))
    async with order(FallbackStt, "stt", large, ScriptedStt()) as stt:
        for _ in range(4):
            with pytest.raises(UnknownLanguageError):
                await stt.transcribe(JOB)
        assert stt._chain.engine is large


async def test_llm_an_answer_that_is_left_frees_its_engine():
    async with order(FallbackLlm, "llm", ScriptedLlm(pace_s=0.01), ScriptedLlm()) as llm:
        slot = await llm.open()
        async with aclosing(slot.generate(PROMPT)) as pieces:
            assert await anext(pieces) == "Very"
        await slot.close()
        assert llm._chain._place._calls == 0


async def test_llm_a_place_that_was_never_taken():
    async with order(FallbackLlm, "llm", ScriptedLlm(), ScriptedLlm()) as llm:
        slot = await llm.open()
        slot._slot = None
        slot.commit()
        await slot.close()


@pytest.mark.engine
async def test_a_missing_card_gives_way_to_what_is_set_for_the_cpu(monkeypatch):
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 0)
    monkeypatch.setattr("app.llm.loading.offers_gpu", lambda: False)
    card = ["stt.device=cuda", "llm.device=cuda"]
    less = ['stt.fallback=[{device = "cpu", beam_size = 1}]', 'llm.fallback=[{device = "cpu", context_tokens = 512}]']
    engines = assembled(load(None, {}, [*card, *less, "session.max_sessions=1"]))
    async with engines.stt as stt, engines.llm as llm:
        assert stt._chain.engine._settings.beam_size == 1
        assert llm._chain.engine._settings.context_tokens == 512
        assert ["takes its place" in engine.info().warnings[0] for engine in (stt, llm)] == [True, True]


@pytest.mark.engine
async def test_starter_models_take_the_place_of_missing_files(caplog):
    config = load(
        None,
        {},
        [
            "stt.model=/nowhere/ears",
            "llm.model=/nowhere/brain.gguf",
            'tts.voices=["/nowhere/voice.onnx"]',
            'stt.fallback=[{model = "models/starter/ears", device = "cpu"}]',
            'llm.fallback=[{model = "models/starter/brain/starter-brain.gguf", device = "cpu"}]',
            'tts.fallback=[{voices = ["models/starter/voice/starter-voice.onnx"]}]',
            'vad.fallback=[{engine = "energy"}]',
            "tts.cache_disk_mb=0",
            "session.max_sessions=1",
        ],
    )
    engines = remembering(config)
    for engine in engines.each().values():
        await engine.__aenter__()
        await engine.warm()
    speech = await engines.tts.speak(SpeechJob("Hello."))
    assert speech.pcm.size
    with pytest.raises(UnknownVoiceError):
        await engines.tts.speak(SpeechJob("Hello.", voice="nobody"))
    slot = await engines.llm.open()
    assert await answer(slot)
    await slot.close()
    assert await engines.stt.transcribe(JOB)
    warnings = {name: engine.info().warnings for name, engine in engines.each().items()}
    assert warnings["vad"] == ()
    for name in ("stt", "llm", "tts"):
        assert any("/nowhere/" in text and "takes its place" in text for text in warnings[name])
    for engine in engines.each().values():
        await engine.__aexit__(None, None, None)
    await asyncio.sleep(0)
