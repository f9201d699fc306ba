"""`parlor models`, as a user types it."""

import json
import os
import pty
import subprocess
import sys
import termios

import pytest
from filelock import FileLock

from app.config import ROOT
from app.errors import SetupError
from app.hub.store import State
from tests.support.hub import entry

EARS = {"model.bin": b"e" * 5000, "config.json": b"{}"}
BRAIN = {"brain.gguf": b"b" * 3000}


@pytest.fixture
def store(hub, manifest, profiles):
    hub.repositories |= {"owner/ears": dict(EARS), "owner/brain": dict(BRAIN)}
    profiles("box", '[stt]\nmodel = "models/ears"\n[llm]\nmodel = "models/brain/brain.gguf"\n')
    profiles("bare", "[warm]\nidle_s = 1\n")
    return manifest(entry("ears", "stt", EARS, languages=["en", "de", "fr", "tr"]), entry("brain", "llm", BRAIN))


@pytest.fixture
def download(parlor_models, hub, store):
    return lambda *argv: parlor_models("download", "--hub", hub.url, *argv)


def test_list_shows_every_model_its_state_and_who_uses_it(parlor_models, download, capsys):
    download("ears")
    capsys.readouterr()
    assert parlor_models("list") == 0
    head, ears, brain = (line.split("  ") for line in capsys.readouterr().out.splitlines())
    assert head[0] == "NAME"
    assert {"ears", "stt", "4 languages", "5.0 kB", "100 MiB", "MIT", "installed", "box"} <= {w.strip() for w in ears}
    assert "missing" in [word.strip() for word in brain]


def test_list_as_json(parlor_models, store, capsys):
    assert parlor_models("list", "--json") == 0
    ears, brain = json.loads(capsys.readouterr().out)
    assert ears["languages"] == ["en", "de", "fr", "tr"]
    assert brain["size_bytes"] == 3000
    assert brain["setting"] == "models/brain/brain.gguf"
    assert (brain["state"], brain["profiles"]) == ("missing", ["box"])


def test_a_profile_stands_for_all_its_models_and_the_sum_is_said_first(download, store, capsys):
    assert download("box") == 0
    said = capsys.readouterr().out
    assert said.index("ears   5.0 kB") < said.index("To fetch: 8.0 kB") < said.index("checked")
    assert {store.state(model) for model in store.manifest().models} == {State.INSTALLED}


def test_without_a_name_the_configuration_says_what(download, store):
    assert download("--config", "box") == 0
    assert {store.state(model) for model in store.manifest().models} == {State.INSTALLED}
    assert download() == 0


def test_a_name_that_is_none_brings_near_ones(download, hub):
    for name, near in (("ear", "ears"), ("boxx", "box")):
        with pytest.raises(SetupError, match=f"no model is called '{name}'") as error:
            download("brain", name)
        assert f"Did you mean {near}?" in error.value.fix
    with pytest.raises(SetupError, match="the profile bare names no model"):
        download("bare")
    assert hub.requests == []


def test_a_hub_is_an_address(parlor_models, store, capsys):
    for wrong in ("hub.example.org", "ftp://x", "https://"):
        with pytest.raises(SystemExit) as stop:
            parlor_models("download", "ears", "--hub", wrong)
        assert stop.value.code == 2
    assert "https://hub.example.org" in capsys.readouterr().err


def test_help_names_the_proxies(parlor_models, capsys):
    with pytest.raises(SystemExit):
        parlor_models("download", "--help")
    said = capsys.readouterr().out
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "HF_TOKEN", "SSL_CERT_FILE"):
        assert name in said


def test_verify_names_each_fault_and_its_mend(parlor_models, download, store, capsys):
    download("box")
    capsys.readouterr()
    assert parlor_models("verify") == 0
    assert capsys.readouterr().out == "ears: ok\nbrain: ok\n"
    ears = store.manifest().find("ears")
    store.path(ears, ears.files[0]).write_bytes(b"x" * 5000)
    store.path(ears, ears.files[1]).unlink()
    assert parlor_models("verify") == 1
    said = capsys.readouterr()
    assert "ears: model.bin has SHA-256" in said.out
    assert "ears: config.json is missing" in said.out
    assert "parlor models download ears" in said.err
    assert parlor_models("verify", "brain") == 0


def test_verify_of_what_is_not_here(parlor_models, store, capsys):
    assert parlor_models("verify") == 0
    assert "Nothing is installed" in capsys.readouterr().out
    assert parlor_models("verify", "box") == 1
    assert "ears: is not installed" in capsys.readouterr().out


def test_remove_says_what_was_freed(parlor_models, download, store, capsys):
    download("box")
    capsys.readouterr()
    assert parlor_models("remove", "box") == 0
    assert capsys.readouterr().out == "ears: 5.0 kB freed\nbrain: 3.0 kB freed\n"
    assert {store.state(model) for model in store.manifest().models} == {State.MISSING}
    assert parlor_models("remove", "ears") == 0
    assert capsys.readouterr().out == "ears: was not here\n"
    with pytest.raises(SetupError, match="starter"):
        parlor_models("remove", "starter")


def test_what_is_being_downloaded_is_not_removed(parlor_models, store):
    with FileLock(store.guard(store.manifest().find("ears")).lock_file), pytest.raises(SetupError, match="downloaded"):
        parlor_models("remove", "ears")


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("", 0)])
def test_on_a_terminal_it_asks_and_shows_how_far_it_is(process, hub, store, answer, code):
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    child = process("download", "ears", "--hub", hub.url, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while b"Go on?" not in shown:
        shown += os.read(ours, 4096)
    assert b"To fetch: 5.0 kB" in shown
    os.write(ours, f"{answer}\n".encode())
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how Linux says that the other side of a terminal is closed
        pass
    os.close(ours)
    assert child.wait(20) == code
    assert (b"model.bin:   0%|" in shown) == (code == 0)


def test_the_script_is_the_command():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "download_models.py", "download", "no-such-model"],
        cwd="/", capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no model is called 'no-such-model'" in done.stderr
    assert "Traceback" not in done.stderr
