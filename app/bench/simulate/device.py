"""A device with a queue in virtual time: so many workers, the most urgent job first, then the oldest."""

from __future__ import annotations

import asyncio


class Job:
    """A place in the queue, then a worker for `service_s`."""

    def __init__(self, rank: int, service_s: float) -> None:
        self.rank = rank
        self.service_s = service_s
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.since = asyncio.get_running_loop().time()


class Device:
    """A worker is busy to the end of its job, also when nobody waits for the result any more."""

    def __init__(self, workers: int) -> None:
        self._free = workers
        self._waiting: list[Job] = []

    def waiting(self, below: int | None = None) -> int:
        """Jobs without a worker yet that somebody waits for; those of a rank `below` that, if given."""
        return sum(not job.done.done() for job in self._waiting if below is None or job.rank < below)

    def put(self, rank: int, service_s: float) -> Job:
        """A job of so many seconds; the smaller `rank`, the sooner. Await its `done`."""
        job = Job(rank, service_s)
        self._waiting.append(job)
        self._assign()
        return job

    def waits(self, job: Job) -> bool:
        """Whether no worker has it yet."""
        return job in self._waiting

    def _assign(self) -> None:
        self._waiting = [job for job in self._waiting if not job.done.done()]
        while self._free and self._waiting:
            job = min(self._waiting, key=lambda each: each.rank)
            self._waiting.remove(job)
            self._free -= 1
            asyncio.get_running_loop().call_later(job.service_s, self._finish, job)

    def _finish(self, job: Job) -> None:
        self._free += 1
        if not job.done.done():
            job.done.set_result(None)
        self._assign()
