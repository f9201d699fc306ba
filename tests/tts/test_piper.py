"""The engine: real voices for what is heard, a scripted one for time and faults."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.audio import level_dbfs, to_float
from app.errors import EngineBusyError, EngineError, EngineTimeoutError, SetupError, UnknownVoiceError
from app.interfaces import EngineState, Speech, SpeechJob
from app.settings import TtsSettings
from app.tts.piper import Piper
from app.tts.word_times import Group

TEXT = "That is one margherita, two colas and a salad for $12.50 in the garden."


@pytest.fixture
async def piper(settings: TtsSettings, voice_file: Path, turkish_file: Path) -> AsyncIterator[Piper]:
    async with Piper(settings, (voice_file, turkish_file), starter=True) as engine:
        yield engine


class Scripted:
    """A voice that says one tone when it is let go."""

    name, language, rate_hz = "scripted", "en", 16_000

    def __init__(self) -> None:
        self.go = threading.Event()
        self.texts: list[str] = []

    def say(self, text: str, speed: float) -> tuple[np.ndarray, list[Group]]:
        self.texts.append(text)
        assert self.go.wait(10)
        if text == "bad":
            raise RuntimeError(text)
        return np.full(1600, 0.5, np.float32), []


@pytest.fixture
def voice() -> Scripted:
    return Scripted()


@pytest.fixture
async def scripted(settings: TtsSettings, voice: Scripted, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Piper]:
    monkeypatch.setattr("app.tts.piper.load", lambda path, threads: voice)
    bounds = settings.model_copy(update={"workers": 1, "queue": 1, "limit_s": 0.3})
    async with Piper(bounds, (Path("scripted.onnx"),), starter=False) as engine:
        yield engine
        voice.go.set()


async def test_a_voice_may_take_longer_to_load_than_a_sentence_to_speak(
    settings: TtsSettings, voice: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()
    monkeypatch.setattr("app.tts.piper.load", lambda path, threads: slow.wait(0.3) or voice)
    async with Piper(settings.model_copy(update={"limit_s": 0.1}), (Path("scripted.onnx"),), starter=False) as engine:
        assert engine.info().state is EngineState.READY


# ---- what is heard


@pytest.mark.engine
async def test_a_clause_is_audible_and_of_plausible_length(piper: Piper):
    speech = await piper.speak(SpeechJob(TEXT))
    assert speech.rate_hz == 24_000
    assert speech.pcm.dtype == np.int16
    assert level_dbfs(to_float(speech.pcm)) > -40
    assert 2.5 < speech.pcm.size / speech.rate_hz < 9


@pytest.mark.engine
async def test_leading_silence_is_trimmed(piper: Piper):
    speech = await piper.speak(SpeechJob("Yes."))
    first = to_float(speech.pcm[: speech.rate_hz * 16 // 1000])
    assert level_dbfs(first) > -53  # 5 ms kept, then a window of 10 ms above -50
    assert level_dbfs(to_float(speech.pcm[-speech.rate_hz // 4 :])) > -50


@pytest.mark.engine
async def test_speed(piper: Piper):
    slow, fast = [(await piper.speak(SpeechJob(TEXT, speed=s))).pcm.size for s in (1.0, 1.25)]
    assert fast / slow == pytest.approx(0.8, abs=0.05)


@pytest.mark.engine
@pytest.mark.parametrize("language", ["en", "tr"])
async def test_word_times_cover_the_speech(piper: Piper, language: str):
    speech = await piper.speak(SpeechJob(TEXT, language))
    length = speech.pcm.size * 1000 / speech.rate_hz
    assert [w.text for w in speech.words] == TEXT.split()
    edges = [t for w in speech.words for t in (w.start_ms, w.end_ms)]
    assert edges == sorted(edges)
    assert edges[0] < 50
    assert 0.95 * length - 100 < edges[-1] <= length
    spoken = {w.text: w.end_ms - w.start_ms for w in speech.words}
    assert spoken["$12.50"] > spoken["two"] > 0


@pytest.mark.engine
async def test_nothing_to_say_is_empty(piper: Piper):
    for text in ("", "😀", "** — **", "...", "\n"):
        speech = await piper.speak(SpeechJob(text))
        assert (speech.pcm.size, speech.words, speech.rate_hz) == (0, (), 24_000)


@pytest.mark.engine
async def test_several_at_once_with_two_voices(piper: Piper):
    jobs = [SpeechJob(f"{word} please", lang) for word in ("pizza", "cola", "five") for lang in ("en", "tr")] * 3
    alone = [(await piper.speak(job)).pcm.size for job in jobs]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(piper.speak(job)) for job in jobs]
    # 50 ms: the voices' noise moves their ends by a window or two
    assert [task.result().pcm.size for task in tasks] == pytest.approx(alone, abs=800)


@pytest.mark.engine
async def test_voices_are_named_and_chosen(piper: Piper, caplog: pytest.LogCaptureFixture):
    assert piper.voices() == ("starter-voice", "turkish")
    assert (await piper.speak(SpeechJob("pizza", "en", "turkish"))).pcm.size
    with pytest.raises(UnknownVoiceError) as unknown:
        await piper.speak(SpeechJob("pizza", voice="nobody"))
    assert "nobody" not in unknown.value.message
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            assert (await piper.speak(SpeechJob("pizza", "xx"))).pcm.size
    assert len(caplog.records) == 1
    assert "pizza" not in caplog.text


@pytest.mark.engine
async def test_warm_speaks_with_each_voice(piper: Piper):
    await piper.warm()
    info = piper.info()
    assert (info.state, info.device, info.starter) == (EngineState.READY, "cpu", True)
    assert info.model == "starter-voice, turkish"


@pytest.mark.engine
async def test_setup_faults_are_named(settings: TtsSettings, voice_file: Path, tmp_path: Path):
    with pytest.raises(SetupError, match="missing"):
        async with Piper(settings, (tmp_path / "none.onnx",), starter=False):
            pass
    with pytest.raises(SetupError, match="two voices are called starter-voice"):
        async with Piper(settings, (voice_file, voice_file), starter=False):
            pass


# ---- time and faults


async def say(engine: Piper, text: str = "cola") -> Speech:
    return await engine.speak(SpeechJob(text))


async def test_no_digit_reaches_the_voice(scripted: Piper, voice: Scripted):
    voice.go.set()
    await say(scripted, "**12** km for $5.50 at 10:30, see [a](http://b.com/7) 1️⃣ ٣")
    assert not any(c.isdigit() for c in voice.texts[0])


async def test_a_cancelled_caller_frees_nothing_early(scripted: Piper, voice: Scripted):
    async with asyncio.TaskGroup() as group:
        cancelled = group.create_task(say(scripted))
        await asyncio.sleep(0.05)
        cancelled.cancel()
        waiting = group.create_task(say(scripted, "tea"))
        await asyncio.sleep(0.05)
        assert scripted.info().queue == 1  # the thread still works for the one who left
        with pytest.raises(EngineBusyError):
            await say(scripted)
        voice.go.set()
    assert waiting.result().pcm.size
    assert voice.texts == ["cola", "tea"]


async def test_a_hang_is_a_named_error_and_the_next_caller_is_served(scripted: Piper, voice: Scripted):
    with pytest.raises(EngineTimeoutError):
        await say(scripted)
    assert "1 workers hung" in scripted.info().warnings[0]
    voice.go.set()
    assert (await say(scripted)).pcm.size
    assert scripted.info().state is EngineState.READY


async def test_a_failure_is_named_without_the_words(scripted: Piper, voice: Scripted):
    voice.go.set()
    with pytest.raises(EngineError) as failed:
        await say(scripted, "bad")
    assert failed.value.message == "tts: scripted failed (RuntimeError)"


async def test_a_language_that_no_voice_speaks_is_told(settings: TtsSettings, voice_file: Path):
    for language, told in (("en", False), ("", False), ("de", True)):
        async with Piper(settings, (voice_file,), starter=True, language=language) as piper:
            assert any("speaks de" in warning for warning in piper.info().warnings) == told


async def test_states(scripted: Piper, settings: TtsSettings, voice: Scripted):
    closed = Piper(settings, (Path("a.onnx"),), starter=False)
    assert closed.info().state is EngineState.LOADING
    with pytest.raises(EngineError, match="no voice is loaded"):
        await say(closed)
    scripted._workers.lost = 9
    assert scripted.info().state is EngineState.FAILED
    assert replace(scripted.info(), warnings=()).model == "scripted"
