"""The clock that jumps."""

import asyncio
import time

import pytest

from app.bench.simulate.clock import StandstillError, run, still
from app.workers import Workers


def test_hours_take_no_time():
    async def sleep():
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    since = time.monotonic()
    assert run(sleep) == pytest.approx(3600)
    assert time.monotonic() - since < 1


def test_timers_come_in_their_order():
    found = []

    async def wait(seconds):
        await asyncio.sleep(seconds)
        found.append(seconds)

    async def main():
        async with asyncio.TaskGroup() as tasks:
            for seconds in (3, 1, 2):
                tasks.create_task(wait(seconds))

    run(main)
    assert found == [1, 2, 3]


def test_a_time_limit_ends_a_wait():
    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run(main) == pytest.approx(5)


def test_waiting_for_nothing_is_told():
    async def main():
        await asyncio.Event().wait()

    with pytest.raises(StandstillError, match="everything waits"):
        run(main)


def test_while_it_is_still_threads_are_waited_for():
    async def main():
        loop = asyncio.get_running_loop()
        async with Workers("test", 1, 1, 5.0) as workers:
            loop.call_later(0.001, loop.stop)  # would end the loop if time passed
            with still():
                found = await workers.run(lambda: time.monotonic())
        return found, loop.time()

    found, at = run(main)
    assert found
    assert at == 0


def test_only_a_virtual_clock_can_be_held():
    async def main():
        with pytest.raises(TypeError):
            still()

    asyncio.run(main())


def test_tasks_are_cancelled_in_the_order_of_their_making():
    async def order():
        found = []

        async def wait(name):
            try:
                await asyncio.Event().wait()
            finally:
                found.append(name)

        async def fail():
            await asyncio.sleep(1)
            raise ValueError

        async def all_of_them():
            async with asyncio.TaskGroup() as tasks:
                for name in range(30):
                    tasks.create_task(wait(name))
                tasks.create_task(fail())

        with pytest.raises(ExceptionGroup):
            await all_of_them()
        return found

    assert run(order) == run(order)
