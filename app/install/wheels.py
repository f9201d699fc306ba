"""llama.cpp's compiled wheels, kept: what the same compiler would make again on this machine is compiled once.

pip's own cache does not ask how a wheel was made. Here a folder's name is the digest of all that decides: the version,
the settings, the compilers, the system and, for a build that is not portable, the processor.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from shlex import split

from app.install.llama import PROJECT, is_native
from app.install.pip import build_wheel, pinned
from app.install.system import OS_RELEASE

KEPT = 4
"""Wheels at most, those used last: 14 MB each, with CUDA 260 MB."""
CPU_INFO = Path("/proc/cpuinfo")
READ = ("CC", "CXX", "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "NVCC_APPEND_FLAGS")
READ_BY_PREFIX = ("CMAKE", "CUDA", "GGML", "LLAMA", "NVCC", "SKBUILD")
READ_BY_SUFFIX = ("FLAGS",)
"""Variables of the environment that CMake, scikit-build-core and the compilers read."""
CPU_KIND = ("vendor_id", "cpu family", "model", "flags", "CPU implementer", "CPU variant", "CPU part", "Features")
"""Lines of /proc/cpuinfo that a compiler chooses by."""


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Where wheels are kept; as for pip's cache, it can be removed at any time."""
    base = environment.get("XDG_CACHE_HOME") or Path(environment.get("HOME") or Path.home(), ".cache")
    return Path(base) / "parlor" / "llama.cpp"


def llama_wheel(into: Path, env: Mapping[str, str], cache: Path | None = None) -> Path:
    """llama.cpp's wheel for the settings of `llama_env`, in the folder `into`: one that was kept, else compiled now.

    A kept one whose digest is wrong is compiled again. A cache that cannot be written is done without. Raises
    `SetupError` when llama.cpp does not compile.
    """
    cache = cache_folder(os.environ) if cache is None else cache
    entry = cache / digest(facts({**os.environ, **env}))
    into.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        if kept := _whole(entry):
            entry.touch()
            return Path(shutil.copy(kept, into))
    wheel = build_wheel(into, env)
    with suppress(OSError):
        _keep(wheel, entry)
        _forget(cache)
    return wheel


def digest(lines: Iterable[str]) -> str:
    """A name for a list of facts; other facts, or the same in another order, have another."""
    return hashlib.sha256(json.dumps(list(lines)).encode()).hexdigest()[:32]


def facts(environment: Mapping[str, str]) -> list[str]:
    """All that decides what a build becomes."""
    compilers = [environment.get("CC") or "cc", environment.get("CXX") or "c++", "cmake"]
    if nvcc := environment.get("CUDACXX"):
        compilers.append(nvcc)
    system = [platform.machine(), *platform.libc_ver(), _text(OS_RELEASE)]
    native = is_native(environment.get("CMAKE_ARGS", ""))
    return [
        pinned("llama_cpp_python"),
        *PROJECT,
        *settings(environment),
        *map(_version, compilers),
        *system,
        _cpu() if native else "",
    ]


def settings(environment: Mapping[str, str]) -> list[str]:
    """What a build reads of the environment."""
    return [
        f"{name}={value}"
        for name, value in sorted(environment.items())
        if name in READ or name.startswith(READ_BY_PREFIX) or name.endswith(READ_BY_SUFFIX)
    ]


def _version(command: str) -> str:
    """What a compiler says of itself; empty where there is none."""
    try:
        done = subprocess.run([*split(command), "--version"], capture_output=True, text=True, check=False)
    except (OSError, ValueError):
        return ""
    return done.stdout


def _cpu() -> str:
    """The first processor's kind and abilities."""
    first = _text(CPU_INFO).split("\n\n")[0].splitlines()
    return "\n".join(line for line in first if line.partition(":")[0].strip() in CPU_KIND)


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace") if file.exists() else ""


def _whole(entry: Path) -> Path | None:
    """The wheel of an entry, if it is there as it was written."""
    for wheel in entry.glob("*.whl"):
        if (entry / "sha256").read_text("utf-8") == _sha256(wheel):
            return wheel
    return None


def _keep(wheel: Path, entry: Path) -> None:
    """Into the cache, in one step: another process may look, or keep the same."""
    parts = entry.with_name(f"{entry.name}.{os.getpid()}")
    parts.mkdir(parents=True)
    try:
        shutil.copy(wheel, parts)
        (parts / "sha256").write_text(_sha256(wheel), "utf-8")
        shutil.rmtree(entry, ignore_errors=True)
        parts.rename(entry)
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _forget(cache: Path) -> None:
    """All but the wheels used last, and what a stopped process left."""
    entries = sorted(cache.iterdir(), key=lambda entry: entry.stat().st_mtime, reverse=True)
    for entry in entries[KEPT:]:
        shutil.rmtree(entry, ignore_errors=True)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
