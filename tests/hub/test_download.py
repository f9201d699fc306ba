"""Installing models, with everything that can go wrong on the way."""

import ctypes
import hashlib
import os
import resource
import shutil
import signal
import threading
import time

import pytest

from app.config import ROOT
from app.errors import SetupError
from app.hub.store import State
from app.tts.voice import load
from tests.support.hub import COMMIT, entry, publish

BIG = os.urandom(3_000_000)
FILES = {"model.bin": BIG, "config.json": b"{}"}


@pytest.fixture
def store(hub, manifest):
    hub.repositories["owner/m"] = dict(FILES)
    return manifest(entry("m", "stt", FILES))


@pytest.fixture
def model(store):
    return store.manifest().find("m")


@pytest.fixture
def download(parlor_models, hub, store):
    """`download(*argv)` from the hub, in this process."""
    return lambda *argv: parlor_models("download", "--hub", hub.url, *argv)


def refusal(run, *argv):
    with pytest.raises(SetupError) as error:
        run(*argv)
    return error.value


def left(store, model):
    """Whatever lies in the model's folder."""
    folder = store.folder(model)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def wait_for(condition, limit_s=20):
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_model_is_installed_checked_and_recorded(download, store, model, hub, capsys):
    assert download("m") == 0
    assert left(store, model) == ["config.json", "model.bin"]
    assert store.state(model) is State.INSTALLED
    assert store.verify(model) == ()
    locked = store.lock().models["m"]
    assert (locked.revision, locked.source) == (COMMIT, f"{hub.url}/owner/m")
    file = locked.files["model.bin"]
    assert file.sha256 == file.upstream == hashlib.sha256(BIG).hexdigest()
    assert (file.size, file.mtime_ns) == (len(BIG), (store.folder(model) / "model.bin").stat().st_mtime_ns)
    said = capsys.readouterr().out
    assert said.index("To fetch: 3.0 MB") < said.index("model.bin: 3.0 MB, checked") < said.index("m is installed")


def test_what_is_here_is_not_asked_for_again(download, hub, capsys):
    download("m")
    hub.requests.clear()
    assert download("m") == 0
    assert hub.requests == []
    assert "To fetch: 0 B" in capsys.readouterr().out


def test_without_hashes_in_the_manifest_the_first_download_is_what_counts(download, manifest, hub):
    store = manifest(entry("m", "stt", FILES, hashes=False))
    model = store.manifest().find("m")
    assert download("m") == 0
    store.path(model, model.files[0]).unlink()
    hub.repositories["owner/m"]["model.bin"] = BIG[::-1]
    error = refusal(download, "m")
    assert "in place of" in error.message
    assert "parlor models remove m && parlor models download m" in error.fix
    assert left(store, model) == ["config.json"]
    store.remove(model)
    assert download("m") == 0


def test_a_killed_download_goes_on_where_it_was(process, download, store, model, hub):
    hub.held = threading.Event()
    child = process("download", "m", "--hub", hub.url)
    half = len(BIG) // 2
    wait_for(lambda: sum(part.stat().st_size for part in store.folder(model).glob(".*.part")) >= half - 100_000)
    child.kill()
    child.wait()
    assert not (store.folder(model) / "model.bin").exists()
    (part,) = store.folder(model).glob(".*.part")
    arrived = part.stat().st_size
    hub.held.set()
    hub.held = None
    assert download("m") == 0
    assert hub.gets()[-1].start == arrived
    assert hub.gets()[-1].sent == len(BIG) - arrived
    assert left(store, model) == ["config.json", "model.bin"]


def test_wrong_bytes_are_never_installed(download, store, model, hub):
    hub.wrong = True
    assert "SHA-256" in refusal(download, "m").message
    assert left(store, model) == []
    assert store.lock().models == {}


def test_a_truncated_file_is_kept_for_the_next_time(download, store, model, hub):
    hub.truncated = 1_000_000
    assert "broke off at 1.0 MB of 3.0 MB" in refusal(download, "m").message
    assert [name.startswith(".model.bin.") for name in left(store, model)] == [True]
    hub.truncated = 0
    assert download("m") == 0
    assert hub.gets()[-1].start == 1_000_000


def test_the_part_of_another_content_is_cleaned_up(download, store, model):
    store.folder(model).mkdir()
    (store.folder(model) / ".model.bin.0123456789abcdef.part").write_bytes(b"of an older one")
    assert download("m") == 0
    assert left(store, model) == ["config.json", "model.bin"]


