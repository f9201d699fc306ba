"""What a measurement ran on: the machine, the engines' versions, the models."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app import __version__
from app.install.card import cards
from app.settings import Config

PACKAGES = ("faster-whisper", "ctranslate2", "llama-cpp-python", "piper-tts", "onnxruntime", "silero-vad")
_CPUINFO = Path("/proc/cpuinfo")


def described(config: Config) -> dict[str, str]:
    """A line each, by name."""
    found = cards()
    return {
        "parlor": __version__,
        "processor": _processor(),
        "cores": str(_cores()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / (1 << 30):.1f} GiB",
        "load": f"{os.getloadavg()[0]:.1f} before it began",
        "graphics": ", ".join(f"{card.name} ({card.memory_mb} MiB)" for card in found) or "none",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        "engines": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
        "ears": f"{Path(config.stt.model).name}, {config.stt.url or f'{config.stt.device}, {config.stt.compute_type}'}",
        "brain": f"{Path(config.llm.model).name}, {config.llm.url or config.llm.device}",
        "voice": ", ".join(Path(voice).stem for voice in config.tts.voices),
    }


def _processor() -> str:
    lines = _CPUINFO.read_text("utf-8", errors="replace").splitlines() if _CPUINFO.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"
