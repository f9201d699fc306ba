"""Which distribution this is, and its commands for NVIDIA's driver and compiler."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

OS_RELEASE = Path("/etc/os-release")
_REPOSITORY = "https://developer.download.nvidia.com/compute/cuda/repos"
"""NVIDIA's own: Debian's driver is older than the package index's compiler needs (535 in Debian 12, 550 in 13)."""
_KEYRING = "cuda-keyring_1.1-1_all.deb"


@dataclass(frozen=True, slots=True)
class System:
    """A Linux distribution, by the names in its os-release file."""

    name: str
    version: str

    @property
    def driver(self) -> str:
        """The command that installs a driver which runs CUDA 13."""
        if self.name == "ubuntu":
            return "sudo apt install nvidia-driver-580"
        if self.name == "debian":
            return f"{self._repository} && sudo apt install cuda-drivers"
        return "# NVIDIA's driver 580 or newer, as your distribution offers it"

    @property
    def toolkit(self) -> str:
        """The command that installs a compiler which runs with drivers from 525 on and knows older cards."""
        if self.name in ("debian", "ubuntu"):
            return f"{self._repository} && sudo apt install cuda-toolkit-12-9"
        return "# NVIDIA's CUDA toolkit 12, as your distribution offers it"

    @property
    def _repository(self) -> str:
        url = f"{_REPOSITORY}/{self.name}{self.version.replace('.', '')}/x86_64/{_KEYRING}"
        return f"wget {url} && sudo dpkg -i {_KEYRING} && sudo apt update"


def this_system(file: Path = OS_RELEASE) -> System:
    """The distribution that os-release names; empty names where there is none."""
    text = file.read_text("utf-8") if file.exists() else ""
    fields = dict(re.findall(r'^(ID|VERSION_ID)="?([^"\n]*)', text, re.MULTILINE))
    return System(fields.get("ID", ""), fields.get("VERSION_ID", ""))