def test_a_damaged_file_is_fetched_again(download, store, model):
    download("m")
    store.path(model, model.files[0]).write_bytes(b"scratched")
    assert download("m") == 0
    assert store.verify(model) == ()


def test_nothing_is_fetched_when_the_hub_has_not_all_of_it(download, store, model, hub):
    del hub.repositories["owner/m"]["config.json"]
    assert "no such file" in refusal(download, "m").message
    assert hub.gets() == []
    assert left(store, model) == []


def test_a_disk_that_is_too_small_is_told_before_anything_is_copied(parlor_models, manifest, tmp_path, capsys):
    size = shutil.disk_usage(tmp_path).free + 10**9
    text = entry("m", "stt", {"model.bin": b""}, hashes=False).replace("'model.bin'", f"'model.bin', size = {size}")
    store = manifest(text)
    (tmp_path / "stick" / "m").mkdir(parents=True)
    (tmp_path / "stick" / "m" / "model.bin").touch()
    os.truncate(tmp_path / "stick" / "m" / "model.bin", size)  # takes no space itself
    error = refusal(parlor_models, "download", "m", "--from", tmp_path / "stick")
    assert "are needed" in error.message
    assert error.fix.startswith("Free 1.")
    assert "To fetch: " in capsys.readouterr().out
    assert left(store, store.manifest().find("m")) == []


def test_a_full_disk_while_writing_is_told(download, store, model):
    tag = hashlib.sha256(BIG).hexdigest()[:16]
    store.folder(model).mkdir()
    (store.folder(model) / f".model.bin.{tag}.part").symlink_to("/dev/full")
    error = refusal(download, "m")
    assert "is full (No space left on device)" in error.message
    assert "goes on where it stopped" in error.fix
    assert not (store.folder(model) / "model.bin").exists()


def test_what_fitted_on_a_full_disk_is_kept(process, download, store, model, hub):
    limit = 1_000_000
    child = process(
        "download", "m", "--hub", hub.url, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )
    _, said = child.communicate(timeout=30)
    assert child.returncode == 1
    assert "takes no file as large" in said  # the limit of the test is one of the file system
    assert "Traceback" not in said
    assert download("m") == 0
    assert hub.gets()[-1].start == limit


def test_a_folder_that_may_not_be_written_is_told(process, hub, store, models):
    models.chmod(0o555)
    child = process("download", "m", "--hub", hub.url, preexec_fn=_bound_by_modes)
    _, said = child.communicate(timeout=30)
    models.chmod(0o755)
    assert child.returncode == 1
    assert f"{models} cannot be written (Permission denied)" in said
    assert "chown" in said
    assert hub.gets() == []


def test_a_folder_that_may_only_be_read_can_be_verified(process, download, store, model, models):
    download("m")
    os.utime(store.path(model, model.files[0]), ns=(1, 1))
    folders = (models, models / ".guards", store.folder(model))
    guards = (*folders, models / ".guards" / "m")
    for path in guards:
        path.chmod(0o555)
    verify = process("verify", preexec_fn=_bound_by_modes)
    remove = process("remove", "m", preexec_fn=_bound_by_modes)
    assert verify.communicate(timeout=30) == ("m: ok\n", "")
    assert "cannot be written (Permission denied)" in remove.communicate(timeout=30)[1]
    for path in guards:
        path.chmod(0o755)
    assert store.verify(model) == ()


def test_a_record_and_a_model_that_may_not_be_read_are_told(process, download, store, model, models):
    download("m")
    for path, fix in ((models / "lock.json", "chmod a+r"), (store.folder(model), "chmod -R a+rX")):
        mode = path.stat().st_mode
        path.chmod(0)
        child = process("list", preexec_fn=_bound_by_modes)
        _, said = child.communicate(timeout=30)
        path.chmod(mode)
        assert child.returncode == 1
        assert f"{path} may not be read by this user" in said
        assert fix in said


def _bound_by_modes():
    """Even as root: the program to come has neither CAP_DAC_OVERRIDE nor CAP_DAC_READ_SEARCH."""
    if os.geteuid() == 0:
        bounding_set_drop = 24
        for capability in (1, 2):
            assert ctypes.CDLL(None).prctl(bounding_set_drop, capability) == 0


