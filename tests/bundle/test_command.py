"""`parlor bundle`, as typed."""

import os
import subprocess
import sys

import pytest

from app.hub.store import State, Store


def bundle(*args, **env):
    command = [sys.executable, "-m", "app", "bundle", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=os.environ | env)


@pytest.mark.parametrize("name", ["x.zip", "none/x.tar", "none"])
def test_a_name_that_is_no_place_for_an_archive_is_wrong_usage(tmp_path, name):
    done = bundle(tmp_path / name)
    assert done.returncode == 2
    assert name in done.stderr


def test_a_model_that_is_not_here_is_named_with_the_command_that_gets_it(tmp_path):
    store = Store()
    missing = [model.name for model in store.manifest().models if store.state(model) is State.MISSING][:2]
    if len(missing) < 2:
        pytest.skip("all models are installed here")
    done = bundle(tmp_path, "--models", *missing)
    assert done.returncode == 1
    assert f"parlor models download {' '.join(missing)}" in done.stderr
    assert not list(tmp_path.iterdir())


def test_an_unknown_model_is_named(tmp_path):
    done = bundle(tmp_path, "--models", "nonesuch")
    assert done.returncode == 1
    assert "nonesuch" in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_would_not_go_along_are_refused(tmp_path):
    done = bundle(tmp_path, "--set", "server.token=abc", PARLOR_LLM__THREADS="2")
    assert done.returncode == 1
    assert "--set server.token, PARLOR_LLM__THREADS" in done.stderr
    assert "--config FILE" in done.stderr
    assert "abc" not in done.stderr


def test_settings_in_the_place_of_parlors_own_are_refused(tmp_path):
    (tmp_path / "default.toml").write_text("", "utf-8")
    done = bundle(tmp_path, "--config", tmp_path / "default.toml")
    assert done.returncode == 1
    assert "Give it another name" in done.stderr
