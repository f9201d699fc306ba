"""Silero as the package runs it, batched over sessions, and what the endpoint makes of it on real sounds."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest

import app.vad.endpoint as endpoint_module
from app.audio import level_dbfs
from app.errors import EngineError, EngineTimeoutError
from app.interfaces import EngineState, Vad
from app.vad.endpoint import Endpoint
from app.vad.framer import Framer
from app.vad.silero import Silero
from app.workers import MAX_LOST_THREADS

pytestmark = pytest.mark.engine
CLOSE = 1e-4
"""Batches of another size sum in another order."""


@pytest.fixture
async def engine(settings):
    async with Silero(settings) as silero:
        await silero.warm()
        yield silero


async def probabilities(stream, frames, step):
    parts = [await stream.probabilities(frames[i : i + step]) for i in range(0, len(frames), step)]
    return np.concatenate(parts)


async def test_ready_only_after_warming(settings) -> None:
    async with Silero(settings) as silero:
        vad: Vad = silero
        assert vad.info().state is EngineState.LOADING
        await vad.warm()
        assert vad.info().state is EngineState.READY
        assert vad.info().model.startswith("silero-vad ")
        assert not vad.info().starter


async def test_gives_what_the_package_gives(engine, sounds) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's and the package's own
        import torch
        from silero_vad import load_silero_vad

        theirs = load_silero_vad(onnx=True)
    frames = Framer().feed(sounds.speech(sounds.synthetic[0])[0])
    expected = [float(theirs(torch.from_numpy(frame.copy()), 16_000)) for frame in frames]
    assert await engine.open().probabilities(frames) == pytest.approx(expected, abs=1e-6)


async def test_chunking_and_company_never_matter(engine, sounds) -> None:
    inputs = [Framer().feed(sounds.speech(path)[0]) for path in sounds.synthetic[:4]]
    alone = [await engine.open().probabilities(frames) for frames in inputs]
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(probabilities(engine.open(), frames, step))
            for frames, step in zip(inputs, (1, 3, 10, 1000), strict=True)
        ]
    for task, expected in zip(tasks, alone, strict=True):
        assert task.result() == pytest.approx(expected, abs=CLOSE)


async def test_all_that_waits_is_one_batch(engine, monkeypatch) -> None:
    batches = []
    real = engine._model.run

    class Counting:
        def run(self, names, inputs):
            batches.append(len(inputs["input"]))
            return real(names, inputs)

    monkeypatch.setattr(engine, "_model", Counting())
    async with asyncio.TaskGroup() as group:
        for frames in (1, 3, 2, 1):
            group.create_task(engine.open().probabilities(np.zeros((frames, 512), np.float32)))
    assert sum(batches) == 7
    assert max(batches) >= 3  # the first may have gone alone
    assert engine.info().queue == 0


async def test_calls_of_a_session_keep_their_order(engine, sounds) -> None:
    frames = Framer().feed(sounds.speech(sounds.synthetic[0])[0])
    stream = engine.open()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(stream.probabilities(frames[i : i + 5])) for i in range(0, len(frames), 5)]
    got = np.concatenate([task.result() for task in tasks])
    assert got == pytest.approx(await engine.open().probabilities(frames), abs=CLOSE)


async def test_no_frames_no_probabilities(engine) -> None:
    assert (await engine.open().probabilities(np.empty((0, 512), np.float32))).shape == (0,)


async def test_a_cancelled_leader_costs_the_others_nothing(engine, monkeypatch) -> None:
    gate = threading.Event()
    real = engine._model.run

    class Slow:
        def run(self, names, inputs):
            gate.wait(5)
            return real(names, inputs)

    monkeypatch.setattr(engine, "_model", Slow())
    frames = np.zeros((2, 512), np.float32)
    async with asyncio.TaskGroup() as group:
        leader = group.create_task(engine.open().probabilities(frames))
        others = [group.create_task(engine.open().probabilities(frames)) for _ in range(3)]
        await asyncio.sleep(0.01)
        leader.cancel()
        await asyncio.sleep(0.01)
        gate.set()
    assert all(other.result().shape == (2,) for other in others)
    assert engine.info().queue == 0


async def test_a_hang_is_an_error_for_its_whole_batch_and_loses_one_thread(settings, monkeypatch) -> None:
    gate = threading.Event()
    async with Silero(settings.model_copy(update={"limit_s": 0.3})) as silero:
        real = silero._model

        class Hangs:
            def run(self, names, inputs):
                gate.wait(5)
                return real.run(names, inputs)

        monkeypatch.setattr(silero, "_model", Hangs())
        frames = np.zeros((1, 512), np.float32)
        leader, *others = [silero.open() for _ in range(4)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_error(stream, frames)) for stream in (leader, *others)]
        assert all(isinstance(task.result(), EngineTimeoutError) for task in tasks)
        assert silero.workers.lost == 2  # the first went alone, the others together
        gate.set()
        monkeypatch.setattr(silero, "_model", real)
        assert (await leader.probabilities(frames)).shape == (1,)


async def _error(stream, frames):
    try:
        await stream.probabilities(frames)
    except EngineError as error:
        return error


async def test_a_missing_package_says_what_to_install(settings, monkeypatch) -> None:
    monkeypatch.setattr("app.vad.silero.find_spec", lambda name: None)
    silero = Silero(settings)
    with pytest.raises(EngineError, match="not installed") as caught:
        async with silero:
            pass
    assert "silero-vad" in caught.value.fix
    assert silero.info().state is EngineState.FAILED


async def test_a_broken_file_is_an_engine_error(settings, monkeypatch, tmp_path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "silero_vad.onnx").write_bytes(b"nonsense")

    class Spec:
        submodule_search_locations = (str(tmp_path),)

    monkeypatch.setattr("app.vad.silero.find_spec", lambda name: Spec)
    with pytest.raises(EngineError, match="cannot be loaded"):
        async with Silero(settings):
            pass


async def test_a_failing_warm_up_shows(engine, monkeypatch) -> None:
    class Fails:
        def run(self, names, inputs):
            raise EngineError("vad", "no")

    monkeypatch.setattr(engine, "_model", Fails())
    with pytest.raises(EngineError):
        await engine.warm()
    assert engine.info().state is EngineState.FAILED


async def test_a_fault_of_the_library_is_an_engine_error(engine, monkeypatch) -> None:
    class Fails:
        def run(self, names, inputs):
            raise ValueError("out of memory")

    monkeypatch.setattr(engine, "_model", Fails())
    with pytest.raises(EngineError, match="out of memory"):
        await engine.open().probabilities(np.zeros((1, 512), np.float32))


async def test_it_has_failed_while_too_many_of_its_threads_hang(settings, monkeypatch) -> None:
    async with Silero(settings) as silero:
        await silero.warm()
        monkeypatch.setattr(silero.workers, "lost", MAX_LOST_THREADS + 1)
        assert silero.info().state is EngineState.FAILED
        monkeypatch.setattr(silero.workers, "lost", MAX_LOST_THREADS)
        assert silero.info().state is EngineState.READY


def test_loading_does_not_import_torch() -> None:
    code = "import sys; from app.vad.silero import _load; _load(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---- with the endpoint


async def test_what_is_not_speech_starts_nothing(engine, sounds, detect) -> None:
    for name, audio in sounds.noises.items():
        assert not (await detect(engine, audio)).starts, name


@pytest.mark.parametrize("gain", [1, 4])
@pytest.mark.parametrize("name", ["noise-kitchen", "noise-office"])
async def test_real_rooms_start_nothing(engine, sounds, detect, name, gain) -> None:
    assert not (await detect(engine, sounds.human(name) * gain)).starts


async def test_starts_and_ends_are_where_the_energy_says(engine, sounds, detect) -> None:
    assert sounds.synthetic
    for path in sounds.synthetic:
        audio, start_s, end_s = sounds.speech(path)
        found = await detect(engine, audio)
        assert len(found.starts) == len(found.ends) == 1, path.name
        assert abs(found.starts[0].onset_sample / 16_000 - start_s) < 0.1, path.name
        assert abs(found.ends[0].end_sample / 16_000 - end_s) < 0.13, path.name


@pytest.mark.parametrize("name", ["jfk-jfk", "librispeech-test-clean-1089-134686-0000", "fleurs-5lang-fleurs-es-001"])
async def test_a_caller_is_never_two_seconds_unclear(engine, sounds, settings, name) -> None:
    frames = Framer().feed(sounds.human(name))
    endpoint = Endpoint(settings)
    for p, frame in zip(await engine.open().probabilities(frames), frames, strict=True):
        endpoint.feed([p], [level_dbfs(frame)])
        if speech := endpoint._speech:
            assert speech.voiced_until - speech.clear_until < 2 * 16_000


async def test_other_voices_do_not_hold_the_turn_open(engine, sounds, detect) -> None:
    caller = sounds.human("jfk-jfk")[: 2 * 16_000]
    voices = sounds.human("librispeech-test-clean-1089-134686-0000"), sounds.human("fleurs-5lang-fleurs-es-001")
    loops = [np.resize(voice, 25 * 16_000) / np.sqrt(np.mean(np.square(voice))) for voice in voices]
    level = np.sqrt(np.mean(np.square(caller))) * 10 ** (-(endpoint_module.CALLER_RANGE_DB + 6) / 20)
    found = await detect(
        engine, np.concatenate((caller, (loops[0] + loops[1]) / np.sqrt(2) * level)).astype(np.float32)
    )
    assert found.ends[0].decided_sample < (2 + 16) * 16_000
    assert found.ends[0].end_sample < (2 + 1) * 16_000
