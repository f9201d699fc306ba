"""What every call costs beside the engines: a session that is opened, a turn that is counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from time import perf_counter

from app.bench.stages.measured import Measured
from app.bench.stages.targets import METRIC, READY
from app.compose import parts_of, warmed
from app.metrics import Metrics
from app.session.store import Sessions
from app.session.timeline import MARKS
from app.settings import Config
from app.wire.codec import AudioFrame
from app.wire.incoming import Options
from app.wire.messages import EndReason, Outgoing

OPENED, COUNTED = 50, 500


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


async def measured(config: Config) -> AsyncIterator[Measured]:
    """Sessions opened on the engines of `config`, and turns counted. Raises `SetupError`, `EngineError`."""
    opened_ms = list[float]()
    async with warmed(config) as engines, Sessions[_Nowhere](parts_of(config, engines)) as sessions:
        for _ in range(OPENED):
            began = perf_counter()
            entry = await sessions.open(Options(), _Nowhere())
            opened_ms.append((perf_counter() - began) * 1000)
            entry.session.end(EndReason.CLOSED)
            await entry.ended.wait()
        page_ms = _repeated(sessions.parts.metrics, lambda metrics: metrics.text(engines))
    yield Measured("upkeep", "server", READY, "ms", tuple(opened_ms))
    yield Measured("upkeep", "server", METRIC, "ms", tuple(_repeated(Metrics(), _count)))
    yield Measured("upkeep", "server", "page of metrics", "ms", tuple(page_ms))


def _repeated(metrics: Metrics, work: Callable[[Metrics], object]) -> list[float]:
    took_ms = list[float]()
    for _ in range(COUNTED):
        began = perf_counter()
        work(metrics)
        took_ms.append((perf_counter() - began) * 1000)
    return took_ms


def _count(metrics: Metrics) -> None:
    metrics.timeline({mark: 100 * place for place, mark in enumerate(MARKS)})
