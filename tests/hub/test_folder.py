"""Models from a folder or a USB stick, in every layout."""

import os

import pytest

from app.errors import SetupError
from app.hub.folder import Folder
from app.hub.manifest import parse
from tests.support.hub import entry

FILES = {"deep/model.bin": b"weights", "config.json": b"{}"}
MODEL = parse(entry("m", "stt", FILES), "m").models[0]
COMMIT = 40 * "a"
LAYOUTS = {
    "models": {"m/model.bin": b"weights", "m/config.json": b"{}"},
    "hub": {"owner/m/deep/model.bin": b"weights", "owner/m/config.json": b"{}"},
    "cache": {
        f"models--owner--m/snapshots/{COMMIT}/deep/model.bin": b"weights",
        f"models--owner--m/snapshots/{COMMIT}/config.json": b"{}",
    },
    "flat": {"model.bin": b"weights", "config.json": b"{}"},
}


def lay(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return Folder(folder)


def content(source, offer, start=0):
    with source.read(offer, start) as (at, pieces):
        assert at == start
        return b"".join(pieces)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_found(tmp_path, layout):
    source = lay(tmp_path, LAYOUTS[layout])
    for file, expected in zip(MODEL.files, FILES.values(), strict=True):
        offer = source.look(MODEL, file)
        assert offer.size == len(expected)
        assert offer.revision == (COMMIT if layout == "cache" else "main")
        assert content(source, offer) == expected
        assert content(source, offer, 1) == expected[1:]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_installs(tmp_path, parlor_models, manifest, layout):
    store = manifest(entry("m", "stt", FILES))
    lay(tmp_path / "stick", LAYOUTS[layout])
    assert parlor_models("download", "m", "--from", tmp_path / "stick") == 0
    assert store.verify(MODEL) == ()
    assert store.lock().models["m"].source.startswith(str(tmp_path / "stick"))


def test_a_file_of_the_right_size_goes_first(tmp_path):
    source = lay(tmp_path, LAYOUTS["hub"] | {"m/model.bin": b"other"})
    assert "owner" in source.look(MODEL, MODEL.files[0]).place


def test_a_stray_config_is_no_part_of_a_model(tmp_path):
    source = lay(tmp_path, {"config.json": b"{}"})
    with pytest.raises(SetupError, match=r"no config\.json of m"):
        source.look(MODEL, MODEL.files[1])


def test_a_voice_that_is_patched_is_taken_as_it_once_came(tmp_path):
    voice = parse(entry("v", "tts", {"v.onnx": b"voice"}), "m").models[0]
    source = lay(tmp_path, {"v/v.onnx": b"voice and its alignments"})
    assert content(source, source.look(voice, voice.files[0])) == b"voice"


def test_what_is_no_folder_is_told(tmp_path):
    with pytest.raises(SetupError, match="no folder"):
        Folder(tmp_path / "none")


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    source = lay(tmp_path, LAYOUTS["models"])
    offer = source.look(MODEL, MODEL.files[0])
    os.unlink(offer.place)
    with pytest.raises(SetupError, match="cannot be read"):
        content(source, offer)


def test_a_wrong_file_is_not_installed(tmp_path, parlor_models, manifest):
    store = manifest(entry("m", "stt", FILES))
    lay(tmp_path / "stick", LAYOUTS["models"] | {"m/model.bin": b"weightz"})
    with pytest.raises(SetupError, match="in place of"):
        parlor_models("download", "m", "--from", tmp_path / "stick")
    assert list(store.folder(MODEL).iterdir()) == []


def test_a_folder_within_that_may_not_be_read(tmp_path, monkeypatch):
    source = lay(tmp_path, LAYOUTS["models"])

    def denied(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(type(tmp_path), "stat", denied)  # as root, a chmod denies nothing
    monkeypatch.setattr(type(tmp_path), "is_file", denied)  # newer Pythons ask without stat()
    with pytest.raises(SetupError, match=r"m/model\.bin cannot be read \(Permission denied\)"):
        source.look(MODEL, MODEL.files[0])
