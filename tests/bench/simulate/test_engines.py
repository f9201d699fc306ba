"""The scripted detector, recogniser and voice."""

import asyncio
import random
from dataclasses import replace

import numpy as np
import pytest

from app.audio import to_float
from app.bench.simulate.clock import run
from app.bench.simulate.engines import STALE_S, Detector, Machine, Mouthpiece, Recogniser
from app.bench.simulate.profile import load
from app.bench.simulate.speech import Lexicon
from app.errors import EngineError
from app.interfaces import FRAME_SAMPLES, SpeechJob, SttJob, SttKind

PASS_S = 0.1


def machine(faults=0.0, **changes):
    even = {"spread": 0.0, "stt_ms": 1000 * PASS_S, "stt_word_ms": 0.0, "hangover_ms": 64, "vad_ms": 0.0}
    return Machine(replace(load("this_cpu"), **(even | changes)), random.Random(1), faults)


def job(session, kind, audio=()):
    return SttJob(session, kind, np.asarray(audio, np.float32))


async def transcribed(stt, *jobs, before=lambda stt: None):
    """What came of jobs that are there at once, and when: `(done at, transcript)` each."""

    async def one(each):
        found = await stt.transcribe(each)
        return round(asyncio.get_running_loop().time(), 3), found

    async with asyncio.TaskGroup() as tasks:
        made = [tasks.create_task(one(each)) for each in jobs]
        await asyncio.sleep(0)
        before(stt)
    return [task.result() for task in made]


def test_finals_go_before_drafts_before_partials():
    async def main():
        stt = Recogniser(machine(), Lexicon())
        kinds = (SttKind.PARTIAL, SttKind.PARTIAL, SttKind.DRAFT, SttKind.FINAL)
        return await transcribed(stt, *(job(str(n), kind) for n, kind in enumerate(kinds)))

    assert [at for at, _ in run(main)] == [0.1, 0.4, 0.3, 0.2]


def test_a_newer_draft_replaces_the_one_that_waits():
    async def main():
        stt = Recogniser(machine(), Lexicon())
        first = job("other", SttKind.FINAL)
        assert stt.info().queue == 0
        return await transcribed(stt, first, job("a", SttKind.DRAFT), job("b", SttKind.DRAFT), job("a", SttKind.DRAFT))

    assert [found is None for _, found in run(main)] == [False, True, False, False]


def test_a_committed_draft_is_a_final():
    async def main():
        stt = Recogniser(machine(), Lexicon())
        jobs = [job("x", SttKind.FINAL), job("a", SttKind.DRAFT), job("b", SttKind.DRAFT)]
        return await transcribed(stt, *jobs, before=lambda stt: (stt.commit("b"), stt.commit("nobody")))

    assert [at for at, _ in run(main)] == [0.1, 0.3, 0.2]


def test_a_stale_partial_is_dropped():
    async def main():
        stt = Recogniser(machine(stt_ms=1000 * STALE_S + 500), Lexicon())
        return await transcribed(stt, job("x", SttKind.FINAL), job("a", SttKind.PARTIAL))

    assert run(main)[1] == (STALE_S, None)


def test_it_hears_what_was_said():
    async def main():
        lexicon = Lexicon()
        audio = to_float(np.concatenate([lexicon.say(text).pcm for text in ("two", "cokes")]))
        ((_, found),) = await transcribed(Recogniser(machine(), lexicon), job("a", SttKind.FINAL, audio))
        return found

    found = run(main)
    assert (found.text, found.no_speech_prob, len(found.words)) == ("two cokes", 0.0, 2)


def test_speech_is_detected_a_little_longer():
    async def main():
        stream = Detector(machine(vad_ms=1.0)).open()
        frames = np.zeros((8, FRAME_SAMPLES), np.float32)
        frames[2, 100] = 0.5
        found = await stream.probabilities(frames[:4])
        return [*found, *await stream.probabilities(frames[4:])]

    assert run(main) == [0, 0, 1, 1, 1, 0, 0, 0]


def test_words_are_spoken_one_after_the_other():
    async def main():
        return await Mouthpiece(machine()).speak(SpeechJob("Very well, very.", speed=2.0))

    speech = run(main)
    assert [word.text for word in speech.words] == ["Very", "well,", "very."]
    assert all(one.end_ms < two.start_ms for one, two in zip(speech.words, speech.words[1:], strict=False))
    assert len(speech.pcm) * 1000 // speech.rate_hz == pytest.approx(speech.words[-1].end_ms, abs=1)


@pytest.mark.parametrize("engine", ["vad", "stt", "tts"])
def test_they_fail_as_often_as_they_are_told(engine):
    async def main():
        failing = machine(faults=1.0)
        calls = {
            "vad": lambda: Detector(failing).open().probabilities(np.zeros((1, FRAME_SAMPLES), np.float32)),
            "stt": lambda: Recogniser(failing, Lexicon()).transcribe(job("a", SttKind.FINAL)),
            "tts": lambda: Mouthpiece(failing).speak(SpeechJob("Hi.")),
        }
        with pytest.raises(EngineError):
            await calls[engine]()

    run(main)


def test_they_are_engines():
    async def main():
        for engine in (Detector(machine()), Recogniser(machine(), Lexicon()), Mouthpiece(machine())):
            async with engine as entered:
                await entered.warm()
                assert entered.info().state.value == "ready"
        assert engine.voices() == ("script",)

    run(main)