def test_two_downloads_at_once_fetch_once(process, store, model, hub):
    hub.held = threading.Event()
    first = process("download", "m", "--hub", hub.url)
    wait_for(hub.gets)
    second = process("download", "m", "--hub", hub.url)
    line = ""
    while "waiting for it" not in line:
        line = second.stdout.readline()
        assert line, second.stderr.read()
    hub.held.set()
    for child in (first, second):
        said, faults = child.communicate(timeout=30)
        assert child.returncode == 0, faults
        assert "m is installed" in said
    assert len(hub.gets()) == 1
    assert store.verify(model) == ()


def test_downloads_of_two_models_at_once_record_both(process, manifest, hub):
    for name in ("a", "b"):
        hub.repositories[f"owner/{name}"] = dict(FILES)
    store = manifest(entry("a", "stt", FILES), entry("b", "stt", FILES))
    children = [process("download", name, "--hub", hub.url) for name in ("a", "b")]
    for child in children:
        assert child.wait(30) == 0
    assert set(store.lock().models) == {"a", "b"}


def test_ctrl_c_keeps_what_arrived(process, store, model, hub):
    hub.held = threading.Event()
    child = process("download", "m", "--hub", hub.url)
    wait_for(lambda: any(part.stat().st_size for part in store.folder(model).glob(".*.part")))
    child.send_signal(signal.SIGINT)
    child.wait(20)
    hub.held.set()
    (part,) = left(store, model)
    assert part.endswith(".part")


def test_a_model_from_a_web_server_is_installed(download, manifest, hub):
    for path, content in FILES.items():
        hub.plain[f"/files/{path}"] = content
    store = manifest(entry("m", "stt", FILES, url=f"{hub.url}/files"))
    assert download("m") == 0
    assert store.lock().models["m"].source == f"{hub.url}/files"


def test_a_started_download_is_finished_from_a_stick(download, parlor_models, store, model, hub, tmp_path):
    hub.truncated = 1_000_000
    refusal(download, "m")
    stick = tmp_path / "stick"
    stick.mkdir()
    for path, content in FILES.items():
        (stick / path).write_bytes(content)
    (part,) = store.folder(model).glob(".*.part")
    assert parlor_models("download", "m", "--from", stick) == 0
    assert not part.exists()
    assert store.verify(model) == ()


class TestVoices:
    """A voice is patched for alignments before it gets its name."""

    @pytest.fixture
    def voice(self, hub, manifest, tmp_path):
        publish(ROOT / "models" / "starter" / "voice" / "starter-voice.onnx", tmp_path / "v.onnx")
        files = {name: (tmp_path / name).read_bytes() for name in ("v.onnx", "v.onnx.json")}
        hub.repositories["owner/v"] = files
        store = manifest(entry("v", "tts", files))
        return store, store.manifest().find("v")

    @pytest.fixture
    def download(self, parlor_models, hub):
        return lambda *argv: parlor_models("download", "--hub", hub.url, *argv)

    def test_it_tells_when_each_word_is_heard(self, voice, download):
        store, model = voice
        assert download("v") == 0
        path = store.path(model, model.files[0])
        _, groups = load(path, 1).say("Two teas, please.", 1.0)
        assert len(groups) >= 3
        locked = store.lock().file("v", "v.onnx")
        assert locked.upstream == model.files[0].sha256
        assert locked.sha256 == hashlib.sha256(path.read_bytes()).hexdigest() != locked.upstream
        assert store.verify(model) == ()
        assert store.lacking(model) == ()

    def test_a_patched_one_on_a_stick_is_as_good(self, voice, download, parlor_models, models, tmp_path):
        store, model = voice
        download("v")
        patched = store.path(model, model.files[0]).read_bytes()
        shutil.move(store.folder(model), tmp_path / "stick")
        (models / "lock.json").unlink()
        assert parlor_models("download", "v", "--from", tmp_path / "stick") == 0
        assert store.path(model, model.files[0]).read_bytes() == patched

    def test_one_that_cannot_be_patched_is_installed_with_a_warning(self, hub, manifest, download, capsys):
        files = {"w.onnx": b"no model", "w.onnx.json": b"{}"}
        hub.repositories["owner/w"] = files
        store = manifest(entry("w", "tts", files))
        assert download("w") == 0
        assert "warning: w could not be patched for alignments (it is no ONNX file)" in capsys.readouterr().out
        assert store.verify(store.manifest().find("w")) == ()
