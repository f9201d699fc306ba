"""What the models of a configuration need, and whether the machine and the card have it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.doctor.finding import Finding, error, ok, shown, warning
from app.doctor.rules.models import ModelFacts

PROCESS_MB = 500
"""Python, the libraries and the audio of ten callers: the server on the starter models held 410 to 510 MB
(docs/decisions.md), of which its models are 31."""
CARD_SPARE_MB = 700
"""Beside the models: a CUDA context for each of two libraries, and a little for a screen. An allowance."""
WORKING = 1.2
"""Memory of a model that is in no manifest, for its size on disk. An allowance."""
_SMALLER = "Choose smaller models (parlor models list), or lower session.max_sessions or llm.context_tokens."


@dataclass(frozen=True, slots=True)
class Load:
    """Something that takes memory."""

    what: str
    memory_mb: int
    on_card: bool


def loads(models: Sequence[ModelFacts], cache_mb: int, on_card: Collection[str]) -> tuple[Load, ...]:
    """What `models` take, with the language model's cache if it is here; `on_card`: the settings of what runs there."""
    found = [
        Load(m.name or m.path.rpartition("/")[2], m.memory_mb or round(m.on_disk_mb * WORKING), m.setting in on_card)
        for m in models
        if not m.setting.endswith(".fallback")  # it takes another's place
    ]
    return (*found, *([Load("conversations", cache_mb, "llm.model" in on_card)] if cache_mb else ()))


def judge_memory(loads: Sequence[Load], total_mb: int, available_mb: int) -> Finding:
    """The memory of the machine, against what runs on the CPU."""
    own = [load for load in loads if not load.on_card]
    needed = PROCESS_MB + sum(load.memory_mb for load in own)
    parts = _sum(own, "Parlor itself", PROCESS_MB)
    detail = f"{shown(total_mb)}, {shown(available_mb)} free; {shown(needed)} needed: {parts}"
    if needed > total_mb:
        return error("memory", detail, _SMALLER)
    if needed > available_mb:
        return warning("memory", detail, "Close other programs, or " + _SMALLER[0].lower() + _SMALLER[1:])
    return ok("memory", detail)


def judge_card_memory(loads: Sequence[Load], card_mb: int) -> tuple[Finding, ...]:
    """The memory of the first card, against what runs there; nothing where nothing does."""
    own = [load for load in loads if load.on_card]
    if not own:
        return ()
    needed = CARD_SPARE_MB + sum(load.memory_mb for load in own)
    detail = f"{shown(card_mb)}; {shown(needed)} needed: {_sum(own, 'contexts', CARD_SPARE_MB)}"
    if needed > card_mb:
        return (warning("card memory", detail + ". What does not fit runs ON THE CPU", _SMALLER),)
    return (ok("card memory", detail),)


def _sum(loads: Sequence[Load], other: str, other_mb: int) -> str:
    return " + ".join([*(f"{load.what} {shown(load.memory_mb)}" for load in loads), f"{other} {shown(other_mb)}"])
