"""How far a turn is worked out before it is over: as far as nobody else has to wait for it. Pure."""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

from app.interfaces import Engines

Wanted = Literal["auto", "off", "stt", "llm", "full"]


class Level(IntEnum):
    """What is drafted in a pause; each includes those before."""

    OFF = 0
    STT = 1
    """What was said."""
    LLM = 2
    """The answer."""
    FULL = 3
    """Its first clause as speech."""


_FIXED: dict[Wanted, Level] = {"off": Level.OFF, "stt": Level.STT, "llm": Level.LLM, "full": Level.FULL}


def level(wanted: Wanted, engines: Engines) -> Level:
    """`wanted`, or with "auto" everything up to the first engine that others wait for already."""
    if wanted != "auto":
        return _FIXED[wanted]
    for reached, engine in enumerate((engines.stt, engines.llm, engines.tts)):
        if engine.info().queue:
            return Level(reached)
    return Level.FULL


def reads_ahead(wanted: Wanted, engines: Engines) -> bool:
    """Whether the model reads what the caller says while it is being said: on a card that takes nothing from others."""
    if wanted != "auto":
        return _FIXED[wanted] >= Level.LLM
    model = engines.llm.info()
    return not model.queue and (model.device != "cpu" or not engines.stt.info().queue)
