"""What lies on disk, against what was recorded and what the manifest says."""

import os
import shutil

import onnx
import pytest
from filelock import FileLock

from app.errors import SetupError
from app.hub.store import State, Store, digest
from tests.support.hub import entry

FILES = {"model.bin": b"weights", "deep/config.json": b"{}"}


@pytest.fixture
def store(manifest):
    return manifest(entry("m", "stt", FILES))


@pytest.fixture
def model(store):
    return store.manifest().find("m")


def put(store, model, files=FILES, *, record=True):
    store.folder(model).mkdir(exist_ok=True)
    for file in model.files:
        if file.path in files:
            store.path(model, file).write_bytes(files[file.path])
            if record:
                store.record(model, file, digest(store.path(model, file)), ("c1", "https://hub/m"))


def test_the_state_follows_the_files(store, model):
    assert store.state(model) is State.MISSING
    put(store, model, {"model.bin": b"weights"})
    assert store.state(model) is State.PARTIAL
    put(store, model)
    assert store.state(model) is State.INSTALLED
    store.path(model, model.files[0]).write_bytes(b"weight")
    assert store.state(model) is State.PARTIAL


def test_a_part_alone_is_partial(store, model):
    store.folder(model).mkdir()
    (store.folder(model) / ".model.bin.0123456789abcdef.part").write_bytes(b"w")
    assert store.state(model) is State.PARTIAL


def test_what_was_copied_by_hand_is_installed_when_its_sizes_are_right(store, model):
    put(store, model, record=False)
    assert store.state(model) is State.INSTALLED
    assert store.check(model) == ()
    store.path(model, model.files[0]).write_bytes(b"wei")
    assert store.state(model) is State.PARTIAL


def test_a_file_of_the_recorded_size_and_time_is_not_hashed(store, model, monkeypatch):
    put(store, model)
    monkeypatch.setattr("app.hub.store.digest", None)
    assert store.check(model) == ()
    assert store.lacking(model) == ()


def test_a_new_time_means_a_new_hash_and_verifying_records_it(store, model, monkeypatch):
    put(store, model)
    path = store.path(model, model.files[0])
    os.utime(path, ns=(1, 1))
    assert store.check(model) == ()
    assert store.verify(model) == ()
    monkeypatch.setattr("app.hub.store.digest", None)
    assert store.check(model) == ()


def test_a_changed_byte_is_found(store, model):
    put(store, model)
    path = store.path(model, model.files[0])
    path.write_bytes(b"weightz")
    for faults in (store.check(model), store.verify(model)):
        assert len(faults) == 1
        assert "model.bin has SHA-256 " in faults[0]
        assert digest(path)[:12] in faults[0]
        assert store.lock().file("m", "model.bin").sha256[:12] in faults[0]
    assert [file.name for file in store.lacking(model)] == ["model.bin"]


def test_a_change_that_keeps_size_and_time_is_found_by_verify(store, model):
    put(store, model)
    path = store.path(model, model.files[0])
    times = path.stat()
    path.write_bytes(b"weightz")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert store.check(model) == ()
    assert not store.lacking(model)
    assert "model.bin" in store.verify(model)[0]
    assert [file.name for file in store.lacking(model)] == ["model.bin"], "a download mends it"
    assert "model.bin" in store.check(model)[0], "no start takes it"
    put(store, model)
    assert store.verify(model) == ()


def test_verify_compares_with_the_manifest_where_nothing_was_recorded(store, model):
    put(store, model, FILES | {"model.bin": b"weightz"}, record=False)
    assert ["the manifest says" in fault for fault in store.verify(model)] == [True]
    assert store.lock().file("m", "config.json")  # right, and recorded
    assert store.lock().file("m", "model.bin") is None


def test_verify_says_what_is_missing_or_unreadable(store, model):
    put(store, model)
    store.path(model, model.files[0]).unlink()
    os.symlink("loop", store.folder(model) / "loop")
    store.path(model, model.files[1]).unlink()
    os.symlink("loop", store.path(model, model.files[1]))
    assert store.verify(model)[0] == "model.bin is missing"
    assert "config.json cannot be read" in store.verify(model)[1]


def test_a_newer_manifest_is_told_by_verify_and_fetched_by_the_next_download(manifest, store, model):
    put(store, model)
    newer = manifest(entry("m", "stt", FILES | {"model.bin": b"newer.."})).manifest().find("m")
    assert "the manifest says" in store.verify(newer)[0]
    assert [file.name for file in store.lacking(newer)] == ["model.bin"]
    assert store.check(newer) == ()  # the start goes on with what was installed


def test_without_any_hash_a_file_counts_as_installed_and_is_fetched_again(manifest):
    store = manifest(entry("m", "stt", FILES, hashes=False))
    model = store.manifest().find("m")
    put(store, model, record=False)
    assert store.state(model) is State.INSTALLED
    assert store.verify(model) == ()
    assert len(store.lacking(model)) == 2


def test_settle_records_what_is_right(store, model):
    put(store, model, {"model.bin": b"weights"}, record=False)
    assert [file.name for file in store.settle(model)] == ["config.json"]
    assert store.lock().models["m"].source == "found here"


def test_verify_records_nothing_while_another_has_the_model(store, model):
    put(store, model, record=False)
    with FileLock(store.guard(model).lock_file):
        assert store.verify(model) == ()
    assert store.lock().models == {}


def test_a_patched_voice_copied_by_hand_is_right_and_an_unpatched_one_is_fetched(manifest):
    voice = onnx.helper.make_model(onnx.helper.make_graph([], "g", [], [])).SerializeToString()
    store = manifest(entry("v", "tts", {"v.onnx": voice}))
    model = store.manifest().find("v")
    put(store, model, {"v.onnx": voice}, record=False)
    assert store.verify(model) == ()
    assert len(store.lacking(model)) == 1
    put(store, model, {"v.onnx": voice + b"the output"}, record=False)
    assert store.state(model) is State.INSTALLED
    assert store.verify(model) == ()
    assert store.lock().file("v", "v.onnx").upstream == model.files[0].sha256
    assert store.lock().file("v", "v.onnx").sha256 != model.files[0].sha256
    put(store, model, {"v.onnx": b"x" + voice}, record=False)
    assert store.verify(model) != ()


def test_remove_takes_the_models_files_and_no_others(store, model, models):
    put(store, model)
    own = store.folder(model) / "notes.txt"
    own.write_text("mine")
    (store.folder(model) / ".model.bin.0123456789abcdef.part").write_bytes(b"123")
    (models / "other").mkdir()
    assert store.remove(model) == 7 + 2 + 3
    assert [path.name for path in store.folder(model).iterdir()] == ["notes.txt"]
    assert (models / "other").is_dir()
    assert "m" not in store.lock().models
    own.unlink()
    assert store.remove(model) == 0
    assert not store.folder(model).exists()


def test_remove_follows_no_link(store, model, tmp_path):
    put(store, model)
    shutil.move(store.folder(model), tmp_path / "elsewhere")
    store.folder(model).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SetupError, match="is a link"):
        store.remove(model)
    assert len(list((tmp_path / "elsewhere").iterdir())) == 2


def test_a_folder_without_a_manifest_is_told(tmp_path):
    with pytest.raises(SetupError, match=r"manifest\.toml cannot be read"):
        Store(tmp_path).manifest()
