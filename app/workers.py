"""Threads for the engines: a fixed number of workers, one bounded queue, a time limit on each job.

A thread that hangs inside native code cannot be killed, so it is given up and replaced: one bad input costs its caller
an error and everybody else nothing. One that was only slow comes back, and counts no more. A worker is free when its
thread is, not when the awaiting task was cancelled.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from types import TracebackType
from typing import Self, TypeVar, cast

from app.errors import EngineBusyError, EngineError, EngineTimeoutError

log = logging.getLogger(__name__)
T = TypeVar("T")

LOAD_LIMIT_S = 300.0
"""For a model: 3 GB from a slow disk."""
MAX_LOST_THREADS = 8
"""Threads that may hang at once, each replaced, before we call the engine broken: each keeps its memory."""


class _Job:
    """A call on its way through a thread."""

    def __init__(self, call: Callable[[], object], result: asyncio.Future[object]) -> None:
        self.call = call
        self.result = result
        self.limit: asyncio.TimerHandle | None = None


class Workers:
    """`count` daemon threads, at most `queue` jobs waiting, each job at most `limit_s` seconds."""

    def __init__(self, engine: str, count: int, queue: int, limit_s: float) -> None:
        self.engine = engine
        self.count = count
        self.lost = 0
        """Threads that hang now."""
        self._queue = queue
        self._limit_s = limit_s
        self._free: list[_Thread] = []
        self._waiting: deque[_Job] = deque()
        self._last: deque[_Job] = deque()
        self._running: dict[_Thread, _Job] = {}
        self._hung: set[_Thread] = set()

    async def __aenter__(self) -> Self:
        self._fill()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for job in (*self._waiting, *self._last, *self._running.values()):
            job.result.cancel()
            if job.limit:
                job.limit.cancel()
        for thread in (*self._free, *self._running):
            thread.stop()
        self._free, self._running = [], {}
        self._hung.clear()  # one that still comes back finds nothing to do
        self._waiting.clear()
        self._last.clear()

    @property
    def waiting(self) -> int:
        """Jobs without a thread yet."""
        return len(self._waiting) + len(self._last)

    async def run(self, call: Callable[[], T], *, last: bool = False) -> T:
        """The result of `call` from a worker thread, after all that waits if `last`; its own exceptions come through.

        Raises `EngineBusyError` when the queue is full, `EngineTimeoutError` past the limit, `EngineError` while too
        many threads hang.
        """
        if self.lost > MAX_LOST_THREADS:
            raise self._broken()
        if not self._free and self.waiting >= self._queue:
            raise EngineBusyError(self.engine, f"{self.waiting} jobs are waiting already", retry_after_s=1.0)
        job = _Job(call, asyncio.get_running_loop().create_future())
        queue = self._last if last else self._waiting
        queue.append(job)
        self._assign()
        try:
            return cast(T, await job.result)  # the queue holds jobs of any type; this one gives a T
        finally:
            if job in queue:  # cancelled before its turn: its place is free
                queue.remove(job)

    def _assign(self) -> None:
        while self._free and (queue := self._waiting or self._last):
            job = queue.popleft()
            if job.result.done():
                continue
            thread = self._free.pop()
            self._running[thread] = job
            job.limit = asyncio.get_running_loop().call_later(self._limit_s, self._give_up, thread)
            thread.put(job)

    def finished(self, thread: _Thread, value: object, error: BaseException | None) -> None:
        """Called in the loop when a thread is done with its job."""
        job = self._running.pop(thread, None)
        if job is None:
            self._came_back(thread)
            return
        if job.limit:
            job.limit.cancel()
        if not job.result.done():
            if error is None:
                job.result.set_result(value)
            else:
                job.result.set_exception(error)
        self._free.append(thread)
        self._assign()

    def _give_up(self, thread: _Thread) -> None:
        job = self._running.pop(thread)
        self._hung.add(thread)
        self.lost = len(self._hung)
        thread.stop()
        log.error("%s: a worker did not return within %.1f s and was given up", self.engine, self._limit_s)
        if not job.result.done():
            job.result.set_exception(EngineTimeoutError(self.engine, f"no result within {self._limit_s:g} s"))
        if self.lost <= MAX_LOST_THREADS:
            self._fill()
            return
        for waiting in (*self._waiting, *self._last):
            if not waiting.result.done():
                waiting.result.set_exception(self._broken())

    def _came_back(self, thread: _Thread) -> None:
        """A thread that was given up was only slow. It ends by itself; a place that nobody took is taken again."""
        if thread not in self._hung:
            return  # everything was left meanwhile
        self._hung.remove(thread)
        self.lost = len(self._hung)
        log.warning("%s: a worker that was given up came back; %d hang", self.engine, self.lost)
        if self.lost <= MAX_LOST_THREADS:
            self._fill()

    def _fill(self) -> None:
        """As many threads as there should be, beside those that hang."""
        loop = asyncio.get_running_loop()
        missing = self.count - len(self._free) - len(self._running)
        self._free += [_Thread(self, loop) for _ in range(missing)]
        self._assign()

    def _broken(self) -> EngineError:
        return EngineError(self.engine, f"{self.lost} workers hang", fix="Restart Parlor; see its log.")


class _Thread:
    """One daemon thread that takes jobs until it is told to stop."""

    def __init__(self, owner: Workers, loop: asyncio.AbstractEventLoop) -> None:
        self._owner = owner
        self._loop = loop
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        threading.Thread(target=self._run, name=f"parlor-{owner.engine}", daemon=True).start()

    def put(self, job: _Job) -> None:
        self._jobs.put(job)

    def stop(self) -> None:
        self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            value: object = None
            error: BaseException | None = None
            try:
                value = job.call()
            except Exception as raised:  # noqa: BLE001 - it is handed to the awaiting task, which answers it
                error = raised
            try:
                self._loop.call_soon_threadsafe(self._owner.finished, self, value, error)
            except RuntimeError:
                return  # the loop is closed: the process is on its way out
