"""Threads for the engines: order, bounds, limits, and what a hanging call costs."""

import asyncio
import threading

import pytest

from app import workers
from app.errors import EngineBusyError, EngineError, EngineTimeoutError
from app.workers import Workers

ENGINE = "test-engine"
LONG = 30.0


def threads():
    return [t for t in threading.enumerate() if t.name == f"parlor-{ENGINE}"]


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - threads end without telling the loop
            await asyncio.sleep(0.005)


@pytest.fixture
def hold():
    """What hanging calls wait for; let go at the end, so that no thread outlives its test."""
    event = threading.Event()
    yield event
    event.set()
    for thread in threads():
        thread.join(5)
    assert not threads()


def pool(count=1, queue=8, limit_s=LONG):
    return Workers(ENGINE, count, queue, limit_s)


async def test_results_and_exceptions_come_through(hold):
    def fails():
        raise KeyError("mine")

    async with pool() as work:
        assert await work.run(lambda: 6 * 7) == 42
        with pytest.raises(KeyError, match="mine"):
            await work.run(fails)
        assert await work.run(lambda: threading.current_thread().daemon)


async def test_jobs_start_in_their_order(hold):
    started = []
    async with pool() as work, asyncio.TaskGroup() as group:
        group.create_task(work.run(hold.wait))
        for number in range(5):
            group.create_task(work.run(lambda n=number: started.append(n)))
        await until(lambda: work.waiting == 5)
        hold.set()
    assert started == [0, 1, 2, 3, 4]


async def test_what_is_last_waits_for_all_others(hold):
    started = []
    async with pool() as work, asyncio.TaskGroup() as group:
        group.create_task(work.run(hold.wait))
        for number, last in enumerate((True, False, True, False)):
            group.create_task(work.run(lambda n=number: started.append(n), last=last))
        await until(lambda: work.waiting == 4)
        hold.set()
    assert started == [1, 3, 0, 2]


async def test_as_many_at_once_as_there_are_workers(hold):
    both = threading.Barrier(2, timeout=5)
    async with pool(count=2) as work, asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(work.run(both.wait))
    assert both.n_waiting == 0


async def test_a_full_queue_is_busy(hold):
    async with pool(queue=1) as work, asyncio.TaskGroup() as group:
        group.create_task(work.run(hold.wait))
        group.create_task(work.run(hold.wait))
        await until(lambda: work.waiting == 1)
        with pytest.raises(EngineBusyError) as caught:
            await work.run(lambda: None)
        assert caught.value.retry_after_s
        hold.set()


async def test_no_queue_still_serves_a_free_worker(hold):
    async with pool(queue=0) as work:
        assert await work.run(lambda: 1) == 1


async def test_a_hanging_call_costs_only_its_caller(hold):
    async with pool(limit_s=0.05) as work:
        with pytest.raises(EngineTimeoutError):
            await work.run(hold.wait)
        assert work.lost == 1
        assert await work.run(lambda: "next") == "next"
        hold.set()  # what the lost thread says now is of no interest, but that it came back is
        await until(lambda: len(threads()) == 1)
        await until(lambda: work.lost == 0)
        assert await work.run(lambda: "again") == "again"
        assert len(threads()) == 1


async def test_a_cancelled_waiter_frees_its_worker_only_when_the_call_is_done(hold):
    async with pool() as work, asyncio.TaskGroup() as group:
        first = group.create_task(work.run(hold.wait))
        second = group.create_task(work.run(lambda: "second"))
        await until(lambda: work.waiting == 1)
        first.cancel()
        await asyncio.sleep(0.05)
        assert not second.done()
        hold.set()
        assert await second == "second"


async def test_a_call_whose_waiter_hung_up_can_still_hang(hold):
    async with pool(limit_s=0.05) as work, asyncio.TaskGroup() as group:
        first = group.create_task(work.run(hold.wait))
        await asyncio.sleep(0)
        first.cancel()
        await until(lambda: work.lost == 1)
        assert await work.run(lambda: "next") == "next"


