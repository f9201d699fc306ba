"""Which files leave the machine."""

import subprocess

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.bundle.tree import FILES, FOLDERS, belongs, files, has_secret
from app.config import ROOT

PARTS = st.lists(st.text("abc.~_/", min_size=1).filter(lambda t: "/" not in t), min_size=1, max_size=4)


@given(PARTS)
def test_only_what_is_named_belongs(parts):
    path = "/".join(parts)
    if belongs(path):
        assert path in FILES or path.startswith(tuple(f"{folder}/" for folder in FOLDERS))


@given(st.sampled_from([(folder, kind) for folder, kinds in FOLDERS.items() for kind in kinds]), PARTS)
def test_what_lies_in_a_folder_belongs_by_its_kind_unless_hidden(kind, parts):
    path = f"{kind[0]}/{'/'.join(parts)}{kind[1]}"
    assume(not parts[-1].endswith("."))
    assert belongs(path) == (not any(part.startswith(".") for part in parts))
    assert not belongs(f"{path}.old")


@pytest.mark.parametrize(
    "path",
    [
        "key.pem", "call/turn.wav", "models/mine/model.bin", "app/__pycache__/cli.cpython-311.pyc", "appx/a.py",
        "config/parlor-key.pem", "config/default.toml.old", "scripts/x.wav", "docs/rec.wav", "docker/.env",
        "docker/env",
    ],
)  # fmt: skip
def test_what_else_lies_there_stays(path):
    assert not belongs(path)


def test_models_on_another_disk_are_found(tmp_path):
    for name in ("disk/manifest.toml", "disk/starter/ears/model.bin", "disk/other/model.bin", "config/key.pem"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", "utf-8")
    (tmp_path / "models").symlink_to("disk")
    assert files(tmp_path) == {"models/manifest.toml", "models/starter/ears/model.bin"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"server.token = 'x'", True),
        (b"[server]\ntoken = ''", False),
        (b"[stt]\nkey = 'x'", True),
        (b"llm.key = 'x'", True),
        (b"llm.key = ''", False),
        (b"[server]\nport = 1", False),
        (b"server = 1", False),
        (b"half =", False),
        (b"\xff", False),
    ],
)
def test_settings_with_a_secret_are_found(tmp_path, text, found):
    (tmp_path / "x.toml").write_bytes(text)
    assert has_secret(tmp_path / "x.toml") == found


def test_what_git_knows_is_in_it_but_for_tests_and_hidden_files():
    if not (ROOT / ".git").exists():
        pytest.skip("no git here")
    known = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split("\n")
    left_out = [path for path in known if path and not belongs(path)]
    assert all(path.startswith(("tests/", ".")) or "/." in path for path in left_out), left_out
