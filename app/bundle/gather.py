"""Fetches the wheels of a bundle: the packages that Parlor needs at run time, for this Python and this system."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from importlib.metadata import Distribution, distribution
from pathlib import Path
from shutil import which
from typing import Any

from app.bundle.repack import repack
from app.bundle.wheel import Wheel, read
from app.config import ROOT
from app.errors import SetupError
from app.install.__main__ import RECORD
from app.install.llama import llama_env
from app.install.pip import pinned, pip
from app.install.plan import TORCH_CPU_INDEX, Accel
from app.install.wheels import llama_wheel

Say = Callable[[str], None]
INSTALLERS = ("pip", "setuptools>=77")
"""What the offline installation itself runs on."""
LLAMA = "llama-cpp-python"
CUDA = {
    "libcudart.so.12": ("nvidia-cuda-runtime-cu12", "nvidia-cublas-cu12"),
    "libcudart.so.13": ("nvidia-cuda-runtime==13.0.*", "nvidia-cublas==13.0.*"),
}
"""Packages with the CUDA libraries that llama.cpp is linked against, so that the other machine needs a driver only."""


def gather(into: Path, accel: Accel, *, native: bool, say: Say) -> tuple[Wheel, ...]:
    """All wheels, in the folder `into`. Raises `SetupError` when one cannot be had."""
    llama = _llama(into, accel, native=native, say=say)
    _torch(into, say)
    say("Fetching the packages ...")
    here = ("--wheel-dir", str(into), "--find-links", str(into))
    pip("wheel", "--quiet", *here, *requirements(accel), *cuda_libraries(llama), *INSTALLERS)
    return tuple(read(path) for path in sorted(into.glob("*.whl")))


def requirements(accel: Accel) -> list[str]:
    """What pyproject.toml asks for at run time."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extra = project["optional-dependencies"].get("cuda", []) if accel == "cuda" else []
    return [*project["dependencies"], *extra]


def cuda_libraries(llama: Path) -> tuple[str, ...]:
    """The packages with the CUDA libraries that a wheel of llama.cpp is linked against; none for a CPU build."""
    with zipfile.ZipFile(llama) as archive:
        libraries = [archive.read(name) for name in archive.namelist() if name.endswith("/libggml-cuda.so")]
    return tuple(p for name, of in CUDA.items() if any(f"\0{name}\0".encode() in lib for lib in libraries) for p in of)


def installed() -> dict[str, Any]:
    """How llama.cpp is built here: `accel`, `portable`, and the cards it is for as `architectures`."""
    record = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    return {"accel": "cpu", "portable": False, "architectures": ""} | record


def _llama(into: Path, accel: Accel, *, native: bool, say: Say) -> Path:
    """llama.cpp as it is installed here where that will do, else compiled for any processor."""
    here = installed()
    if here["accel"] == accel and (native or here["portable"]):
        say("Packing llama.cpp as it is installed here ...")
        return repack(distribution(LLAMA), into)
    again = f"make setup PARLOR_ACCEL={accel}{'' if native else ' PARLOR_PORTABLE=1'}"
    if accel == "cuda" or native:
        other = "\n  Or, for machines without a card: parlor bundle --accel cpu" if accel == "cuda" else ""
        raise SetupError(f"llama.cpp is not installed here in that build ({accel})", fix=f"First: {again}{other}")
    if not which("c++"):
        raise SetupError("llama.cpp is compiled for the bundle and needs a C++ compiler", fix="sudo apt install g++")
    say("Compiling llama.cpp for any processor (some minutes, unless it was compiled here before) ...")
    with tempfile.TemporaryDirectory(prefix="parlor-llama-") as folder:
        wheel = llama_wheel(Path(folder, "built"), llama_env(accel, portable=True))
        site = Path(folder, "site")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(site)
        return repack(Distribution.at(next(site.glob("*.dist-info"))), into)


def _torch(into: Path, say: Say) -> None:
    """torch without CUDA, from the usual index or PyTorch's own; else what the usual index has is taken later."""
    index = os.environ.get("PARLOR_TORCH_INDEX", TORCH_CPU_INDEX)
    elsewhere = [["--index-url", index, "--retries", "1", "--timeout", "15"]] if index else []
    for source in ([], *elsewhere):
        try:
            pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(into), *source, f"{pinned('torch')}+cpu")
        except SetupError:
            continue
        return
    say("No CPU build of torch is offered: the usual one brings 3 GB of CUDA along.")
