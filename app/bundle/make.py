"""Puts a bundle together: the models that are asked for, Parlor itself, its packages, and papers about all of it."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import __version__
from app.bundle import archive, fit, papers, tree
from app.bundle.archive import MIB, Source, check_room
from app.bundle.gather import LLAMA, gather, installed
from app.bundle.models import Chosen, choose
from app.bundle.sbom import sbom
from app.bundle.wheel import Wheel, licence_files
from app.config import ROOT
from app.errors import SetupError
from app.hub.faults import writing
from app.install.plan import Accel
from app.settings import Config

WHEELS_MB = {"cpu": 500, "cuda": 2500}
"""Room for the packages before their size is known: 400 MB measured on the CPU; CUDA's libraries are large."""
FAT32_BYTES = 4 << 30
"""The largest file that a FAT32 stick takes."""
INSTALL = Path(__file__).with_name("install.sh")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    out: Path
    """The archive, or the folder for it."""
    accel: Accel
    native: bool
    """llama.cpp as it is installed here, for this kind of processor only."""
    profile: Path | None
    """The file in config/, or elsewhere, that names the models."""
    models: Sequence[str]
    """Names of further models."""


def make(order: Order, config: Config, say: Callable[[str], None]) -> Path:
    """Write the archive; its path. `say` gets a line per step. Raises `SetupError`."""
    if sys.platform != "linux":
        raise SetupError("a bundle is made on the system that it is for, and that is Linux", fix="Make it on Linux.")
    name = f"parlor-{__version__}-{order.accel}-linux-{platform.machine()}-python{_python()}"
    name += "-native" if order.native else ""
    target = order.out / f"{name}.tar" if order.out.is_dir() else order.out
    say("Checking the models ...")
    chosen = choose(config, order.models, ROOT)
    entries = _parlor(order.profile, chosen)
    for secret in _secrets(entries):
        say(f"Note: {secret} holds a secret (server.token, stt.key or llm.key), and so will the archive.")
    heavy = sum(source.stat().st_size for source in entries.values() if isinstance(source, Path))
    # The packages are there twice for a while: as they were fetched, and in the archive.
    check_room(target.parent, heavy + 2 * WHEELS_MB[order.accel] * MIB)
    with writing(target.parent), tempfile.TemporaryDirectory(prefix=".parlor-bundle-", dir=target.parent) as folder:
        wheels = gather(Path(folder), order.accel, native=order.native, say=say)
        entries |= {f"wheels/{wheel.path.name}": wheel.path for wheel in wheels}
        facts = _facts(order, wheels, heavy)
        entries |= _papers(name, facts, chosen, wheels)
        entries["bundle.txt"] = papers.facts(facts | {"files": str(len(entries) + 1)}).encode()
        size = sum(len(s) if isinstance(s, bytes) else s.stat().st_size for s in entries.values())
        check_room(target.parent, size)
        say(f"Writing {len(wheels)} packages and {len(chosen.models)} models, {size // MIB} MB ...")
        archive.write(target, name, entries)
    if target.stat().st_size >= FAT32_BYTES:
        say("The archive is larger than a FAT32 stick takes: format it as exFAT.")
    return target


def _parlor(profile: Path | None, chosen: Chosen) -> dict[str, Source]:
    """Parlor's own files and the models."""
    files = tree.files(ROOT) | {name for model in chosen.models for name in model.hashes}
    entries: dict[str, Source] = {f"parlor/{file}": ROOT / file for file in files}
    if profile:
        entries[f"parlor/config/{profile.stem}.toml"] = profile
    return entries


def _secrets(entries: Mapping[str, Source]) -> list[Path]:
    """The settings among `entries` that hold a secret."""
    files = [s for name, s in entries.items() if name.startswith("parlor/config/") and isinstance(s, Path)]
    return [file for file in files if tree.has_secret(file)]


def _facts(order: Order, wheels: Sequence[Wheel], heavy: int) -> dict[str, str]:
    """What install.sh asks of a machine, and what it leaves there."""
    machine = platform.machine()
    available = fit.flags(Path("/proc/cpuinfo").read_text("utf-8"))
    return {
        "version": __version__,
        "accel": order.accel,
        "native": "yes" if order.native else "no",
        "profile": order.profile.stem if order.profile else "",
        "python": _python(),
        "architecture": machine,
        "glibc": fit.dotted(max(wheel.glibc for wheel in wheels)),
        "architectures": installed()["architectures"] if order.accel == "cuda" else "",
        "cpu": " ".join(fit.cpu_needs(machine, available, native=order.native)),
        "packages_mb": str(sum(wheel.unpacked for wheel in wheels) // MIB),
        "parlor_mb": str(heavy // MIB),
    }


def _papers(name: str, facts: Mapping[str, str], chosen: Chosen, wheels: Sequence[Wheel]) -> dict[str, Source]:
    """What describes the rest, and what installs it."""
    llama = next(wheel.version for wheel in wheels if wheel.name == LLAMA)
    record = {"accel": facts["accel"], "portable": facts["native"] == "no"}
    record |= {"architectures": facts["architectures"], "llama_cpp": llama, "bundle": True}
    written: dict[str, Source] = {
        "INSTALL.txt": papers.install(name, facts).encode(),
        "LICENCES/README.txt": papers.licences(wheels, chosen.models).encode(),
        "LICENCES/parlor/LICENSE": ROOT / "LICENSE",
        "install.sh": INSTALL,
        "lock.json": (chosen.lock.model_dump_json(indent=1) + "\n").encode(),
        "parlor-install.json": (json.dumps(record, indent=1) + "\n").encode(),
        "sbom.json": sbom(__version__, facts, wheels, chosen.models).encode(),
    }
    for model in chosen.models:
        written[f"LICENCES/models/{model.name}.txt"] = papers.model(model).encode()
    for wheel in wheels:
        files = licence_files(wheel.path).items()
        written |= {f"LICENCES/{wheel.name}/{inside}": content for inside, content in files}
    return written


def _python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"
