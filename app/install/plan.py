"""GPU or CPU: decides what is built and installed, and says why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from app.errors import SetupError
from app.install.card import Card
from app.install.system import System

Accel = Literal["cpu", "cuda"]
Choice = Literal["auto", "cpu", "cuda"]

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
"""PyTorch's own index of CPU builds (200 MB); what the usual index offers for Linux brings 3 GB of CUDA. With a card
too: no engine runs on torch."""
INDEX_CUDA = (13, 0)
"""The compiler that is taken from the package index."""
OLDEST_CUDA = (12, 0)
"""CTranslate2 4 and llama.cpp need it."""
BLACKWELL, BLACKWELL_CUDA = 10.0, (12, 8)
"""Compute capability of the newest cards, and the oldest compiler that knows them."""
INDEX_COMPUTE = 7.5
"""CUDA 13 builds for no older cards."""
ANY_CARD = "75;80;86;89;90;120"
"""Compute capabilities from Turing to Blackwell, for a build that is made on a machine without a card."""


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
    system: System


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


def decide(asked: Choice, machine: Machine, *, portable: bool = False) -> Plan:
    """The plan for a machine, or with `portable` for others like it.

    Raises `SetupError` when CUDA was asked for and cannot be built.
    """
    if asked == "cpu":
        return Plan("cpu", "cpu", None, "", ("CPU, as asked for (PARLOR_ACCEL=cpu).",), "")
    if not machine.cards:
        if asked == "auto":
            warning = f"EVERYTHING RUNS ON THE CPU: {machine.why_no_card}" if machine.silent_card else ""
            return Plan("cpu", "cpu", None, "", (f"CPU: {machine.why_no_card}.",), warning)
        toolkit = next((t for t in machine.toolkits if t.cublas and t.version >= BLACKWELL_CUDA), None)
        words = f"CUDA, as asked for, for cards of any kind from Turing on: {machine.why_no_card}."
        return Plan("cuda", "cuda", toolkit, ANY_CARD, (words, _compiler(toolkit)), "")
    card = machine.cards[0]
    seen = f"CUDA: {card.name}, {card.memory_mb} MB, driver {card.driver or 'unknown'} (CUDA {_dotted(card.cuda)})."
    newest = portable or any(float(each.compute) >= BLACKWELL for each in machine.cards)
    toolkit = _usable(machine.toolkits, card, BLACKWELL_CUDA if newest else OLDEST_CUDA)
    fault = "" if toolkit else _index_fault(card)
    if not fault:
        own = ";".join(sorted({c.compute.replace(".", "") for c in machine.cards}, key=int))
        architectures = ANY_CARD if portable else own
        return Plan("cuda", "cuda", toolkit, architectures, (seen, _compiler(toolkit)), "")
    mend = _mend(card, machine.system)
    if asked == "cuda":
        raise SetupError(f"llama.cpp cannot be built for {card.name}: {fault}", fix=mend)
    if card.cuda < OLDEST_CUDA:
        return Plan("cpu", "cpu", None, "", (seen,), f"EVERYTHING RUNS ON THE CPU: {fault}. {mend}")
    return Plan("cuda", "cpu", None, "", (seen,), f"THE LANGUAGE MODEL RUNS ON THE CPU: {fault}. {mend}")


def _usable(toolkits: tuple[Toolkit, ...], card: Card, oldest: tuple[int, int]) -> Toolkit | None:
    """The first with cuBLAS, not older than that, and of no later generation than the card's driver."""
    newest = card.cuda[0] if float(card.compute) >= INDEX_COMPUTE else min(card.cuda[0], INDEX_CUDA[0] - 1)
    return next((t for t in toolkits if t.cublas and t.version >= oldest and t.version[0] <= newest), None)


def _index_fault(card: Card) -> str:
    """Why the package index's compiler would not do."""
    needed = _dotted(INDEX_CUDA)
    if card.cuda < INDEX_CUDA:
        has = _dotted(card.cuda)
        return f"no fitting nvcc is here, and its driver runs CUDA {has} where the package index's needs {needed}"
    if float(card.compute) < INDEX_COMPUTE:
        return f"no fitting nvcc is here, and CUDA {needed} has no support for compute capability {card.compute}"
    return ""


def _mend(card: Card, system: System) -> str:
    """Commands, a line each."""
    again = "make setup PARLOR_ACCEL=cuda"
    if float(card.compute) < INDEX_COMPUTE:
        return f"Install CUDA 12:\n  {system.toolkit}\n  {again}"
    return (
        f"Install a newer driver and restart:\n  {system.driver}\n  {again}\n"
        f"or a compiler for this driver:\n  {system.toolkit}\n  {again}"
    )


def _compiler(toolkit: Toolkit | None) -> str:
    if toolkit:
        return f"llama.cpp is compiled with {toolkit.nvcc} (CUDA {_dotted(toolkit.version)})."
    return "No nvcc with cuBLAS is here: NVIDIA's compiler comes from the package index (860 MB, no root needed)."


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
