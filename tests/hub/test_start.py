"""What the start refuses, and what it leaves alone."""

import pytest

from app.config import load
from app.errors import SetupError
from app.hub.start import check_models
from app.hub.store import Store, digest
from tests.support.hub import entry

CONFIG = load(None, {}, ["stt.model=models/m"])


@pytest.fixture
def store(manifest):
    return manifest(entry("m", "stt", {"model.bin": b"weights", "config.json": b"{}"}))


def install(store, *, record=True):
    model = store.manifest().find("m")
    store.folder(model).mkdir()
    for file, content in zip(model.files, (b"weights", b"{}"), strict=True):
        store.path(model, file).write_bytes(content)
        if record:
            store.record(model, file, digest(store.path(model, file)), ("c1", "https://hub/m"))
    return store.folder(model) / "model.bin"


def refusal(store):
    with pytest.raises(SetupError) as error:
        check_models(CONFIG, store)
    return error.value


def test_a_missing_model_is_named_with_the_command_and_its_size(store):
    error = refusal(store)
    assert "m, which is not installed" in error.message
    assert "(9 B at most to fetch)" in error.message
    assert error.fix == "parlor models download m"


def test_a_model_in_part_is_told(store):
    install(store).unlink()
    assert "here only in part" in refusal(store).message


def test_what_is_as_it_was_installed_may_start(store):
    install(store)
    check_models(CONFIG, store)


def test_what_is_not_as_it_was_installed_may_not(store):
    install(store).write_bytes(b"weightz")
    error = refusal(store)
    assert "m, which is not what was installed: model.bin has SHA-256" in error.message
    assert error.fix == "parlor models download m"


def test_all_that_is_lacking_is_told_at_once(manifest):
    store = manifest(entry("m", "stt", {"model.bin": b"1"}), entry("n", "llm", {"n.gguf": b"1"}))
    with pytest.raises(SetupError) as error:
        check_models(load(None, {}, ["stt.model=models/m", "llm.model=models/n/n.gguf"]), store)
    assert "m, which is not installed, and n, which is not installed" in error.value.message
    assert error.value.fix == "parlor models download m n"


def test_what_was_copied_by_hand_may_start(store):
    install(store, record=False)
    check_models(CONFIG, store)


def test_the_users_own_files_and_the_starter_models_are_left_alone(store, tmp_path):
    check_models(load(None, {}, []), store)
    check_models(load(None, {}, [f"stt.model={tmp_path}"]), store)
    check_models(CONFIG, Store(tmp_path / "none"))


@pytest.mark.parametrize("override", ["stt.model=no/ears", 'llm.fallback=[{model = "no/ears"}]'])
def test_an_own_file_that_is_not_there_is_told_before_it_is_needed(store, override):
    with pytest.raises(SetupError, match="there is no no/ears"):
        check_models(load(None, {}, [override]), store)


def test_this_very_installation_may_start():
    check_models(load(None, {}, []))
