"""What every call costs beside the engines: a session that is opened, a turn that is counted, a reply that is cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress
from time import perf_counter

from app.bench.stages.conversations import hosted
from app.bench.stages.measured import Measured
from app.bench.stages.targets import METRIC, READY, STOPPED
from app.client.connection import connected
from app.compose import parts_of, warmed
from app.errors import EngineError
from app.interfaces import Engines
from app.metrics import Metrics
from app.session.store import Sessions
from app.session.timeline import MARKS
from app.settings import Config
from app.wire.codec import AudioFrame
from app.wire.incoming import Options
from app.wire.messages import EndReason, Outgoing

OPENED, COUNTED = 50, 500
_ASKED = "what is on the menu"
_ANSWER_S = 30.0


class _Nowhere:
    """An `Outlet` without a network behind it."""

    def tell(self, message: Outgoing, at_ms: int) -> None:
        """Told to nobody."""

    def audio(self, frame: AudioFrame) -> None:
        """Heard by nobody."""

    def has_room(self) -> bool:
        return True

    def is_sent(self) -> bool:
        return True

    def drop(self, turn: int) -> None:
        """There is nothing to drop."""


async def measured(config: Config, stops: int) -> AsyncIterator[Measured]:
    """Sessions opened on the engines of `config`, turns counted, replies cut. Raises `SetupError`, `EngineError`."""
    opened_ms = list[float]()
    async with warmed(config) as engines:
        async with Sessions[_Nowhere](parts_of(config, engines)) as sessions:
            for _ in range(OPENED):
                began = perf_counter()
                entry = await sessions.open(Options(), _Nowhere())
                opened_ms.append((perf_counter() - began) * 1000)
                entry.session.end(EndReason.CLOSED)
                await entry.ended.wait()
            page_ms = _repeated(sessions.parts.metrics, lambda metrics: metrics.text(engines))
        stopped_ms = await _stopped(config, engines, stops)
    yield Measured("upkeep", "server", READY, "ms", tuple(opened_ms))
    yield Measured("upkeep", "server", METRIC, "ms", tuple(_repeated(Metrics(), _count)))
    yield Measured("upkeep", "server", "page of metrics", "ms", tuple(page_ms))
    yield Measured("upkeep", "server", STOPPED, "ms", tuple(stopped_ms))


async def _stopped(config: Config, engines: Engines, stops: int) -> list[float]:
    """How long a caller on the socket waits for `reply.stop` who takes the turn in writing, while the engines work: the
    way of the message counts too, and nothing else comes before the decision."""
    took_ms, cut_at = list[float](), None
    clock = asyncio.get_running_loop().time
    async with (
        hosted(config, engines) as url,
        connected(url, "") as line,
        aclosing(line.incoming()) as incoming,
    ):
        with suppress(TimeoutError):
            async with asyncio.timeout(_ANSWER_S) as limit:
                await line.send("text", text=_ASKED)
                async for each in incoming:
                    if isinstance(each, AudioFrame):
                        if cut_at is None:
                            cut_at = perf_counter()
                            await line.send("text", text=_ASKED)
                    elif each["type"] == "reply.stop" and cut_at is not None:
                        took_ms.append((perf_counter() - cut_at) * 1000)
                        cut_at = None
                        limit.reschedule(clock() + _ANSWER_S)
                        if len(took_ms) == stops:
                            break
    if len(took_ms) < stops:
        raise EngineError("bench", f"no answer came within {_ANSWER_S:g} s, or the call ended")
    return took_ms


def _repeated(metrics: Metrics, work: Callable[[Metrics], object]) -> list[float]:
    took_ms = list[float]()
    for _ in range(COUNTED):
        began = perf_counter()
        work(metrics)
        took_ms.append((perf_counter() - began) * 1000)
    return took_ms


def _count(metrics: Metrics) -> None:
    metrics.timeline({mark: 100 * place for place, mark in enumerate(MARKS)})
