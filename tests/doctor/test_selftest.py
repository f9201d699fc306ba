"""The self-test with the real engines on the starter models."""

import numpy as np
import pytest

from app.doctor.rules.engines import Trial, judge_trials
from app.doctor.selftest import NOISE_S, language_of, try_all
from app.doctor.selftest import Speech as Attempt
from app.errors import EngineError
from app.interfaces import RATE_HZ, Engines, Speech
from tests.conftest import configured


@pytest.mark.engine
async def test_every_engine_is_tried_and_told_of():
    told = []
    await try_all(configured(), told.append)
    trials = [Trial(answer.pop("name"), **answer) for answer in told if "begin" not in answer]
    assert [trial.engine for trial in trials] == ["tts", "vad", "stt", "llm"]
    assert {f.name for f in judge_trials(trials, sessions=1, loud=())} >= {"hearing", "thinking", "speaking"}
    by_engine = {trial.engine: trial for trial in trials}
    assert by_engine["stt"].figures["heard"] > 3
    assert by_engine["stt"].device.startswith("cpu") or by_engine["stt"].device.startswith("cuda")
    assert by_engine["llm"].figures["tokens_per_s"] > 5


@pytest.mark.engine
async def test_a_model_that_is_missing_is_blamed_on_its_engine_and_the_others_are_tried():
    told = []
    await try_all(configured("llm.model=no/such.gguf"), told.append)
    answers = {answer["name"]: answer for answer in told if "begin" not in answer}
    assert "no/such.gguf" in answers["llm"].pop("fault")
    assert set(answers) == {"vad", "stt", "llm", "tts"}
    assert not any("fault" in answer for answer in answers.values())


@pytest.mark.engine
async def test_without_a_voice_the_recogniser_hears_noise():
    told = []
    await try_all(configured('tts.voices=["no/such.onnx"]'), told.append)
    answers = {answer["name"]: answer for answer in told if "begin" not in answer}
    assert "no/such.onnx" in answers["tts"]["fault"]
    assert answers["stt"]["figures"]["spoken"] == 0


async def test_a_voice_that_says_nothing_fails_and_leaves_noise_to_be_heard():
    class Mute:
        def voices(self):
            return ("starter-voice",)

        async def speak(self, job):
            return Speech(np.zeros(0, np.int16), RATE_HZ)

    attempt = Attempt(Engines(None, None, None, Mute()))
    with pytest.raises(EngineError, match="nothing was to be heard"):
        await attempt.speak()
    assert attempt._audio.size == NOISE_S * RATE_HZ


@pytest.mark.parametrize(("voice", "language"), [("de_DE-thorsten-medium", "de"), ("starter-voice", "en")])
def test_the_sentence_is_in_the_language_of_the_voice(voice, language):
    assert language_of(voice) == language
