"""Shared work, on a script: what is begun, who waits, and what becomes of work that nobody waits for."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from app.tts.once import Once


class Works:
    """Work that ends when it is told to."""

    def __init__(self):
        self.begun = []
        self.cancelled = 0

    def __call__(self):
        done = asyncio.get_running_loop().create_future()
        self.begun.append(done)
        return self._work(done)

    async def _work(self, done):
        try:
            return await done
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


async def outcome(work):
    """What it gave or raised."""
    try:
        return await work
    except ValueError as error:
        return error


@asynccontextmanager
async def sharing():
    """Once, its works, and a group for those who wait."""
    async with asyncio.TaskGroup() as tasks, asyncio.TaskGroup() as callers:
        once = Once(tasks)
        works = Works()

        def ask(key="a", *, draft=False, queued=False):
            return callers.create_task(outcome(once.run(key, works, draft=draft, queued=queued)))

        yield once, works, ask


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_same_is_done_once_and_another_beside_it():
    async with sharing() as (_, works, ask):
        asked = [ask("a"), ask("a"), ask("b"), ask("a", draft=True)]
        await settle()
        assert len(works.begun) == 2
        for number, done in enumerate(works.begun):
            done.set_result(number)
    assert [task.result() for task in asked] == [0, 0, 1, 0]


async def test_it_is_done_again_when_it_is_over():
    async with sharing() as (_, works, ask):
        for number in range(2):
            task = ask()
            await settle()
            works.begun[number].set_result(number)
            assert await task == number


async def test_who_leaves_takes_nothing_from_the_others():
    async with sharing() as (_, works, ask):
        first, second = ask(), ask()
        await settle()
        first.cancel()
        await settle()
        works.begun[0].set_result(7)
        assert await second == 7
    assert works.cancelled == 0


async def test_what_nobody_waits_for_is_cancelled_and_begun_anew():
    async with sharing() as (_, works, ask):
        task = ask()
        await settle()
        task.cancel()
        await settle()
        assert works.cancelled == 1
        again = ask()
        await settle()
        works.begun[1].set_result(7)
        assert await again == 7


async def test_a_failure_is_everyones_and_not_kept():
    async with sharing() as (_, works, ask):
        asked = [ask(), ask()]
        await settle()
        works.begun[0].set_exception(ValueError("no"))
        assert [repr(await task) for task in asked] == ["ValueError('no')"] * 2
        again = ask()
        await settle()
        works.begun[1].set_result(7)
        assert await again == 7


@pytest.mark.parametrize("first", [0, 1])
async def test_who_is_waited_for_does_not_stand_behind_a_draft_in_the_queue(first):
    async with sharing() as (_, works, ask):
        asked = [ask(draft=True), ask(draft=False, queued=True), ask(draft=False, queued=True)]
        await settle()
        assert len(works.begun) == 2
        works.begun[first].set_result(first)
        assert [await task for task in asked] == [first] * 3
        await settle()
        assert works.cancelled == 1


async def test_one_of_two_attempts_may_fail():
    async with sharing() as (_, works, ask):
        asked = [ask(draft=True), ask(queued=True)]
        await settle()
        works.begun[1].set_exception(ValueError)
        await settle()
        works.begun[0].set_result(7)
        assert [await task for task in asked] == [7, 7]


async def test_a_draft_that_runs_already_is_good_enough():
    async with sharing() as (_, works, ask):
        asked = [ask(draft=True), ask(queued=False), ask(draft=True, queued=True)]
        await settle()
        (done,) = works.begun
        done.set_result(7)
        assert [await task for task in asked] == [7] * 3


async def test_closing_cancels_all():
    async with sharing() as (once, works, ask):
        asked = [ask("a"), ask("b")]
        await settle()
        once.close()
        await settle()
        assert all(task.cancelled() for task in asked)
    assert works.cancelled == 2
