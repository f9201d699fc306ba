"""What engines of one small model have in common: loaded when entered, ready when they have run once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Generic, Self, TypeVar

from app.errors import EngineError
from app.interfaces import EngineState
from app.workers import MAX_LOST_THREADS, Workers

M = TypeVar("M")


class Resident(Generic[M]):
    """A model, `load`ed in one of `workers`."""

    def __init__(self, workers: Workers, load: Callable[[], M]) -> None:
        self.workers = workers
        self._state = EngineState.LOADING
        self._load = load
        self._exit = AsyncExitStack()
        self._model: M | None = None

    @property
    def state(self) -> EngineState:
        """Failed as well while too many of its threads hang."""
        return EngineState.FAILED if self.workers.lost > MAX_LOST_THREADS else self._state

    @property
    def model(self) -> M:
        """Only inside."""
        assert self._model is not None
        return self._model

    async def __aenter__(self) -> Self:
        """Load the model. Raises `EngineError`."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.workers)
            try:
                self._model = await self.workers.run(self._load)
            except EngineError:
                self._state = EngineState.FAILED
                raise
            self._exit = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exit.aclose()
        self._model = None

    async def warmed_by(self, run: Callable[[], Awaitable[object]]) -> None:
        """Ready when `run` has succeeded. Raises `EngineError`."""
        try:
            await run()
        except EngineError:
            self._state = EngineState.FAILED
            raise
        self._state = EngineState.READY
