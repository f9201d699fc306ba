"""Whether the machine will do: Python, processor, cores, disk, open files. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.doctor.finding import Finding, error, ok, shown, warning
from app.install.llama import PORTABLE_FLAGS

PYTHONS = ((3, 11), (3, 13))
"""Oldest and newest."""
X86 = ("x86_64", "amd64")
SPARE_DISK_MB = 1000
"""For logs, caches and unpacking."""
FILES_OF_SERVER = 100
"""15 were open on the starter models without a card; CUDA opens some tens."""
FILES_OF_SESSION = 2
"""Its socket, and the next one while a client connects anew."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What was read of it."""

    python: tuple[int, int, int]
    architecture: str
    """As `platform.machine()` says."""
    processor: str
    features: frozenset[str]
    """As /proc/cpuinfo names them; empty where it has none."""
    cores: int
    """That this process may use."""
    disk_free_mb: int
    """At the models' folder."""
    open_files: int
    """That this process may have."""


def judge_machine(machine: Machine, *, portable: bool, missing_mb: int, sessions: int) -> Iterator[Finding]:
    """`portable`: llama.cpp was built for any processor. `missing_mb`: what is to be downloaded of the named models."""
    yield _python(machine.python)
    yield _processor(machine, portable=portable)
    yield _cores(machine.cores)
    yield _disk(machine.disk_free_mb, missing_mb)
    yield _open_files(machine.open_files, sessions)


def _python(version: tuple[int, int, int]) -> Finding:
    text = ".".join(map(str, version))
    if PYTHONS[0] <= version[:2] <= PYTHONS[1]:
        return ok("Python", text)
    return error(
        "Python", f"{text}: the libraries are made for 3.11 to 3.13", command="make clean && make run PYTHON=python3.12"
    )


def _processor(machine: Machine, *, portable: bool) -> Finding:
    name = f"{machine.processor or 'unknown'} ({machine.architecture})"
    if machine.architecture.lower() not in X86 or not machine.features:
        return ok("processor", name)
    missing = ", ".join(f.upper() for f in PORTABLE_FLAGS if f not in machine.features)
    if not missing:
        return ok("processor", f"{name} with {' '.join(f.upper() for f in PORTABLE_FLAGS)}")
    if portable:
        return error(
            "processor",
            f"{name} lacks {missing}, which llama.cpp was built for: it would die",
            "Build it for exactly this processor.",
            "make setup PARLOR_PORTABLE=",
        )
    return warning("processor", f"{name} lacks {missing}: models run slowly", "Use a newer processor, or a card.")


def _cores(count: int) -> Finding:
    if count > 1:
        return ok("cores", str(count))
    return warning("cores", "only 1: hearing, thinking and speaking wait for each other", "Give it 2 cores or more.")


def _disk(free_mb: int, missing_mb: int) -> Finding:
    needed = f"{shown(free_mb)} free in models/"
    if missing_mb:
        needed += f", {shown(missing_mb)} to download"
    if free_mb < missing_mb:
        return error("disk", needed, "Free some space, or let models/ be a link to a larger disk.")
    if free_mb < missing_mb + SPARE_DISK_MB:
        return warning("disk", needed, "Free some space.")
    return ok("disk", needed)


def _open_files(limit: int, sessions: int) -> Finding:
    needed = FILES_OF_SERVER + FILES_OF_SESSION * sessions
    if limit >= needed:
        return ok("open files", f"up to {limit}")
    return warning(
        "open files",
        f"only {limit} allowed, {needed} wanted for {sessions} sessions",
        "Raise the limit before the start (LimitNOFILE= in a systemd unit).",
        f"ulimit -n {max(needed, 4096)}",
    )
