"""Reads what the machine is: processor, memory, disk, limits."""

from __future__ import annotations

import json
import os
import platform
import re
import resource
import shutil
import sys
from pathlib import Path

from app.config import ROOT
from app.doctor.rules.machine import Machine

MIB = 1 << 20
BUILD = Path(sys.prefix) / "parlor-install.json"
"""What `make setup` says it built, or `install.sh` that it brought."""
_CPUINFO = Path("/proc/cpuinfo")
_MEMINFO = Path("/proc/meminfo")
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
_CGROUP_USED = Path("/sys/fs/cgroup/memory.current")
_CGROUP_STAT = Path("/sys/fs/cgroup/memory.stat")


def read_machine(models: Path) -> Machine:
    """The machine, with the disk that holds `models`."""
    cpu = _fields(_CPUINFO)
    return Machine(
        python=sys.version_info[:3],
        architecture=platform.machine(),
        processor=cpu.get("model name", platform.processor()),
        features=frozenset(cpu.get("flags", "").split()),
        cores=_cores(),
        disk_free_mb=shutil.disk_usage(models if models.exists() else ROOT).free // MIB,
        open_files=resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    )


def memory_mb() -> tuple[int, int]:
    """All memory that Parlor may use, and what of it is free now, in MiB: the machine's or the container's."""
    told = _fields(_MEMINFO)
    total, free = (_kib(told.get(name, "0 kB")) // 1024 for name in ("MemTotal", "MemAvailable"))
    limit = _number(_CGROUP_LIMIT)
    if limit is None:
        return total, free
    left = (limit - (_number(_CGROUP_USED) or 0) + _cached()) // MIB
    return min(total, limit // MIB), min(free, left)


def is_portable() -> bool:
    """Whether llama.cpp was built for any processor; False where nothing was noted."""
    return _noted("portable")


def is_bundle() -> bool:
    """Whether all came from an archive; False where nothing was noted."""
    return _noted("bundle")


def _noted(name: str) -> bool:
    try:
        return bool(json.loads(BUILD.read_text("utf-8"))[name])
    except (OSError, ValueError, KeyError):
        return False


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _fields(path: Path) -> dict[str, str]:
    """`name: value` lines, the first of each name; empty where there is no such file."""
    found: dict[str, str] = {}
    if path.exists():
        for line in path.read_text("utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            found.setdefault(name.strip(), value.strip())
    return found


def _kib(text: str) -> int:
    return int(text.split()[0])


def _cached() -> int:
    """Bytes that the container's memory holds of files and that are free as soon as somebody wants them."""
    told = _CGROUP_STAT.read_text() if _CGROUP_STAT.exists() else ""
    found = re.search(r"^inactive_file (\d+)$", told, re.MULTILINE)
    return int(found[1]) if found else 0


def _number(path: Path) -> int | None:
    """The number in a file; None where there is none ("max", or no such file)."""
    text = path.read_text().strip() if path.exists() else ""
    return int(text) if text.isdigit() else None
