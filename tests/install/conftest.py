"""Stand-ins for NVIDIA's libraries, compiled here: real shared objects, found by the real loader."""

import ctypes
import subprocess
from pathlib import Path

import pytest

DRIVER = """
#include <stddef.h>
#include <string.h>
int cuInit(unsigned f) { return FAULT; }
int cuDriverGetVersion(int *v) { *v = 13000; return 0; }
int cuDeviceGetCount(int *n) { *n = 1; return 0; }
int cuDeviceGetName(char *s, int n, int d) { strncpy(s, "NVIDIA GeForce RTX 3060", n); return 0; }
int cuDeviceTotalMem_v2(size_t *b, int d) { *b = (size_t)12288 << 20; return 0; }
int cuDeviceGetAttribute(int *v, int a, int d) { *v = a == 75 ? 8 : a == 76 ? 6 : 0; return 0; }
"""


@pytest.fixture
def compiled(tmp_path):
    """Compiles C to a shared object: `compiled(name, code, *flags)` is its path."""

    def compile_(name: str, code: str, *flags: str) -> Path:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", target, *flags], input=code, text=True, check=True
        )
        return target

    return compile_


@pytest.fixture
def driver(compiled, monkeypatch):
    """Puts a driver in the place of libcuda; `driver(fault)` makes `cuInit` say so."""

    def install(fault: int = 0) -> None:
        path = compiled(f"libcuda-{fault}.so.1", DRIVER, f"-DFAULT={fault}")
        real = ctypes.CDLL
        monkeypatch.setattr("app.install.card.ctypes.CDLL", lambda name: real(str(path)))

    return install
