"""Which models go along, and that they are what they were."""

import hashlib

import pytest

from app.bundle.models import choose
from app.config import load
from app.errors import SetupError
from app.hub import lock
from app.hub.store import Store

MANIFEST = """
[[model]]
name = "ears"
kind = "stt"
repo = "owner/ears"
revision = "abc"
licence = "MIT"
languages = ["multi"]
memory_mb = 1
note = "Hears."
files = [{ path = "model.bin", sha256 = "HASH" }, { path = "config.json" }]

[[model]]
name = "brain"
kind = "llm"
url = "https://example.org/brain"
licence = "Apache-2.0"
languages = ["en"]
memory_mb = 1
files = [{ path = "brain.gguf", size = 5 }]
"""


@pytest.fixture
def root(tmp_path):
    """Parlor's folder with two models that the manifest knows, `ears` and `brain`, and one that it does not."""
    models = tmp_path / "models"
    for name, content in {
        "starter/ears/model.bin": b"s",
        "starter/README.md": b"s",
        "starter/tr/menu.toml": b"s",
        "starter/tr/voice/v.onnx": b"t",
        "starter/tr/voice/v.onnx.json": b"{}",
        "ears/model.bin": b"hears",
        "ears/config.json": b"{}",
        "brain/brain.gguf": b"think",
        "mine/voice.onnx": b"v",
        "mine/voice.onnx.json": b"{}",
    }.items():
        (models / name).parent.mkdir(parents=True, exist_ok=True)
        (models / name).write_bytes(content)
    manifest = MANIFEST.replace("HASH", hashlib.sha256(b"hears").hexdigest())
    (models / "manifest.toml").write_text(manifest, "utf-8")
    return tmp_path


def starters(*settings):
    base = ("stt.model=models/starter/ears", "llm.model=models/starter/brain.gguf", "tts.voices=['models/starter/v']")
    return load(None, {}, (*base, *settings))


def test_the_starter_models_always_go_along(root):
    chosen = choose(starters(), (), root)
    ears, turkish = chosen.models
    assert (ears.name, turkish.name) == ("starter-ears", "starter-tr-voice")
    assert ears.hashes == {"models/starter/ears/model.bin": hashlib.sha256(b"s").hexdigest()}
    assert list(turkish.hashes) == [f"models/starter/tr/voice/v.onnx{end}" for end in ("", ".json")]
    assert not chosen.lock.models


def test_what_the_settings_and_the_caller_name_goes_along_once(root):
    chosen = choose(starters("stt.model=models/ears"), ("brain", "ears"), root)
    assert [model.name for model in chosen.models] == ["starter-ears", "starter-tr-voice", "ears", "brain"]
    ears, brain = chosen.models[2:]
    assert ears.hashes["models/ears/model.bin"] == hashlib.sha256(b"hears").hexdigest()
    assert list(ears.hashes) == ["models/ears/model.bin", "models/ears/config.json"]
    assert (ears.source, ears.licence) == ("https://huggingface.co/owner/ears", "MIT")
    assert brain.source == "https://example.org/brain"
    assert chosen.lock.models["ears"] == Store(root / "models").lock().models["ears"]


def test_a_model_of_the_users_own_goes_along(root):
    own = choose(starters("tts.voices=['models/mine/voice.onnx']"), (), root).models[-1]
    assert list(own.hashes) == ["models/mine/voice.onnx", "models/mine/voice.onnx.json"]
    assert own.licence == "not known to Parlor"


def test_the_models_of_further_tries_go_along(root):
    further = 'tts.fallback=[{ voices = ["models/mine/voice.onnx"] }]'
    assert "models/mine/voice.onnx" in choose(starters(further), (), root).models[-1].hashes


def test_files_of_an_earlier_manifest_stay_behind(root):
    choose(starters(), ("ears",), root)
    path, store = root / "models/lock.json", Store(root / "models")
    known = store.lock().models["ears"]
    lock.record(path, "ears", {"old.bin": known.files["model.bin"]}, (known.revision, known.source))
    assert set(choose(starters(), ("ears",), root).lock.models["ears"].files) == {"model.bin"}


def test_what_is_missing_is_named_with_the_command_that_gets_it(root):
    (root / "models/brain/brain.gguf").unlink()
    (root / "models/ears/model.bin").unlink()
    with pytest.raises(SetupError, match="ears, brain") as caught:
        choose(starters("stt.model=models/ears"), ("brain",), root)
    assert caught.value.fix == "parlor models download ears brain"


def test_a_changed_model_is_named(root):
    (root / "models/ears/model.bin").write_bytes(b"heard")
    with pytest.raises(SetupError, match=r"model\.bin"):
        choose(starters(), ("ears",), root)


@pytest.mark.parametrize(("setting", "words"), [("models/none.gguf", "is not there"), ("/etc/hostname", "outside")])
def test_a_model_that_cannot_go_along_is_named(root, setting, words):
    with pytest.raises(SetupError, match=words):
        choose(starters(f"llm.model={setting}"), (), root)
