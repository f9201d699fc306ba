"""What was heard before: the starter ears for the text, a scripted engine for time."""

import asyncio

import numpy as np
import pytest

from app.errors import EngineError
from app.interfaces import RATE_HZ, SttJob, SttKind
from app.stt.cache import MAX_ENTRIES, TranscriptCache
from app.stt.whisper import WhisperStt
from tests.support.scripted import ScriptedStt


def job(value=0.1, kind=SttKind.FINAL, session="s", **options):
    return SttJob(session, kind, np.full(RATE_HZ // 10, value, np.float32), **options)


@pytest.fixture
def stt():
    return ScriptedStt(["one", "two", "three", "four", "five"])


@pytest.mark.engine
async def test_a_final_pass_over_a_drafts_audio_is_the_draft(settings, ears, sentences):
    audio = next(iter(sentences.values()))
    async with TranscriptCache(WhisperStt(settings(), ears, starter=True), 60) as cache:
        await cache.warm()
        draft = await cache.transcribe(SttJob("a", SttKind.DRAFT, audio))
        assert draft.text
        assert draft.words
        assert await cache.transcribe(SttJob("b", SttKind.FINAL, audio.copy())) is draft
        assert cache.info().starter


async def test_only_the_same_question_has_the_same_answer(stt):
    async with TranscriptCache(stt, 60) as cache:
        asked = [job(), job(0.2), job(language="tr"), job(task="translate")]
        heard = [(await cache.transcribe(one)).text for one in asked]
        assert heard == ["one", "two", "three", "four"]
        assert [(await cache.transcribe(one)).text for one in asked] == heard
    assert len(stt.jobs) == 4


async def test_live_text_goes_past(stt):
    async with TranscriptCache(stt, 60) as cache:
        for _ in range(2):
            await cache.transcribe(job(kind=SttKind.PARTIAL))
        assert (await cache.transcribe(job())).text == "one"
    assert len(stt.jobs) == 3


async def test_words_are_forgotten_in_time_even_if_nobody_speaks(stt):
    async with TranscriptCache(stt, 0.05) as cache:
        await cache.transcribe(job())
        assert len(cache._heard) == 1
        await asyncio.sleep(0.03)
        await cache.transcribe(job(0.2))
        await asyncio.sleep(0.03)
        assert len(cache._heard) == 1
        assert (await cache.transcribe(job())).text == "three"
        await asyncio.sleep(0.15)
        assert len(cache._heard) == 0
        assert cache._expiry is None


async def test_there_are_never_too_many(stt):
    async with TranscriptCache(stt, 60) as cache:
        for number in range(MAX_ENTRIES + 5):
            await cache.transcribe(job(number))
        assert len(cache._heard) == MAX_ENTRIES


async def test_neither_a_dropped_draft_nor_a_failure_is_kept(stt, monkeypatch):
    async with TranscriptCache(stt, 60) as cache:

        async def dropped(_):
            return None

        with monkeypatch.context() as patch:
            patch.setattr(stt, "transcribe", dropped)
            assert await cache.transcribe(job(kind=SttKind.DRAFT)) is None
        stt.fault = lambda _: EngineError("stt", "broken")
        with pytest.raises(EngineError):
            await cache.transcribe(job())
        stt.fault = None
        assert (await cache.transcribe(job())).text == "one"


async def test_the_rest_is_the_engines(stt):
    async with TranscriptCache(stt, 60) as cache:
        cache.commit("s")
        assert stt.committed == ["s"]
        assert cache.info() == stt.info()
