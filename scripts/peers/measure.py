"""Holds the same calls with every side, one after another, in an order that changes from call to call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import chain, count
from pathlib import Path

from app.bench.calls.call import Call
from app.bench.calls.corpus import Corpus
from app.bench.calls.lines import SIZES
from scripts.peers.caller import REST_S, make_call
from scripts.peers.capture import Outcome
from scripts.peers.load import Load
from scripts.peers.running import Serving
from scripts.peers.sides import STARTER

SETS = ("turns", "pauses")
SEED = 20
"""That of `parlor bench`."""
ENGLISH = {"en": 1.0}
"""The starter models know no other language."""
WARM_CALLS = 1
LOOKS = 20
"""Seconds that a call waits for others at the most."""
STEP, LENGTH = 4, min(SIZES[name] for name in SETS)


def calls(first: int, number: int) -> Iterable[Call]:
    """Calls `first` to `first + number` of each set, the sets in turn. Raises `SetupError` without synthesisers.

    They are counted so that each is another person's, for as long as there are any.
    """
    corpus = Corpus(SEED, ENGLISH)
    return chain.from_iterable((corpus.call(name, place(at)) for name in SETS) for at in range(first, first + number))


def place(number: int) -> int:
    """Where in its set a call stands: four neighbours there are the same person's."""
    lap, at = divmod(number * STEP, LENGTH)
    return at + lap % STEP


async def measured(running: Serving, held: Sequence[Call], calm: float) -> AsyncIterator[Outcome]:
    """Outcomes as they come; the first call with each side is not counted.

    Each call waits a while for others to take no more than `calm` of the processors.
    """
    warm, models = Corpus(SEED + 1, ENGLISH), digest(STARTER)
    for name, line in running.lines.items():
        for at in range(WARM_CALLS):
            await make_call(name, line, warm.call("turns", at))
            await asyncio.sleep(REST_S)
    for turn, call in zip(count(), held, strict=False):
        names = list(running.lines)
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            await _calm(running.pids, calm)
            load = Load(running.pids)
            found = await make_call(name, running.lines[name], call)
            yield replace(found, said=call.text, foreign=round(load.foreign(), 3), models=models)
            await asyncio.sleep(REST_S)


def digest(folder: Path) -> str:
    """A short name for the English starter models."""
    files = sorted(path for part in ("ears", "brain", "voice") for path in (folder / part).iterdir())
    return sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:8]


async def _calm(pids: Sequence[int], most: float) -> None:
    for _ in range(LOOKS if most < 1.0 else 0):
        load = Load(pids)
        await asyncio.sleep(1.0)
        if load.foreign() <= most:
            return
