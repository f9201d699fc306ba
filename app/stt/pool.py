"""The queue in front of the recogniser's workers: finals, then drafts, then partials, and none that nobody needs.

Each worker has one dispatcher task that takes the next job when the worker is free. A worker is free when its thread
is, so a cancelled caller never makes two jobs run where one should.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from time import monotonic
from types import TracebackType
from typing import Self

from app.errors import EngineBusyError, EngineError
from app.interfaces import SttJob, SttKind, Transcript
from app.settings import SttSettings
from app.workers import MAX_LOST_THREADS, Workers

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Ticket:
    """A job that waits, and where its result goes."""

    job: SttJob
    since: float
    result: asyncio.Future[Transcript | None] = field(compare=False)


class SttPool:
    """`workers` that take any job and `final_workers` that take finals only.

    `transcribe` runs in a worker's thread. `clock` is monotonic, in seconds.
    """

    def __init__(
        self,
        settings: SttSettings,
        transcribe: Callable[[SttJob], Transcript],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.count = settings.workers + settings.final_workers
        self._settings = settings
        self._transcribe = transcribe
        self._clock = clock
        self._workers = Workers("stt", self.count, queue=self.count, limit_s=settings.limit_s)
        self._finals: deque[_Ticket] = deque()
        self._drafts: dict[str, _Ticket] = {}
        self._partials: dict[str, _Ticket] = {}
        self._news = asyncio.Event()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._workers)
            group = await stack.enter_async_context(asyncio.TaskGroup())
            for n in range(self.count):
                dispatcher = group.create_task(self._dispatch(finals_only=n >= self._settings.workers))
                stack.callback(dispatcher.cancel)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Jobs that still wait are cancelled."""
        await self._stack.aclose()
        for ticket in (*self._finals, *self._drafts.values(), *self._partials.values()):
            ticket.result.cancel()

    @property
    def waiting(self) -> int:
        """Finals and drafts without a worker yet: for partials nobody waits."""
        return sum(not t.result.done() for t in (*self._finals, *self._drafts.values()))

    @property
    def broken(self) -> bool:
        """So many workers hang that no job is taken."""
        return self._workers.lost > MAX_LOST_THREADS

    async def run(self, job: SttJob) -> Transcript | None:
        """The transcript; None for a draft or partial that a newer one of its session replaced, or a stale partial.

        Raises `EngineBusyError` when `queue` finals wait already, `EngineTimeoutError`, `EngineError`.
        """
        ticket = _Ticket(job, self._clock(), asyncio.get_running_loop().create_future())
        if job.kind is SttKind.FINAL:
            self._put_final(ticket)
        else:
            _put(self._drafts if job.kind is SttKind.DRAFT else self._partials, ticket)
        self._news.set()
        return await ticket.result

    def commit(self, session: str) -> None:
        """The session's draft, if it still waits, is a final now."""
        if ticket := self._drafts.pop(session, None):
            self._finals.append(ticket)
            self._news.set()

    def _put_final(self, ticket: _Ticket) -> None:
        if sum(not t.result.done() for t in self._finals) >= self._settings.queue:
            raise EngineBusyError("stt", f"{self._settings.queue} utterances are waiting already", retry_after_s=1.0)
        self._finals.append(ticket)

    def _take(self, finals_only: bool) -> _Ticket | None:
        while self._finals:
            ticket = self._finals.popleft()
            if not ticket.result.done():
                return ticket
        while self._drafts and not finals_only:
            ticket = self._drafts.pop(next(iter(self._drafts)))
            if not ticket.result.done():
                return ticket
        while self._partials and not finals_only:
            ticket = self._partials.pop(next(iter(self._partials)))
            if ticket.result.done():
                continue
            if (self._clock() - ticket.since) * 1000 <= self._settings.stale_ms:
                return ticket
            ticket.result.set_result(None)
        return None

    async def _dispatch(self, finals_only: bool) -> None:
        while True:
            ticket = self._take(finals_only)
            if ticket is None:
                self._news.clear()
                await self._news.wait()
                continue
            await self._serve(ticket)

    async def _serve(self, ticket: _Ticket) -> None:
        transcript: Transcript | None = None
        error: EngineError | None = None
        try:
            transcript = await self._workers.run(lambda: self._transcribe(ticket.job))
        except asyncio.CancelledError:
            ticket.result.cancel()  # the pool is closing
            raise
        except EngineError as raised:
            error = raised
        except Exception as raised:  # an engine raises anything: its caller is told, the dispatcher lives on
            log.exception("stt: a job of session %s failed", ticket.job.session)
            error = EngineError("stt", type(raised).__name__)
        if ticket.result.done():
            return  # its caller has gone
        if error:
            ticket.result.set_exception(error)
        else:
            ticket.result.set_result(transcript)


def _put(waiting: dict[str, _Ticket], ticket: _Ticket) -> None:
    """The newer takes the older's place in the queue, or a session that talks on would never be served."""
    older = waiting.get(ticket.job.session)
    if older and not older.result.done():
        older.result.set_result(None)
    waiting[ticket.job.session] = ticket
