"""Runs the configured speech detector over calls, several at once, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from itertools import islice

from app.audio import level_dbfs
from app.bench.calls.call import Call
from app.bench.endpoint.heard import Heard, frames, heard
from app.compose import assembled
from app.errors import EngineError
from app.interfaces import FRAME_SAMPLES, Vad
from app.settings import Config, VadSettings

_TOGETHER = 16
"""Calls in the detector's batch; their audio takes about 10 MB."""
_AT_ONCE = 32
"""Frames of each in one job, about a second: jobs have a time limit, and the machine may be busy."""


def hear(calls: Iterable[Call], config: Config) -> list[Heard]:
    """What the detector of `config` hears of each call; their audio is let go. Raises `EngineError`."""
    return asyncio.run(_hear(calls, config))


async def _hear(calls: Iterable[Call], config: Config) -> list[Heard]:
    found, rest = list[Heard](), iter(calls)
    vad = assembled(config).vad
    async with vad:
        while batch := list(islice(rest, _TOGETHER)):
            found += await _batch(batch, vad, config.vad)
    return found


async def _batch(calls: Sequence[Call], vad: Vad, settings: VadSettings) -> list[Heard]:
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_one(call, vad, settings)) for call in calls]
    except* EngineError as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]


async def _one(call: Call, vad: Vad, settings: VadSettings) -> Heard:
    whole = call.audio[: len(call.audio) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    stream, probabilities = vad.open(), list[float]()
    for start in range(0, len(whole), _AT_ONCE):
        probabilities += (await stream.probabilities(whole[start : start + _AT_ONCE])).tolist()
    return heard(call, frames(probabilities, [level_dbfs(frame) for frame in whole], settings))
