"""The NVIDIA cards of this machine, asked of the driver itself."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.install.system import this_system

MIB = 1 << 20
NAME_BYTES = 100
# CUdevice_attribute in NVIDIA's cuda.h.
COMPUTE_MAJOR, COMPUTE_MINOR = 75, 76
PCI = Path("/sys/bus/pci/devices")
NVIDIA, DISPLAY = "0x10de", "0x03"
"""PCI vendor, and the class of display controllers."""
MODULE = Path("/sys/module/nvidia/version")


@dataclass(frozen=True, slots=True)
class Card:
    """One card."""

    name: str
    memory_mb: int
    compute: str
    """Compute capability, such as 8.6."""
    driver: str
    """The driver's release, such as 580.65.06; empty where it is not told."""
    cuda: tuple[int, int]
    """The newest CUDA that the driver runs."""


def cards() -> tuple[Card, ...]:
    """The cards that CUDA_VISIBLE_DEVICES shows; none where the driver is missing or does not work."""
    try:
        return _ask(ctypes.CDLL("libcuda.so.1"))
    except OSError:
        return ()


def why_no_card() -> str:
    """Why `cards()` is empty, in words, with the command that mends it."""
    if not on_the_bus():
        return "there is no NVIDIA card in this machine"
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError:
        return f"there is an NVIDIA card, but no driver for it (then restart: {this_system().driver})"
    return "there is an NVIDIA card, but its driver does not answer (try nvidia-smi; a restart helps after an upgrade)"


def idle_card() -> str:
    """What to say of an engine that is on the CPU by itself: that there is a card, or empty."""
    found = cards()
    if found:
        return f"the {found[0].name} is not used"
    return why_no_card() if on_the_bus() else ""


def on_the_bus(pci: Path = PCI) -> bool:
    """Whether an NVIDIA card is in this machine, with or without a driver."""
    return any(
        (device / "vendor").read_text().strip() == NVIDIA and (device / "class").read_text().startswith(DISPLAY)
        for device in pci.glob("*")
        if (device / "vendor").exists() and (device / "class").exists()
    )


def _ask(cuda: ctypes.CDLL) -> tuple[Card, ...]:
    if cuda.cuInit(0):
        return ()
    version = _int(cuda.cuDriverGetVersion)
    found = []
    for device in range(_int(cuda.cuDeviceGetCount)):
        name = ctypes.create_string_buffer(NAME_BYTES)
        cuda.cuDeviceGetName(name, NAME_BYTES, device)
        memory = ctypes.c_size_t()
        cuda.cuDeviceTotalMem_v2(ctypes.byref(memory), device)
        major, minor = (_int(cuda.cuDeviceGetAttribute, what, device) for what in (COMPUTE_MAJOR, COMPUTE_MINOR))
        found.append(
            Card(
                name.value.decode(errors="replace"),
                memory.value // MIB,
                f"{major}.{minor}",
                MODULE.read_text().strip() if MODULE.exists() else "",
                (version // 1000, version % 1000 // 10),
            )
        )
    return tuple(found)


def _int(function: Callable[..., int], *arguments: int) -> int:
    """The integer that a function of the driver writes to its first argument; 0 when it fails."""
    result = ctypes.c_int()
    function(ctypes.byref(result), *arguments)
    return result.value
