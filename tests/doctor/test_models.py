"""Models on a disk: the manifest's, the user's own, whole and broken."""

import shutil
from pathlib import Path

import onnx
import pytest

from app.config import load
from app.doctor import models
from app.doctor.models import read_models
from app.doctor.rules.memory import loads
from app.hub.store import Store

ROOT = Path(__file__).parents[2]
VOICE = ROOT / "models" / "starter" / "voice" / "starter-voice.onnx"
MANIFEST = """
[[model]]
name = "brain"
kind = "llm"
repo = "someone/brain"
licence = "MIT"
languages = ["en"]
memory_mb = 700
files = [{ path = "brain.gguf", size = 3145728 }]
"""
EARS, BRAIN, MOUTH = range(3)


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(models, "ROOT", tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "manifest.toml").write_text(MANIFEST)
    return Store(tmp_path / "models")


def config(*settings):
    return load(None, {}, ["llm.model=models/brain/brain.gguf", *settings])


def put(store, content=b"x" * 3145728):
    model = store.manifest().find("brain")
    store.folder(model).mkdir(exist_ok=True)
    store.path(model, model.files[0]).write_bytes(content)
    return model


def test_a_model_that_is_not_here_is_missing_with_its_size(store):
    found = read_models(config(), store.root)[BRAIN]
    assert (found.name, found.state, found.missing_mb, found.memory_mb) == ("brain", "missing", 3, 700)


def test_what_stands_in_for_another_is_looked_at_once(store):
    tables = '[{device="cpu"}, {model="models/brain/brain.gguf"}, {model="models/gone.gguf"}]'
    found = read_models(config(f"llm.fallback={tables}", "llm.model=models/other.gguf"), store.root)
    assert [(each.setting, each.path) for each in found if each.setting.startswith("llm")] == [
        ("llm.model", "models/other.gguf"),
        ("llm.fallback", "models/brain/brain.gguf"),
        ("llm.fallback", "models/gone.gguf"),
    ]
    taken = {load.what for load in loads(found, 0, ())}
    assert "other.gguf" in taken
    assert not {"brain", "gone.gguf"} & taken


def test_a_truncated_model_is_here_in_part(store):
    put(store, b"x" * 1048576)
    found = read_models(config(), store.root)[BRAIN]
    assert (found.state, found.missing_mb, found.on_disk_mb) == ("partial", 2, 1)


def test_what_was_copied_here_by_hand_is_not_recorded(store):
    put(store)
    found = read_models(config(), store.root)[BRAIN]
    assert (found.state, found.recorded, found.faults) == ("installed", False, ())


def test_a_model_that_was_changed_is_at_fault(store):
    model = put(store)
    store.record(model, model.files[0], "0" * 64, ("main", "a stick"))
    found = read_models(config(), store.root)[BRAIN]
    assert (found.recorded, found.faults) == (True, ())
    put(store, b"y" * 3145728)
    (fault,) = read_models(config(), store.root)[BRAIN].faults
    assert "brain.gguf has SHA-256" in fault


def test_models_of_ones_own_must_be_whole(store, tmp_path):
    found = read_models(config(f"stt.model={tmp_path}", f"tts.voices=['{tmp_path}/v.onnx']"), store.root)
    assert found[EARS].lacks == "model.bin"
    assert found[MOUTH].lacks == "v.onnx"
    (tmp_path / "v.onnx").write_bytes(VOICE.read_bytes())
    found = read_models(config(f"tts.voices=['{tmp_path}/v.onnx']"), store.root)
    assert found[MOUTH].lacks == "v.onnx.json"


def test_a_voice_without_alignments_is_seen_until_it_is_patched(store, tmp_path):
    voice = onnx.load(VOICE)
    del voice.graph.output[1:]
    onnx.save(voice, tmp_path / "v.onnx")
    shutil.copy(f"{VOICE}.json", tmp_path / "v.onnx.json")
    assert not read_models(config(f"tts.voices=['{tmp_path}/v.onnx']"), store.root)[MOUTH].aligned
    assert read_models(config(f"tts.voices=['{VOICE}']"), store.root)[MOUTH].aligned


def test_starter_models_are_known_as_such(store):
    found = read_models(config(f"tts.voices=['{VOICE}']"), store.root)[MOUTH]
    assert (found.starter, found.lacks, found.on_disk_mb) == (True, "", 7)


def test_without_a_manifest_every_model_is_ones_own(store):
    (store.root / "manifest.toml").unlink()
    assert read_models(config(), store.root)[BRAIN].lacks == "models/brain/brain.gguf"
