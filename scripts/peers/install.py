"""The peer's own Python, with what `requirements.txt` pins."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

from app.errors import SetupError
from app.install.llama import llama_env
from scripts.peers.sides import VENV

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def make_venv() -> None:
    """Make it, unless it is there. Raises `SetupError` where pip fails."""
    done, wanted = VENV / "requirements.txt", REQUIREMENTS.read_text("utf-8")
    if done.exists() and done.read_text("utf-8") == wanted:
        return
    sys.stdout.write("Installing pipecat in an environment of its own (some minutes) ...\n")
    venv.create(VENV, with_pip=True, clear=True)
    pip = (str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    try:
        # llama.cpp is compiled as `make setup` compiles ours.
        environment = os.environ | llama_env("cpu", portable=False)
        subprocess.run((*pip, "--requirement", str(REQUIREMENTS)), check=True, env=environment)
    except subprocess.CalledProcessError as error:
        raise SetupError("pip could not install the peer", fix=f"See above; it goes to {VENV}.") from error
    done.write_text(wanted, "utf-8")
