"""GPU or CPU: decides what is built and installed, and says why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from app.errors import SetupError
from app.install.card import Card

Accel = Literal["cpu", "cuda"]
Choice = Literal["auto", "cpu", "cuda"]

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""PyTorch's own index of CPU builds (200 MB); what the usual index offers for Linux brings 3 GB of CUDA. With a card
too: no engine runs on torch."""
INDEX_CUDA = (13, 0)
"""The compiler that is taken from the package index."""
OLDEST_CUDA = (12, 0)
"""CTranslate2 4 and llama.cpp need it."""
INDEX_COMPUTE = 7.5
"""CUDA 13 builds for no older cards."""
ANY_CARD = "75;80;86;89;90;120"
"""Compute capabilities from Turing to Blackwell, for a build that is made on a machine without a card."""
UPGRADE = "sudo apt install nvidia-driver-580 (or newer), then restart"


@dataclass(frozen=True, slots=True)
class Toolkit:
    """A CUDA compiler with its libraries."""

    nvcc: str
    root: str
    version: tuple[int, int]
    cublas: bool
    """Whether cuBLAS can be compiled against."""
    driver_stub: bool
    """Whether it can link against the driver where none is installed."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the decision is made from."""

    cards: tuple[Card, ...]
    why_no_card: str
    silent_card: bool
    """Whether there is a card that the driver does not show."""
    toolkits: tuple[Toolkit, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is installed."""

    accel: Accel
    """Of faster-whisper: `cuda` gets cuBLAS."""
    llama: Accel
    """Of llama.cpp's build."""
    toolkit: Toolkit | None
    """llama.cpp's compiler; None with `llama` cuda means the package index's."""
    architectures: str
    """CMake's list of compute capabilities."""
    words: tuple[str, ...]
    """The decision, for the operator."""
    warning: str
    """What falls short of what the machine could do, and what mends it; empty if nothing does."""


def choice(asked: str) -> Choice:
    """`PARLOR_ACCEL`. Raises `SetupError` for anything but auto, cpu and cuda."""
    for known in get_args(Choice):
        if asked == known:
            return known  # type: ignore[no-any-return]  # get_args loses the literal
    raise SetupError(f"PARLOR_ACCEL is {asked!r}", fix="Use PARLOR_ACCEL=auto, PARLOR_ACCEL=cpu or PARLOR_ACCEL=cuda.")


def decide(asked: Choice, machine: Machine) -> Plan:
    """The plan for a machine. Raises `SetupError` when CUDA was asked for and cannot be built."""
    if asked == "cpu":
        return Plan("cpu", "cpu", None, "", ("CPU, as asked for (PARLOR_ACCEL=cpu).",), "")
    if not machine.cards:
        if asked == "auto":
            warning = f"EVERYTHING RUNS ON THE CPU: {machine.why_no_card}" if machine.silent_card else ""
            return Plan("cpu", "cpu", None, "", (f"CPU: {machine.why_no_card}.",), warning)
        toolkit = _usable(machine.toolkits, (99, 0))
        words = f"CUDA, as asked for, for cards of any kind from Turing on: {machine.why_no_card}."
        return Plan("cuda", "cuda", toolkit, ANY_CARD, (words, _compiler(toolkit)), "")
    card = machine.cards[0]
    seen = f"CUDA: {card.name}, {card.memory_mb} MB, driver {card.driver or 'unknown'} (CUDA {_dotted(card.cuda)})."
    toolkit = _usable(machine.toolkits, card.cuda)
    fault = "" if toolkit else _index_fault(card)
    if not fault:
        architectures = ";".join(sorted({c.compute.replace(".", "") for c in machine.cards}, key=int))
        return Plan("cuda", "cuda", toolkit, architectures, (seen, _compiler(toolkit)), "")
    if asked == "cuda":
        raise SetupError(f"llama.cpp cannot be built for {card.name}: {fault}", fix=_mend(card))
    if card.cuda < OLDEST_CUDA:
        return Plan("cpu", "cpu", None, "", (seen,), f"EVERYTHING RUNS ON THE CPU: {fault}. {_mend(card)}")
    return Plan("cuda", "cpu", None, "", (seen,), f"THE LANGUAGE MODEL RUNS ON THE CPU: {fault}. {_mend(card)}")


def _usable(toolkits: tuple[Toolkit, ...], newest: tuple[int, int]) -> Toolkit | None:
    """The first with cuBLAS that is not of a later generation than the driver: within one, CUDA is compatible."""
    return next((t for t in toolkits if t.cublas and t.version >= OLDEST_CUDA and t.version[0] <= newest[0]), None)


def _index_fault(card: Card) -> str:
    """Why the package index's compiler would not do."""
    needed = _dotted(INDEX_CUDA)
    if card.cuda < INDEX_CUDA:
        return (
            f"no nvcc is here, and its driver runs CUDA {_dotted(card.cuda)} where the package index's needs {needed}"
        )
    if float(card.compute) < INDEX_COMPUTE:
        return f"no nvcc is here, and CUDA {needed} has no support for compute capability {card.compute}"
    return ""


def _mend(card: Card) -> str:
    toolkit = "sudo apt install cuda-toolkit-12-9 (from NVIDIA's repository), then make setup PARLOR_ACCEL=cuda"
    return (
        toolkit
        if float(card.compute) < INDEX_COMPUTE
        else f"{UPGRADE}, then make setup PARLOR_ACCEL=cuda; or {toolkit}"
    )


def _compiler(toolkit: Toolkit | None) -> str:
    if toolkit:
        return f"llama.cpp is compiled with {toolkit.nvcc} (CUDA {_dotted(toolkit.version)})."
    return "No nvcc with cuBLAS is here: NVIDIA's compiler comes from the package index (860 MB, no root needed)."


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
