"""The queue: order, replacement, staleness, bounds; a worker is free when its thread is. Scripted recogniser."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from app.errors import EngineBusyError, EngineError, EngineTimeoutError
from app.interfaces import SttJob, SttKind, Transcript
from app.stt.pool import SttPool

AUDIO = np.zeros(160, np.float32)


class Ears:
    """Each job waits until it is let go, then gives what the script says."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.gates: dict[str, threading.Event] = {}
        self.faults: dict[str, Exception] = {}
        self.now = 100.0

    def hear(self, job: SttJob) -> Transcript:
        self.started.append(job.session)
        self.gates.setdefault(job.session, threading.Event()).wait(5)
        if fault := self.faults.get(job.session):
            raise fault
        return Transcript(job.session, "en", 0.0, 10)

    def let(self, *sessions: str) -> None:
        for session in sessions:
            self.gates.setdefault(session, threading.Event()).set()

    def clock(self) -> float:
        return self.now


@asynccontextmanager
async def opened(ears: Ears, settings, **values: object) -> AsyncIterator[SttPool]:
    async with SttPool(settings(**{"workers": 1, "queue": 3, **values}), ears.hear, ears.clock) as pool:
        try:
            yield pool
        finally:
            ears.let(*ears.started, *"abcdefgh")


def final(session: str) -> SttJob:
    return SttJob(session, SttKind.FINAL, AUDIO)


def draft(session: str) -> SttJob:
    return SttJob(session, SttKind.DRAFT, AUDIO)


def partial(session: str) -> SttJob:
    return SttJob(session, SttKind.PARTIAL, AUDIO)


async def until(condition, limit_s: float = 2.0) -> None:
    async with asyncio.timeout(limit_s):
        while not condition():  # noqa: ASYNC110 - it looks at what another thread wrote
            await asyncio.sleep(0.001)


async def test_finals_go_before_partials(settings) -> None:
    ears = Ears()
    async with opened(ears, settings) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(partial("a")))
        await until(lambda: ears.started == ["a"])
        for job in (partial("b"), partial("c"), final("d"), final("e")):
            group.create_task(pool.run(job))
        await until(lambda: pool.waiting == 2)
        ears.let(*"abcde")
        await until(lambda: len(ears.started) == 5)
        assert ears.started == ["a", "d", "e", "b", "c"]


async def test_drafts_go_between_them_and_a_committed_one_is_a_final(settings) -> None:
    ears = Ears()
    async with opened(ears, settings) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(final("a")))
        await until(lambda: ears.started == ["a"])
        for job in (partial("b"), draft("c"), draft("d"), final("e")):
            group.create_task(pool.run(job))
        await until(lambda: pool.waiting == 3)
        pool.commit("d")
        pool.commit("nobody")
        assert pool.waiting == 3
        ears.let(*"abcde")
        await until(lambda: len(ears.started) == 5)
        assert ears.started == ["a", "e", "d", "c", "b"]


async def test_a_committed_draft_wakes_a_worker_that_takes_finals_only(settings) -> None:
    ears = Ears()
    async with opened(ears, settings, final_workers=1) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(draft("a")))
        await until(lambda: ears.started == ["a"])
        group.create_task(pool.run(draft("b")))
        await until(lambda: pool.waiting == 1)
        pool.commit("b")
        await until(lambda: ears.started == ["a", "b"])


async def test_a_newer_draft_takes_the_olders_place(settings) -> None:
    ears = Ears()
    async with opened(ears, settings) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(final("a")))
        await until(lambda: ears.started == ["a"])
        older = group.create_task(pool.run(draft("b")))
        await until(lambda: pool.waiting == 1)
        newer = group.create_task(pool.run(draft("b")))
        assert await older is None
        ears.let("a", "b")
        assert (await newer).text == "b"


async def test_a_newer_partial_takes_the_olders_place(settings) -> None:
    ears = Ears()
    async with opened(ears, settings) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(final("a")))
        await until(lambda: ears.started == ["a"])
        first, _, third = (group.create_task(pool.run(partial(s))) for s in ("b", "c", "b"))
        assert await first is None
        ears.let(*"abc")
        assert (await third).text == "b"
        assert ears.started[:2] == ["a", "b"]


async def test_a_final_is_never_replaced(settings) -> None:
    ears = Ears()
    async with opened(ears, settings) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(final("a")))
        await until(lambda: ears.started == ["a"])
        jobs = [group.create_task(pool.run(job)) for job in (final("b"), final("b"), partial("b"))]
        await until(lambda: pool.waiting == 2)
        ears.let(*"ab")
        assert [(await job).text for job in jobs] == ["b", "b", "b"]


