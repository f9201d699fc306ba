"""What a manifest may say, and how each fault is told."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import ROOT
from app.errors import SetupError
from app.hub.manifest import Manifest, parse
from tests.support.hub import entry

GOOD = entry("small", "stt", {"model.bin": b"abc", "sub/config.json": b"{}"})


def faults(text):
    with pytest.raises(SetupError) as error:
        parse(text, "manifest.toml")
    return error.value.message


def test_a_model_is_what_was_written():
    (model,) = parse(GOOD, "manifest.toml").models
    assert (model.name, model.kind, model.repo, model.revision, model.size) == (
        "small",
        "stt",
        "owner/small",
        "main",
        5,
    )
    assert [file.name for file in model.files] == ["model.bin", "config.json"]
    assert model.files[0].sha256 == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize(
    ("kind", "setting"),
    [("stt", "models/m"), ("llm", "models/m/a.gguf"), ("tts", "models/m/a.gguf"), ("endpoint", "models/m/a.gguf")],
)
def test_a_setting_names_a_folder_for_whisper_and_else_the_first_file(kind, setting):
    manifest = parse(entry("m", kind, {"deep/a.gguf": b"1", "b.json": b"2"}), "m")
    assert manifest.models[0].setting == setting
    assert manifest.owner(setting) == manifest.models[0]


def test_the_real_manifest_has_no_fault():
    path = ROOT / "models" / "manifest.toml"
    assert parse(path.read_text("utf-8"), str(path)).models


def test_all_faults_are_told_at_once_with_the_models_name():
    bad = entry("bad", "sty", {"../a.bin": b""}, licence="", memory_mb=-1, repo="x")
    twice = entry("BAD", "llm", {"a": b"", "b/A": b""})
    told = faults(f"{GOOD}{bad}{GOOD}x = 1\n{twice}[[model]]")
    for words in (
        "small: is there twice", "bad: is there twice", "bad: kind", "bad: files[0].path must be a plain path",
        "bad: licence", "bad: memory_mb", "bad: repo", "small: x is not a key", "BAD: has two files called a",
        "model 5: name",
    ):  # fmt: skip
        assert words in told, told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model = 3", "model: "),
        ("model = [3]", "model 1: "),
        ("models = []", "models: is no part"),
        ("model = [", "is not TOML"),
        (entry("m", "llm", {}), "names no files"),
        (entry("m", "llm", {"a": b""}, repo=""), "either repo or url"),
        (entry("m", "llm", {"a": b""}, url="https://x", repo="a/b"), "either repo or url"),
        (entry("m", "llm", {"a": b""}, url="ftp://x"), "m: url"),
        (entry("Starter", "llm", {"a": b""}), "is taken"),
    ],
)
def test_each_fault_has_its_words(text, words):
    assert words in faults(text)


@pytest.mark.parametrize("path", ["../a", "/a", "a//b", "a/./b", "a/", "a\\b", "C:a", ".hidden", "a\nb", "a?"])
def test_no_path_leaves_the_models_folder(path):
    assert "m: files[0].path" in faults(entry("m", "llm", {"PATH": b""}).replace("'PATH'", json.dumps(path)))


@pytest.mark.parametrize("name", ["..", ".", "a/b", "-x", "a b", "", ".x", "lock.json"])
def test_a_name_is_a_plain_folder_name(name):
    faults(entry(name, "llm", {"a": b""}, repo="o/m"))


@settings(deadline=None)
@given(st.lists(st.from_regex(r"[a-z][a-z0-9._-]{0,12}", fullmatch=True), unique=True, max_size=5))
def test_every_model_is_found_by_its_name_and_owns_its_folder_only(names):
    names = [name for name in names if name != "starter"]
    manifest = parse("".join(entry(name, "llm", {"m.gguf": b"1"}) for name in names), "m")
    for name in names:
        assert manifest.find(name).name == name
        assert manifest.owner(f"models/{name}") == manifest.owner(f"./models//{name}/any/x") == manifest.find(name)
    for foreign in ("models", "models/starter/ears", "else/m.gguf", *(f"models/{n}/../x" for n in names)):
        assert manifest.owner(foreign) is None


def test_a_name_that_is_none_brings_near_ones():
    manifest = parse(GOOD, "m")
    with pytest.raises(SetupError) as error:
        manifest.find("smal")
    assert "smal" in error.value.message
    assert "small" in error.value.fix
    with pytest.raises(SetupError) as error:
        Manifest(()).find("x")
    assert "Did you mean" not in error.value.fix
