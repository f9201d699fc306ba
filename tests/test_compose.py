"""The whole, put together."""

import asyncio
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.compose import _kept_warm, _starter_facts, _watched, assembled, remembering, warmed
from app.config import load
from app.errors import EngineError
from app.interfaces import EngineState, SpeechJob
from app.remote import notices
from app.stt.cache import TranscriptCache
from app.stt.whisper import WhisperStt
from app.tts.cache import SpeechCache
from app.tts.piper import Piper
from app.vad.smart_turn import SmartTurn
from tests.conftest import configured
from tests.support.scripted import ScriptedLlm, ScriptedStt, ScriptedTts, scripted


async def test_engines_are_warmed_again_after_long_idleness_and_a_failure_stops_nothing():
    warmed = []

    class Stt(ScriptedStt):
        async def warm(self):
            warmed.append("stt")
            raise EngineError("stt", "cold")

    class Llm(ScriptedLlm):
        async def warm(self):
            warmed.append("llm")

    idle = SimpleNamespace(idle_s=lambda: 9.0)
    async with _kept_warm(scripted(stt=Stt(), llm=Llm()), idle, 0.02):
        await asyncio.sleep(0.1)
    assert warmed[:4] == ["stt", "llm", "stt", "llm"]


async def test_nobody_is_disturbed_while_somebody_speaks():
    warmed = []

    class Llm(ScriptedLlm):
        async def warm(self):
            warmed.append("llm")

    busy = SimpleNamespace(idle_s=lambda: 0.0)
    async with _kept_warm(scripted(llm=Llm()), busy, 0.02):
        await asyncio.sleep(0.1)
    assert not warmed


class Failing(ScriptedStt):
    """Does not work until it was warmed `after` times."""

    def __init__(self, after, elsewhere=False):
        super().__init__()
        self.after = after
        self.elsewhere = elsewhere
        self.warmed = 0

    def info(self):
        state = EngineState.READY if self.warmed >= self.after else EngineState.FAILED
        return replace(super().info(), state=state, elsewhere=self.elsewhere)

    async def warm(self):
        self.warmed += 1
        if self.warmed < self.after:
            raise EngineError("stt", "cold")


async def watched(met, end, **engines):
    """Watch until `met()`."""
    async with _watched(scripted(**engines), 0.01, end):
        for _ in range(500):
            if met():
                return
            await asyncio.sleep(0.02)
    pytest.fail("it was not met")


async def test_an_engine_that_failed_is_run_once_more_and_then_left_alone():
    ended, stt, others = [], Failing(after=3), Failing(after=12)
    llm = ScriptedLlm()
    llm.warm = lambda: pytest.fail("it works")
    await watched(lambda: others.warmed == 12, lambda: ended.append(True), stt=stt, llm=llm, turn=others)
    assert stt.warmed == 3
    assert not ended


async def test_an_engine_that_stays_broken_ends_the_server_once(caplog):
    ended, stt = [], Failing(after=1000)
    await watched(lambda: stt.warmed > 12, lambda: ended.append(True), stt=stt)
    assert ended == [True]
    assert "stt does not work any more" in caplog.text


async def test_nothing_is_ended_for_what_can_be_missed_or_is_elsewhere_nor_where_nobody_starts_it_anew():
    ended, turn, stt, far = [], Failing(after=1000), Failing(after=1000), Failing(after=1000, elsewhere=True)
    await watched(lambda: far.warmed > 8, lambda: ended.append(True), stt=far)
    await watched(lambda: turn.warmed > 8, lambda: ended.append(True), turn=turn)
    await watched(lambda: stt.warmed > 8, None, stt=stt)
    assert not ended


def test_the_end_of_the_process_is_a_failure():
    code = "from app.compose import end_process; import atexit; atexit.register(print, 'cleaned up'); end_process()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, b"")


def test_it_is_told_where_callers_words_go_or_may_go():
    tables = '[{url="https://b/v1"}, {url="http://localhost:1/v1"}, {url="http://[::1]/v1"}, {url=""}]'
    told = notices(load(None, {}, ["stt.url=http://a:8000/v1", "llm.url=http://a:8000/v1", f"llm.fallback={tables}"]))
    assert told == [
        "what callers say goes to a:8000, unencrypted (stt.url)",
        "what callers say goes to a:8000, unencrypted (llm.url)",
        "what callers say goes to b (llm.url)",
    ]
    assert notices(load(None, {}, [])) == []


def test_engines_remember_as_the_settings_ask():
    off = ["stt.cache_s=0", "tts.cache_mb=0"]
    kept = remembering(load(None, {}, []))
    assert (type(kept.stt), type(kept.tts)) == (TranscriptCache, SpeechCache)
    without = assembled(load(None, {}, []))
    assert (type(without.stt), type(without.tts)) == (WhisperStt, Piper)
    assert type(remembering(load(None, {}, off)).stt) is WhisperStt


async def test_without_memory_what_two_ask_for_at_once_is_still_spoken_once(monkeypatch):
    tts = ScriptedTts(fault=lambda job: 0.05)
    monkeypatch.setattr("app.compose._tts", lambda config: tts)
    speaker = remembering(load(None, {}, ["tts.cache_mb=0"])).tts
    async with speaker:
        async with asyncio.TaskGroup() as tasks:
            for draft in (True, False):
                tasks.create_task(speaker.speak(SpeechJob("Hello.", draft=draft)))
        assert [job.text for job in tts.jobs] == ["Hello."]
        await speaker.warm()
        await speaker.filled.wait()
        await speaker.speak(SpeechJob("Hello."))
    assert len(tts.jobs) == 2


def test_starter_models_are_used_as_the_nearest_file_says(tmp_path, monkeypatch):
    monkeypatch.setattr("app.compose.ROOT", tmp_path)
    monkeypatch.setattr("app.compose.STARTER", tmp_path / "starter")
    for folder, language in (("starter", "en"), ("starter/tr", "tr"), ("", "xx")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "starter.toml").write_text(f'language = "{language}"', "utf-8")
    assert _starter_facts(["mine/brain.gguf", "starter/tr/brain/b.gguf"]) == {"language": "tr"}
    assert _starter_facts(["starter/ears", "starter/tr/ears"]) == {"language": "en"}
    assert _starter_facts(["mine/brain.gguf"]) == {}


def test_a_turn_model_is_used_where_its_file_is(tmp_path):
    (tmp_path / "turn.onnx").touch()
    assert isinstance(assembled(configured(f"vad.turn_model={tmp_path / 'turn.onnx'}")).turn, SmartTurn)
    for missing in ("vad.turn_model=", f"vad.turn_model={tmp_path / 'none.onnx'}"):
        engines = assembled(configured(missing))
        assert engines.turn is None
        assert "turn" not in engines.each()


@pytest.mark.engine
async def test_a_server_speaks_its_phrases_ahead_and_keeps_them(tmp_path):
    config = configured(f"tts.cache_folder={tmp_path}", "tts.cache_disk_mb=4", "session.max_sessions=1")
    async with warmed(config) as engines:
        assert isinstance(engines.tts, SpeechCache)
        await engines.tts.filled.wait()
    english = {(p.speed, text) for p in config.profile.values() for code, text in p.spoken_ahead() if code == "en"}
    assert len(list(tmp_path.iterdir())) == len(english)
