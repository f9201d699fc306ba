"""`python -m app.install`, run by `make setup` inside .venv: installs what this machine can use, and says so.

PARLOR_ACCEL=auto|cpu|cuda chooses, PARLOR_PORTABLE=1 compiles llama.cpp for other machines' processors too,
PARLOR_TORCH_INDEX names another index of CPU builds of torch (empty: the usual one).
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from shutil import which

from app.errors import SetupError
from app.install import toolkit
from app.install.card import cards, on_the_bus, why_no_card
from app.install.llama import llama_env
from app.install.pip import INSTALL, ROOT, pinned, pip, works
from app.install.plan import TORCH_CPU_INDEX, Machine, Plan, choice, decide
from app.install.system import this_system
from app.install.wheels import llama_wheel

RECORD = Path(sys.prefix) / "parlor-install.json"
"""What was installed; read by `parlor doctor` and by the next run."""
COMMAND = Path(sys.prefix) / "bin/parlor"
_START = "import app.compose"
_IMPORTS = "from app.install.cublas import preload_llama; preload_llama(); import llama_cpp as llama"
_WITH_GPU = f"{_IMPORTS}; assert llama.llama_supports_gpu_offload()"


def main() -> int:
    """Install; the exit code. What could not be had is said last, so that it is not overlooked."""
    try:
        portable = os.environ.get("PARLOR_PORTABLE", "") not in ("", "0")
        plan = decide(choice(os.environ.get("PARLOR_ACCEL") or "auto"), _machine(), portable=portable)
        for words in plan.words:
            _say(words)
        _torch()
        plan = _llama(plan, portable)
        _say("Installing Parlor ...")
        _parlor(plan)
    except SetupError as error:
        sys.stderr.write(f"setup: {error.message}\n  {error.fix}\n")
        return 1
    if plan.warning:
        _say(f"\n*** {plan.warning}\n")
    return 0


def _parlor(plan: Plan) -> None:
    """What works already stays in use where no index can be reached."""
    try:
        pip(*INSTALL, "--editable", ".[cuda]" if plan.accel == "cuda" else ".")
    except SetupError as error:
        if not (COMMAND.is_file() and works(_START)):
            raise
        _say(f"\n*** {error.message}: what was installed before stays in use.\n")
    # This compiles what a start needs too: who starts it may not be allowed to keep that.
    if (ROOT / "app/compose.py").is_file() and not works(_START):
        raise SetupError("the packages in .venv are damaged", fix="make clean && make setup")


def _machine() -> Machine:
    found = cards()
    silent = not found and on_the_bus()
    return Machine(found, "" if found else why_no_card(), silent, toolkit.installed(os.environ), this_system())


def _torch() -> None:
    """A CPU build from where one is offered; else the later steps take what the usual index has."""
    index = os.environ.get("PARLOR_TORCH_INDEX", TORCH_CPU_INDEX)
    wanted = pinned("torch").partition("==")[2]
    if not index or works(f"import torch; assert torch.__version__.partition('+')[0] == {wanted!r}"):
        return
    patience = ("--retries", "1", "--timeout", "15")
    try:
        pip(*INSTALL, "--no-deps", *patience, "--index-url", index, pinned("torch"))
    except SetupError as error:
        _say(error.message)
        _say(f"There is no torch for us from {index}: it comes from the usual index, maybe with 3 GB of CUDA.")


def _llama(plan: Plan, portable: bool) -> Plan:
    """llama.cpp as planned. In a plan that nobody asked for, a CUDA build that fails becomes a CPU build, loudly."""
    wanted = {"accel": plan.llama, "portable": portable, "architectures": plan.architectures}
    wanted["llama_cpp"] = pinned("llama_cpp_python").partition("==")[2]
    try:
        known = json.loads(RECORD.read_text("utf-8"))
    except (OSError, ValueError):
        known = {}
    checked = plan.llama == "cpu" or cards()  # a CUDA build cannot be tried where no card is
    if known.items() >= wanted.items() and (not checked or works(_IMPORTS)):
        return plan
    if not which("c++"):
        raise SetupError("llama.cpp is compiled here and needs a C++ compiler", fix="sudo apt install g++")
    RECORD.unlink(missing_ok=True)
    try:
        _build(plan, portable)
    except SetupError as error:
        if plan.llama == "cpu" or os.environ.get("PARLOR_ACCEL") == "cuda":
            raise
        _say(f"{error.message}\n  {error.fix}")
        warning = "THE LANGUAGE MODEL RUNS ON THE CPU: its CUDA build failed (see above); mend it, then make setup"
        return _llama(replace(plan, llama="cpu", toolkit=None, architectures="", warning=warning), portable)
    RECORD.write_text(json.dumps(wanted, indent=1) + "\n", "utf-8")
    return plan


def _build(plan: Plan, portable: bool) -> None:
    compiler = plan.toolkit
    if plan.llama == "cuda" and compiler is None:
        _say("Fetching NVIDIA's compiler ...")
        pip(*INSTALL, *toolkit.FROM_INDEX)
        compiler = toolkit.from_index()
    env = llama_env(
        plan.llama,
        portable=portable,
        toolkit=compiler,
        architectures=plan.architectures,
        driver=bool(cards()),
    )
    time = "up to an hour on two cores" if plan.llama == "cuda" else "some minutes"
    _say(f"Compiling llama.cpp ({time}, unless it was compiled here before) ...")
    with tempfile.TemporaryDirectory(prefix="parlor-llama-") as folder:
        _put(str(llama_wheel(Path(folder), env)))
    if plan.llama == "cuda" and cards() and not works(_WITH_GPU):
        raise SetupError("llama.cpp was compiled with CUDA and does not find the card", fix="Try nvidia-smi.")


def _put(wheel: str) -> None:
    """Install llama.cpp, in the place of another build of the same version if there is one."""
    there = works("from importlib.metadata import version; version('llama_cpp_python')")
    pip(*INSTALL, *(("--force-reinstall", "--no-deps") if there else ()), wheel)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