async def test_a_stale_partial_is_dropped(settings) -> None:
    ears = Ears()
    async with opened(ears, settings, stale_ms=1500) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(final("a")))
        await until(lambda: ears.started == ["a"])
        old = group.create_task(pool.run(partial("b")))
        await asyncio.sleep(0)
        ears.now += 1.0
        young = group.create_task(pool.run(partial("c")))
        await asyncio.sleep(0)
        ears.now += 0.6
        ears.let("a", "c")
        assert await old is None
        assert (await young).text == "c"
        assert ears.started == ["a", "c"]


async def test_too_many_finals_are_refused_and_partials_are_not(settings) -> None:
    ears = Ears()
    async with opened(ears, settings) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(final("a")))
        await until(lambda: ears.started == ["a"])
        for session in "bcd":
            group.create_task(pool.run(final(session)))
        group.create_task(pool.run(partial("e")))
        await until(lambda: pool.waiting == 3)
        with pytest.raises(EngineBusyError) as refused:
            await pool.run(final("f"))
        assert refused.value.retry_after_s
        ears.let(*"abcde")


async def test_cancelled_finals_make_room(settings) -> None:
    ears = Ears()
    async with opened(ears, settings) as pool, asyncio.TaskGroup() as group:
        group.create_task(pool.run(final("a")))
        await until(lambda: ears.started == ["a"])
        gone = [group.create_task(pool.run(final(s))) for s in "bcd"]
        await until(lambda: pool.waiting == 3)
        for task in gone:
            task.cancel()
        await until(lambda: pool.waiting == 0)
        last = group.create_task(pool.run(final("e")))
        ears.let("a", "e")
        assert (await last).text == "e"
        assert ears.started == ["a", "e"]


async def test_a_worker_is_busy_until_its_thread_is_done(settings) -> None:
    ears = Ears()
    async with opened(ears, settings) as pool, asyncio.TaskGroup() as group:
        gone = group.create_task(pool.run(final("a")))
        await until(lambda: ears.started == ["a"])
        gone.cancel()
        next_one = group.create_task(pool.run(final("b")))
        await until(lambda: pool.waiting == 1)
        await asyncio.sleep(0.02)
        assert ears.started == ["a"]
        ears.let("a", "b")
        assert (await next_one).text == "b"


async def test_final_workers_take_no_partials(settings) -> None:
    ears = Ears()
    async with opened(ears, settings, workers=1, final_workers=1) as pool, asyncio.TaskGroup() as group:
        assert pool.count == 2
        group.create_task(pool.run(partial("a")))
        group.create_task(pool.run(partial("b")))
        await until(lambda: len(ears.started) == 1)
        group.create_task(pool.run(final("c")))
        await until(lambda: len(ears.started) == 2)
        assert ears.started == ["a", "c"]
        assert pool.waiting == 0, "live text is waited for by nobody"
        ears.let(*"abc")


async def test_an_exception_is_named_and_the_worker_lives(settings, caplog) -> None:
    ears = Ears()
    ears.faults = {"a": IndexError("of the engine"), "b": EngineError("stt", "named")}
    ears.let(*"abc")
    async with opened(ears, settings) as pool:
        with pytest.raises(EngineError, match="IndexError"):
            await pool.run(final("a"))
        assert "session a" in caplog.text
        with pytest.raises(EngineError, match="named"):
            await pool.run(final("b"))
        assert (await pool.run(final("c"))).text == "c"


async def test_a_hanging_job_costs_its_caller_an_error_and_nobody_else(settings) -> None:
    ears = Ears()
    async with opened(ears, settings, limit_s=0.05) as pool:
        with pytest.raises(EngineTimeoutError):
            await pool.run(final("a"))
        ears.let("b")
        assert (await pool.run(final("b"))).text == "b"


async def test_leaving_cancels_what_waits_and_lets_errors_through(settings) -> None:
    ears = Ears()
    tasks: list[asyncio.Task[Transcript | None]] = []

    async def fail_inside(group: asyncio.TaskGroup) -> None:
        async with opened(ears, settings) as pool:
            tasks.extend(group.create_task(pool.run(final(s))) for s in "ab")
            tasks.append(group.create_task(pool.run(partial("c"))))
            await until(lambda: pool.waiting == 1)
            raise KeyError

    async with asyncio.TaskGroup() as group:
        with pytest.raises(KeyError):
            await fail_inside(group)
    assert all(task.cancelled() for task in tasks)
