"""The lock on the machine that a bundle came to."""

import hashlib
import os

from app.bundle.adopt import adopt
from app.hub import lock
from app.hub.lock import Lock, LockedFile, LockedModel
from app.hub.store import Store

MANIFEST = """
[[model]]
name = "brain"
kind = "llm"
repo = "owner/brain"
licence = "MIT"
languages = ["en"]
memory_mb = 1
files = [{ path = "brain.gguf" }]
"""


def test_what_came_is_recorded_with_its_time_here_and_the_rest_stays(tmp_path):
    models = tmp_path / "models"
    file = models / "brain/brain.gguf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"think")
    os.utime(file, (7, 7))
    (models / "manifest.toml").write_text(MANIFEST, "utf-8")
    digest = hashlib.sha256(b"think").hexdigest()
    entry = LockedFile(sha256=digest, upstream=digest, size=5, mtime_ns=123)
    lock.record(models / "lock.json", "other", {"a": entry}, ("r", "s"))
    bundled = Lock(models={"brain": LockedModel(revision="abc", source="hub", files={"brain.gguf": entry})})
    (tmp_path / "lock.json").write_text(bundled.model_dump_json(), "utf-8")

    adopt(tmp_path / "lock.json", models)

    store = Store(models)
    assert store.check(store.manifest().find("brain")) == ()
    assert store.lock().models["brain"].revision == "abc"
    assert store.lock().models["brain"].files["brain.gguf"].mtime_ns == 7 * 10**9
    assert store.lock().models["other"].files["a"] == entry
