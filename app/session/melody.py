"""What a turn model makes of a pause, where there is one: never an error, never late."""

from __future__ import annotations

import logging
from typing import Final

from app.errors import EngineError
from app.interfaces import FloatArray, TurnModel
from app.session.guard import once

log = logging.getLogger(__name__)

LIMIT_S: Final = 0.5
"""Later than that the words have decided."""


async def probability_over(model: TurnModel | None, audio: FloatArray) -> float | None:
    """That nothing more will be said after `(samples,)` of speech; None where nobody can tell in time."""
    if model is None:
        return None
    try:
        return await once("turn", lambda: model.over(audio), LIMIT_S)
    except EngineError as error:
        log.warning("the words alone decide on a turn: %s", error.message)
        return None