async def test_a_cancelled_job_leaves_the_queue_and_never_runs(hold):
    ran = []
    async with pool(queue=1) as work, asyncio.TaskGroup() as group:
        group.create_task(work.run(hold.wait))
        gone = group.create_task(work.run(lambda: ran.append("gone")))
        await until(lambda: work.waiting == 1)
        gone.cancel()
        await until(gone.done)
        assert work.waiting == 0
        kept = group.create_task(work.run(lambda: ran.append("kept")))
        await until(lambda: work.waiting == 1)
        hold.set()
        await kept
    assert ran == ["kept"]


async def test_a_job_cancelled_while_a_worker_comes_free_is_passed_over(hold):
    async with pool() as work, asyncio.TaskGroup() as group:
        thread = work._free[0]
        group.create_task(work.run(lambda: hold.wait(5)))
        gone = group.create_task(work.run(lambda: pytest.fail("nobody waits for it")))
        await until(lambda: work.waiting == 1)
        gone.cancel()
        work.finished(thread, True, None)
        assert work.waiting == 0


async def test_too_many_lost_threads_are_the_end(hold, monkeypatch):
    monkeypatch.setattr(workers, "MAX_LOST_THREADS", 1)

    async def error(call):
        with pytest.raises(EngineError) as caught:
            await work.run(call)
        return caught.value

    async with pool(limit_s=0.05) as work, asyncio.TaskGroup() as group:
        assert isinstance(await error(hold.wait), EngineTimeoutError)
        second, third = group.create_task(error(hold.wait)), group.create_task(error(lambda: None))
        assert isinstance(await second, EngineTimeoutError)
        assert "2 workers hang" in (await third).message
        assert "2 workers hang" in (await error(lambda: None)).message


async def test_slow_calls_are_no_end_once_they_came_back(hold, monkeypatch):
    monkeypatch.setattr(workers, "MAX_LOST_THREADS", 1)
    async with pool(limit_s=0.05) as work:
        for _ in range(2):
            with pytest.raises(EngineTimeoutError):
                await work.run(hold.wait)
        with pytest.raises(EngineError, match="2 workers hang"):
            await work.run(lambda: None)
        hold.set()
        await until(lambda: work.lost == 0)
        assert await work.run(lambda: "again") == "again"
        assert len(threads()) == 1


async def test_one_of_too_many_hung_threads_that_comes_back_is_a_place_again(hold, monkeypatch):
    monkeypatch.setattr(workers, "MAX_LOST_THREADS", 1)
    slow = threading.Event()
    async with pool(limit_s=0.05) as work:
        for call in (slow.wait, hold.wait):  # the first was replaced, the second was not
            with pytest.raises(EngineTimeoutError):
                await work.run(call)
        slow.set()
        await until(lambda: work.lost == 1)
        assert await work.run(lambda: "again") == "again"


async def test_what_still_hangs_after_the_second_came_back_is_waited_for(hold, monkeypatch):
    monkeypatch.setattr(workers, "MAX_LOST_THREADS", 0)
    slow = threading.Event()
    async with pool(count=2, limit_s=0.05) as work:
        async with asyncio.TaskGroup() as group:
            for call in (slow.wait, hold.wait):
                group.create_task(times_out(work, call))
        slow.set()
        await until(lambda: work.lost == 1)
        with pytest.raises(EngineError, match="1 workers hang"):
            await work.run(lambda: None)


async def times_out(work, call):
    with pytest.raises(EngineTimeoutError):
        await work.run(call)


async def test_a_thread_that_comes_back_after_the_end_starts_nothing(hold):
    async with pool(limit_s=0.05) as work:
        await times_out(work, hold.wait)
    hold.set()
    await until(lambda: not threads())
    await asyncio.sleep(0.01)
    assert not threads()


async def test_leaving_ends_every_thread_and_wait(hold):
    async with asyncio.TaskGroup() as group:
        async with pool(count=2) as work:
            running = group.create_task(work.run(hold.wait))
            group.create_task(work.run(hold.wait))
            waiting = group.create_task(work.run(hold.wait))
            await until(lambda: work.waiting == 1)
            assert len(threads()) == 2
        await until(lambda: running.cancelled() and waiting.cancelled())
    hold.set()
    await until(lambda: not threads())


def test_a_thread_that_outlives_its_loop_just_ends(hold):
    async def leave():
        work = await pool().__aenter__()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await work.run(hold.wait)

    asyncio.run(leave())
    hold.set()
    for thread in threads():
        thread.join(5)
    assert not threads()
