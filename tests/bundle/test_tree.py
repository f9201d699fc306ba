"""Which files leave the machine."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bundle.tree import FILES, FOLDERS, belongs
from app.config import ROOT

PARTS = st.lists(st.text("abc.~_/", min_size=1).filter(lambda t: "/" not in t), min_size=1, max_size=4)


@given(PARTS)
def test_only_what_is_named_belongs(parts):
    path = "/".join(parts)
    if belongs(path):
        assert path in FILES or path.startswith(tuple(f"{folder}/" for folder in FOLDERS))


@given(st.sampled_from(FOLDERS), PARTS)
def test_what_lies_in_a_folder_belongs_unless_hidden_or_made(folder, parts):
    path = "/".join([folder, *parts])
    hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
    assert belongs(path) == (not hidden and not path.endswith("~"))


@pytest.mark.parametrize(
    "path", ["key.pem", "call/turn.wav", "models/mine/model.bin", "app/__pycache__/cli.py", "appx/a"]
)
def test_what_else_lies_there_stays(path):
    assert not belongs(path)


def test_what_git_knows_is_in_it_but_for_tests_and_hidden_files():
    if not (ROOT / ".git").exists():
        pytest.skip("no git here")
    known = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split("\n")
    left_out = [path for path in known if path and not belongs(path)]
    assert all(path.startswith(("tests/", ".")) or "/." in path for path in left_out), left_out
