"""Finds NVIDIA's libraries in this environment and loads them, so that no LD_LIBRARY_PATH is needed.

A library that is loaded already answers for its name: CTranslate2's `dlopen("libcublas.so.12")` and llama.cpp's need of
`libcudart.so.13` then find it, wherever it lies.
"""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Sequence
from pathlib import Path

FOR_CTRANSLATE2 = ("libcublasLt.so.12", "libcublas.so.12")
FOR_LLAMA = {major: (f"libcudart.so.{major}", f"libcublasLt.so.{major}", f"libcublas.so.{major}") for major in (12, 13)}
"""By CUDA's generation."""
FIX = ".venv/bin/pip install --constraint constraints.txt nvidia-cublas-cu12"


def preload() -> str | None:
    """Load CTranslate2's cuBLAS: of the wheel, else of the system. A fault in words, or None."""
    return load_all(FOR_CTRANSLATE2)


def preload_llama() -> None:
    """Load what a CUDA build of llama.cpp needs, where that lies in wheels: compiled with those, or in a bundle."""
    for names in FOR_LLAMA.values():
        if all(map(_in_wheels, names)):
            load_all(names)


def load_all(names: Sequence[str]) -> str | None:
    """Load libraries in this order. A fault in words, or None."""
    for name in names:
        try:
            ctypes.CDLL(str(_in_wheels(name) or name))
        except OSError as error:
            return f"{name} cannot be loaded ({error})"
    return None


def _in_wheels(name: str) -> Path | None:
    """The file of that name in an `nvidia-...` wheel: nvidia/cublas/lib for CUDA 12, nvidia/cu13/lib for 13."""
    spec = importlib.util.find_spec("nvidia")
    folders = spec.submodule_search_locations if spec and spec.submodule_search_locations else ()
    return next((file for folder in folders for file in Path(folder).glob(f"*/lib/{name}")), None)
