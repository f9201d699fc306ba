"""A hub, a models folder, and a `parlor models` that uses them."""

import argparse
import os
import subprocess
import sys

import huggingface_hub
import pytest

from app import config
from app.config import ROOT, load
from app.hub import command, fetch, store
from app.hub.store import Store
from tests.support.hub import Hub, serving


@pytest.fixture(autouse=True)
def plain_network(monkeypatch):
    """Whatever proxy or hub this machine is set up for stays out of the tests."""
    for name in [n for n in os.environ if n.lower().endswith("_proxy") or n.startswith("HF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HF_TOKEN_PATH", os.devnull)
    monkeypatch.setattr(fetch, "PAUSES_S", (0.0, 0.01))
    yield
    huggingface_hub.close_session()


@pytest.fixture
def hub():
    with serving(Hub()) as running:
        yield running


@pytest.fixture
def models(tmp_path):
    """A models folder with an empty manifest."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "manifest.toml").write_text("")
    return folder


@pytest.fixture
def manifest(models):
    """`manifest(*entries)` writes the manifest and returns the store."""

    def write(*entries):
        (models / "manifest.toml").write_text("\n".join(entries), "utf-8")
        return Store(models)

    return write


@pytest.fixture
def profiles(tmp_path, monkeypatch):
    """A config/ of its own; `profiles(name, text)` adds a profile."""
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "default.toml").write_text((ROOT / "config" / "default.toml").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    return lambda name, text: (folder / f"{name}.toml").write_text(text, "utf-8")


@pytest.fixture
def parlor_models(models, monkeypatch):
    """`parlor_models(*argv)` runs the command in this process; the exit code."""
    monkeypatch.setattr(store.Store.__init__, "__defaults__", (models,))
    parser = argparse.ArgumentParser()
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config")
    command.add_parser(parser.add_subparsers(), common)

    def run(*argv):
        args = parser.parse_args(["models", *map(str, argv)])
        return command.run(load(args.config, {}, []), args)

    return run


@pytest.fixture
def process(models):
    """`process(*argv)` starts the command in a process of its own, which is ended with the test."""
    started = []

    def start(*argv, env=None, **more):
        more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL, "text": True} | more
        line = [sys.executable, "-m", "tests.support.hub", str(models), *map(str, argv)]
        child = subprocess.Popen(line, cwd=ROOT, env=os.environ | (env or {}), **more)
        started.append(child)
        return child

    yield start
    for child in started:
        child.kill()
        child.communicate()
