"""How much of the processor programs that are not measured take meanwhile. Known on Linux only.

Those that give way to all others (`nice`) are not counted.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

_STAT = Path("/proc/stat")
_NOT = (1, 3, 4)
"""Fields of /proc/stat after its name: programs that give way to others, idle, and waiting for a disk."""
_GUEST = 8
"""From here on what is counted in others already."""
_USER, _SYSTEM = 11, 12
"""Fields of /proc/PID/stat after the name in brackets."""


class Load:
    """From its making on."""

    def __init__(self, pids: Sequence[int]) -> None:
        """`pids` and this process are what is measured."""
        self._pids = (os.getpid(), *pids)
        self._began = time.monotonic()
        self._before = self._foreign_s()

    def foreign(self) -> float:
        """Share of all processors that others have taken since; 0 where that is not known."""
        whole = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        return max(0.0, self._foreign_s() - self._before) / max(whole, 1e-9)

    def _foreign_s(self) -> float:
        if not _STAT.exists():
            return 0.0
        ticks = [int(field) for field in _STAT.read_text("ascii").splitlines()[0].split()[1:]][:_GUEST]
        busy = sum(ticks) - sum(ticks[field] for field in _NOT)
        return (busy - sum(map(_own, self._pids))) / os.sysconf("SC_CLK_TCK")


def _own(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[_USER]) + int(fields[_SYSTEM])
