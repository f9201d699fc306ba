"""The cache: the starter voice for what is kept, a scripted engine for time and faults."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.config import load
from app.errors import EngineError
from app.interfaces import SpeechJob
from app.settings import TtsSettings
from app.tts.cache import SpeechCache
from app.tts.disk import Disk
from app.tts.piper import Piper
from app.tts.sentences import Sentences
from tests.support.scripted import ScriptedTts

MB = 1_000_000
PRICE = SpeechJob("That is $12.50.")


@pytest.fixture
def piper(settings: TtsSettings, voice_file: Path) -> Piper:
    return Piper(settings, (voice_file,), starter=True)


class Tts(ScriptedTts):
    """Speaks English only, and counts."""

    queue = 0

    async def source(self, job):
        if job.voice == "broken":
            raise EngineError("tts", "broken")
        return "script" if job.language == "en" else None

    def info(self):
        return replace(super().info(), queue=self.queue)


@pytest.fixture
def tts() -> Tts:
    return Tts()


@pytest.fixture
async def cache(tts: Tts, tmp_path: Path) -> AsyncIterator[SpeechCache]:
    async with SpeechCache(tts, MB, (SpeechJob("Hello."),), Disk(tmp_path, MB)) as engine:
        yield engine


def on_disk(folder: Path) -> int:
    return len(list(folder.glob("*.speech")))


def damage(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-7])


# ---- the starter voice


@pytest.mark.engine
async def test_the_second_time_it_is_the_same_to_the_sample(piper: Piper):
    async with SpeechCache(piper, MB) as cache:
        first = await cache.speak(PRICE)
        for again in (PRICE, replace(PRICE, draft=True), replace(PRICE, language="en-GB")):
            assert await cache.speak(again) is first
        other = await cache.speak(replace(PRICE, speed=1.25))
    assert other.pcm.size < first.pcm.size
    assert [w.text for w in first.words] == PRICE.text.split()
    with pytest.raises(ValueError, match="read-only"):
        first.pcm[0] = 0


@pytest.mark.engine
async def test_phrases_are_there_after_a_restart_with_their_words(piper: Piper, settings: TtsSettings, tmp_path: Path):
    phrases = (PRICE, replace(PRICE, speed=1.25), SpeechJob("Merhaba.", "tr"))  # no voice speaks Turkish
    disk = Disk(tmp_path, MB)
    async with SpeechCache(piper, MB, phrases, disk) as cache:
        await cache.warm()
        await cache.filled.wait()
        first = await cache.speak(PRICE)
        await cache.speak(SpeechJob("Your number is 5."))
    assert on_disk(tmp_path) == 2

    class Silent(Piper):
        async def speak(self, job: SpeechJob):
            raise AssertionError("it was spoken before")

        async def warm(self):
            return None

    silent = Silent(settings, piper._paths, starter=True)
    async with SpeechCache(silent, MB, phrases, disk) as cache:
        await cache.warm()
        await cache.filled.wait()
        again = await cache.speak(PRICE)
    assert np.array_equal(again.pcm, first.pcm)
    assert (again.words, again.rate_hz) == (first.words, first.rate_hz)


@pytest.mark.engine
async def test_another_voice_file_is_another_sound(settings: TtsSettings, voice_file: Path, turkish_file: Path):
    sources = set()
    for path in (voice_file, turkish_file):
        async with Piper(settings, (path,), starter=True) as piper:
            sources.add(await piper.source(SpeechJob("hello", voice=path.stem)))
            assert await piper.source(SpeechJob("hello", "xx")) is None
    assert len(sources) == 2


# ---- a scripted engine


async def test_the_same_at_the_same_time_is_spoken_once(cache: SpeechCache, tts: Tts):
    tts.fault = lambda job: 0.02
    assert cache.voices() == tts.voices()
    async with asyncio.TaskGroup() as group:
        asked = [group.create_task(cache.speak(SpeechJob("tea", draft=draft))) for draft in (True, False, False)]
    assert len(tts.jobs) == 1
    assert len({id(task.result()) for task in asked}) == 1


async def test_a_draft_in_the_queue_holds_up_nobody(cache: SpeechCache, tts: Tts):
    tts.fault = lambda job: 5.0 if job.draft else None
    tts.queue = 1
    async with asyncio.TaskGroup() as group:
        draft = group.create_task(cache.speak(SpeechJob("tea", draft=True)))
        await asyncio.sleep(0)
        async with asyncio.timeout(1):
            assert await cache.speak(SpeechJob("tea")) is await draft
    assert [job.draft for job in tts.jobs] == [True, False]


async def test_memory_has_a_limit(tts: Tts):
    one = (await tts.speak(SpeechJob("tea 0"))).pcm.nbytes + 2000
    async with SpeechCache(tts, 3 * one) as cache:
        for number in range(4):
            await cache.speak(SpeechJob(f"tea {number}"))
        tts.jobs.clear()
        await cache.speak(SpeechJob("tea 1"))
        await cache.speak(SpeechJob("tea 0"))
    assert [job.text for job in tts.jobs] == ["tea 0"]


async def test_a_failure_is_not_kept(cache: SpeechCache, tts: Tts):
    tts.fault = lambda job: EngineError("tts", "broken")
    with pytest.raises(EngineError):
        await cache.speak(SpeechJob("tea"))
    tts.fault = None
    assert (await cache.speak(SpeechJob("tea"))).pcm.size


async def test_nothing_but_phrases_reaches_the_disk(cache: SpeechCache, tts: Tts, tmp_path: Path):
    await cache.speak(SpeechJob("My secret."))
    await cache.speak(SpeechJob("Hello. My secret."))
    assert on_disk(tmp_path) == 0
    await cache.speak(SpeechJob("Hello.", speed=1.5))  # a phrase at another speed
    assert on_disk(tmp_path) == 1
    await cache.speak(SpeechJob("Hello.", voice="broken"))  # no source: not kept
    await cache.speak(SpeechJob("Hello.", "fr"))
    assert on_disk(tmp_path) == 1


async def test_the_cache_is_filled_once_and_what_fails_is_left_out(tts: Tts, tmp_path: Path, caplog):
    tts.fault = lambda job: EngineError("tts", "broken") if job.text == "Bad." else None
    phrases = tuple(SpeechJob(text) for text in ("Hello.", "Bad.", "Bye.", "Hello."))
    async with SpeechCache(tts, MB, phrases, Disk(tmp_path, MB)) as cache:
        for _ in range(2):
            await cache.warm()
            await cache.filled.wait()
    assert [(job.text, job.draft) for job in tts.jobs] == [("Hello.", True), ("Bad.", True), ("Bye.", True)]
    assert on_disk(tmp_path) == 2
    assert "Bad" not in caplog.text


async def test_a_damaged_file_is_spoken_anew(tts: Tts, tmp_path: Path):
    phrases = (SpeechJob("Hello."),)
    for _ in range(2):
        async with SpeechCache(tts, MB, phrases, Disk(tmp_path, MB)) as cache:
            assert (await cache.speak(phrases[0])).words
        damage(tmp_path)
    assert len(tts.jobs) == 2


@pytest.mark.leaves_a_thread
async def test_a_disk_that_hangs_is_given_up(tts: Tts, tmp_path: Path, monkeypatch, caplog):
    class Hung(Disk):
        def read(self, name):
            import threading

            threading.Event().wait(2)

    monkeypatch.setattr("app.tts.cache._DISK_LIMIT_S", 0.05)
    async with SpeechCache(tts, MB, (SpeechJob("Hello."),), Hung(tmp_path, MB)) as cache:
        assert (await cache.speak(SpeechJob("Hello."))).pcm.size
        await cache.speak(SpeechJob("Hello.", speed=2.0))
    assert caplog.text.count("is given up") == 1


async def test_leaving_cancels_those_who_wait(tts: Tts):
    tts.fault = lambda job: 10.0
    async with asyncio.TaskGroup() as group:
        async with SpeechCache(tts, MB, (SpeechJob("Hello."),)) as cache:
            await cache.warm()
            waiting = group.create_task(cache.speak(SpeechJob("tea")))
            await asyncio.sleep(0.01)
        await asyncio.sleep(0)
        assert waiting.cancelled()


def test_the_phrases_of_the_profiles_are_clauses():
    config = load(None, {}, ())
    for profile in config.profile.values():
        for language, text in profile.spoken_ahead():
            splitter = Sentences(config.tts.first_clause_chars, config.tts.max_clause_chars, language)
            assert [*splitter.feed(text), *splitter.flush()] == [text]
