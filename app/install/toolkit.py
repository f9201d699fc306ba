"""The CUDA compilers of this machine, and NVIDIA's own from the package index, which needs no root."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import which

from app.install.plan import Toolkit

FROM_INDEX = (
    "nvidia-cuda-nvcc==13.0.*",
    "nvidia-cuda-runtime==13.0.*",
    "nvidia-cuda-crt==13.0.*",
    "nvidia-cuda-cccl==13.0.*",
    "nvidia-nvvm==13.0.*",
    "nvidia-cublas==13.0.*",
)
"""A whole compiler with cuBLAS in wheels (860 MB unpacked): 13.0, because torch 2.13 brings the same."""
_RELEASE = re.compile(r"release (\d+)\.(\d+)")
ASK_LIMIT_S = 20


def installed(env: Mapping[str, str]) -> tuple[Toolkit, ...]:
    """Every nvcc that is found, the one that the environment names first."""
    found: dict[Path, Toolkit] = {}
    for nvcc in _candidates(env):
        if nvcc.is_file() and nvcc.resolve() not in found and (version := _version(nvcc)):
            found[nvcc.resolve()] = _toolkit(nvcc, version)
    return tuple(found.values())


def from_index() -> Toolkit:
    """The compiler that `FROM_INDEX` put into this virtual environment, made usable for CMake.

    The wheels lack the names that a linker looks for (`libcudart.so`, `lib64`); they are made beside what they name.
    """
    root = index_root()
    (root / "lib64").unlink(missing_ok=True)
    (root / "lib64").symlink_to("lib")
    for library in (root / "lib").glob("*.so.*"):
        name = root / "lib" / (library.name.partition(".so")[0] + ".so")
        name.unlink(missing_ok=True)
        name.symlink_to(library.name)
    if driver := _driver():
        stubs = root / "lib64" / "stubs"
        stubs.mkdir(exist_ok=True)
        (stubs / "libcuda.so").unlink(missing_ok=True)
        (stubs / "libcuda.so").symlink_to(driver)
    nvcc = root / "bin" / "nvcc"
    return _toolkit(nvcc, _version(nvcc) or (13, 0))


def _driver() -> Path | None:
    """The driver's library: in many containers it has no name that a linker looks for."""
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return None
    maps = Path("/proc/self/maps").read_text("utf-8")
    return next((Path(line.split(maxsplit=5)[5]) for line in maps.splitlines() if "/libcuda.so" in line), None)


def index_root() -> Path:
    """Where the wheels of CUDA 13 put their files."""
    return Path(sysconfig.get_paths()["purelib"]) / "nvidia" / "cu13"


def _candidates(env: Mapping[str, str]) -> Iterator[Path]:
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if env.get(variable):
            yield Path(env[variable]) / "bin" / "nvcc"
    if on_path := which("nvcc", path=env.get("PATH")):
        yield Path(on_path)
    yield from sorted(Path("/usr/local").glob("cuda*/bin/nvcc"), reverse=True)


def _toolkit(nvcc: Path, version: tuple[int, int]) -> Toolkit:
    root = nvcc.resolve().parent.parent
    headers = [root / "include", *root.glob("targets/*/include"), *root.glob("include/*-linux-gnu")]
    stubs = [root / "lib64" / "stubs", *root.glob("targets/*/lib/stubs")]
    return Toolkit(
        nvcc=str(nvcc),
        root=str(root),
        version=version,
        cublas=any((folder / "cublas_v2.h").exists() for folder in headers),
        driver_stub=any((folder / "libcuda.so").exists() for folder in stubs),
    )


def _version(nvcc: Path) -> tuple[int, int] | None:
    try:
        told = subprocess.run([nvcc, "--version"], capture_output=True, text=True, timeout=ASK_LIMIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    release = _RELEASE.search(told.stdout)
    return (int(release[1]), int(release[2])) if release else None
