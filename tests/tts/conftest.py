"""Starter voices for the engine's tests: one as it is, one made Turkish by its settings."""

import json
import shutil
from pathlib import Path

import pytest

from app.config import ROOT, load
from app.settings import TtsSettings

VOICE = ROOT / "models" / "starter" / "voice" / "starter-voice.onnx"


@pytest.fixture(scope="session")
def settings() -> TtsSettings:
    return load(None, {}, ["tts.limit_s=30"]).tts


@pytest.fixture(scope="session")
def voice_file() -> Path:
    return VOICE


@pytest.fixture(scope="session")
def turkish_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same graph with Turkish phonemes."""
    path = tmp_path_factory.mktemp("voice") / "turkish.onnx"
    shutil.copy(VOICE, path)
    raw = json.loads(Path(f"{VOICE}.json").read_text("utf-8"))
    raw["espeak"]["voice"] = "tr"
    raw["language"]["code"] = "tr_TR"
    Path(f"{path}.json").write_text(json.dumps(raw), "utf-8")
    return path
