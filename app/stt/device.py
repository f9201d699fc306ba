"""Where the recogniser runs: CUDA where it works, else the CPU, and how a failure of CUDA looks."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from app.settings import Device

CUDA_TYPES = ("int8_float16", "float16", "int8_float32", "float32")
"""Best first: int8 weights with half-precision sums need half the memory of float16 and hear the same."""
CPU_TYPES = ("int8", "int8_float32", "float32")
MOST_THREADS = 4
"""CTranslate2's own choice, however many cores there are."""
_CUDA_FAULT = re.compile(r"cuda|cublas|cudnn|out of memory|nvrtc", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """A device and CTranslate2's compute type on it."""

    device: Literal["cpu", "cuda"]
    compute_type: str

    def __str__(self) -> str:
        return f"{self.device} {self.compute_type}"


def places(device: Device, compute_type: str, cuda: Collection[str], cpu: Collection[str]) -> tuple[Place, ...]:
    """Where to try, in order; the last is always the CPU.

    `cuda` and `cpu` are the compute types that each supports; `cuda` is empty where there is no such device. A type
    that was asked for holds for the device that was asked for; the CPU as a way out picks its own, and so does one that
    was asked for beside a profile's type for a card.
    """
    own = Place("cpu", compute_type if device == "cpu" and compute_type in cpu else _best(CPU_TYPES, cpu))
    if device == "cpu" or not cuda:
        return (own,)
    return Place("cuda", _best(CUDA_TYPES, cuda) if compute_type == "auto" else compute_type), own


def threads(wanted: int, cores: int, *, starter: bool) -> int:
    """CPU threads of a worker; `wanted` 0 chooses.

    The starter ears get one: their passes are too short to share. A draft took 141 ms with two threads and 92 ms with
    one on a busy machine of two cores, and 84 and 60 ms of processor time.
    """
    return wanted or (1 if starter else min(MOST_THREADS, cores))


def is_cuda_fault(error: BaseException) -> bool:
    """Whether it is the GPU or its libraries that failed, and the CPU may do better."""
    return isinstance(error, RuntimeError) and bool(_CUDA_FAULT.search(str(error)))


def is_full(error: BaseException) -> bool:
    """Whether the GPU had no room, which it may have again in a moment."""
    return isinstance(error, RuntimeError) and "out of memory" in str(error).lower()


def _best(wanted: tuple[str, ...], supported: Collection[str]) -> str:
    return next((t for t in wanted if t in supported), "default")
