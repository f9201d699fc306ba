"""Smart Turn on its real model. The file that the hub serves is also part of a package on the package index."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import ROOT
from app.errors import EngineError
from app.hub.store import Store
from app.interfaces import RATE_HZ, EngineState
from app.vad.smart_turn import SECONDS, SmartTurn, prepared

PACKAGE = "pipecat-ai==1.14.0"
PEOPLE = (
    "librispeech-test-clean-6930-75918-0000", "librispeech-test-clean-1089-134691-0001",
    "librispeech-test-clean-61-70968-0000",
)  # fmt: skip


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    listed = Store().manifest().find("smart-turn-v3.2")
    places = [ROOT / listed.setting, ROOT / "build/tests" / listed.files[0].name]
    path = next((place for place in places if place.is_file()), None) or from_index(places[1], tmp_path_factory)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == listed.files[0].sha256
    return path


def from_index(path, tmp_path_factory):
    """The file, out of the package."""
    folder = tmp_path_factory.mktemp("package")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), PACKAGE]
    if subprocess.run(pip, check=False).returncode:
        pytest.skip(f"no package index has {PACKAGE}, and smart-turn-v3.2 is not installed")
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(next(folder.iterdir())) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(path.name))
        path.write_bytes(wheel.read(name))
    return path


@pytest.fixture
async def turn(model):
    async with SmartTurn(model, 30.0) as engine:
        assert engine.info().state is EngineState.LOADING
        await engine.warm()
        yield engine


@pytest.mark.engine
async def test_the_last_seconds_decide_and_nothing_before_them(turn, sounds):
    assert (turn.info().state, turn.info().model) == (EngineState.READY, "smart-turn-v3.2-cpu")
    speech = np.concatenate([sounds.speech(path)[0] for path in sounds.synthetic[:8]])
    assert speech.size > (SECONDS + 1) * RATE_HZ
    whole = await turn.over(speech)
    assert 0 <= whole <= 1
    assert await turn.over(speech[-SECONDS * RATE_HZ :]) == whole
    assert await turn.over(speech[:RATE_HZ]) != whole


@pytest.mark.engine
async def test_people_who_have_finished_sound_like_it(turn, sounds):
    finished, broken = [], []
    for name in PEOPLE:
        audio = sounds.human(name)
        finished.append(await turn.over(audio))
        broken.append(await turn.over(audio[: audio.size * 2 // 3]))
    assert np.median(finished) > 0.8
    assert np.median(broken) < 0.5


@pytest.mark.engine
async def test_a_file_that_is_no_model_is_told_with_its_fix(tmp_path):
    (tmp_path / "turn.onnx").write_bytes(b"no model")
    turn = SmartTurn(tmp_path / "turn.onnx", 30.0)
    with pytest.raises(EngineError, match="cannot be loaded") as error:
        await turn.__aenter__()
    assert "smart-turn" in error.value.fix
    assert turn.info().state is EngineState.FAILED


@pytest.mark.engine
async def test_a_model_that_takes_something_else_fails_when_it_is_warmed(turn, monkeypatch):
    monkeypatch.setattr("app.vad.smart_turn._INPUT", "something else")
    with pytest.raises(EngineError, match="no Smart Turn"):
        await turn.warm()
    assert turn.info().state is EngineState.FAILED


@given(st.integers(RATE_HZ, 10 * RATE_HZ), st.floats(0.05, 1.0))
def test_the_model_hears_the_end_as_loud_as_any(samples, gain):
    audio = np.random.default_rng(samples).normal(0, gain, samples).astype(np.float32)
    whole = prepared(audio)
    assert whole.shape == (SECONDS * RATE_HZ,)
    assert abs(whole.mean()) < 1e-3
    assert whole.std() == pytest.approx(1, abs=0.01)
    assert np.corrcoef(whole[-min(samples, whole.size) :], audio[-whole.size :])[0, 1] > 0.99
