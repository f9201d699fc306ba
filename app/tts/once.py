"""Work that several wait for at the same time is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(eq=False, slots=True)
class _Flight(Generic[T]):
    """Work on its way, and who waits for it."""

    draft: bool
    waiters: set[asyncio.Future[T]] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """One; two when somebody who is waited for came after a draft."""

    def cancel(self) -> None:
        for task in self.tasks:
            task.cancel()


class Once(Generic[K, T]):
    """Shares work by key. Its tasks live in `tasks`."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._flights: dict[K, _Flight[T]] = {}

    async def run(self, key: K, work: Callable[[], Coroutine[Any, Any, T]], *, draft: bool, queued: bool) -> T:
        """The result of `work`, or of the same work begun for another; what it raises comes through.

        Who is no `draft` does not wait for one that is `queued` behind others: the work is begun anew, and the first
        to end serves all. Work that nobody waits for any more is cancelled.
        """
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(draft)
            self._begin(key, flight, work)
        elif flight.draft and not draft and queued:
            flight.draft = False
            self._begin(key, flight, work)
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        flight.waiters.add(waiter)
        try:
            return await waiter
        finally:
            flight.waiters.discard(waiter)
            if not flight.waiters:
                self._forget(key, flight)
                flight.cancel()

    def close(self) -> None:
        """Cancel all who wait, and what they wait for."""
        for flight in self._flights.values():
            for waiter in flight.waiters:
                waiter.cancel()
            flight.cancel()

    def _begin(self, key: K, flight: _Flight[T], work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        flight.tasks.add(self._tasks.create_task(self._do(key, flight, work)))

    async def _do(self, key: K, flight: _Flight[T], work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        task = asyncio.current_task()
        assert task
        try:
            value = await work()
        except Exception as raised:  # noqa: BLE001 - it is handed to those who wait, who answer it
            error = raised
            flight.tasks.discard(task)
            if not flight.tasks:  # else the other attempt may still succeed
                self._settle(key, flight, lambda waiter: waiter.set_exception(error))
        else:
            flight.tasks.discard(task)
            self._settle(key, flight, lambda waiter: waiter.set_result(value))
            flight.cancel()

    def _settle(self, key: K, flight: _Flight[T], settle: Callable[[asyncio.Future[T]], None]) -> None:
        self._forget(key, flight)
        for waiter in flight.waiters:
            if not waiter.done():
                settle(waiter)

    def _forget(self, key: K, flight: _Flight[T]) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
