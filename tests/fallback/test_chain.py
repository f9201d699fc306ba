"""The order of engines at work, on scripted engines: what fails, what takes its place, and that nothing is lost."""

import asyncio
import logging
from contextlib import asynccontextmanager, suppress

import pytest

from app.errors import EngineBusyError, EngineError, SetupError
from app.fallback.chain import Candidate, Chain
from app.interfaces import EngineInfo, EngineState


class Engine:
    """Fails as it is told."""

    def __init__(self, name, loads=True):
        self.name = name
        self.loads = loads
        self.works = True
        self.state = EngineState.READY
        self.open = False
        self.calls = 0
        self.task = None

    async def __aenter__(self):
        await asyncio.sleep(0)
        if self.loads is not True:
            raise self.loads
        self.open, self.task = True, asyncio.current_task()
        return self

    async def __aexit__(self, *_):
        assert asyncio.current_task() is self.task
        self.open = False

    def info(self):
        return EngineInfo(self.state, self.name, "cpu", 1, 0, False, ("small",))

    async def warm(self):
        await self.answer()

    async def answer(self):
        assert self.open
        self.calls += 1
        await asyncio.sleep(0)
        if self.works is not True:
            raise self.works
        return self.name


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def broken():
    return EngineError("stt", "broken")


@asynccontextmanager
async def chain(*engines, again_s=None, limit_s=10.0):
    clock = Clock()
    order = [Candidate(engine.name, lambda engine=engine: engine, again_s) for engine in engines]
    async with Chain("stt", order, limit_s, clock) as entered:
        entered.clock = clock
        yield entered
    assert not any(engine.open for engine in engines)


def ask(entered):
    return entered.call(lambda engine: engine.answer())


async def refused(entered):
    with pytest.raises(EngineError):
        await ask(entered)
    return True


async def test_the_first_works_and_the_others_are_not_loaded():
    large, small = Engine("large"), Engine("small")
    async with chain(large, small) as entered:
        await entered.warm()
        assert await ask(entered) == "large"
        assert (large.open, small.open) == (True, False)
        assert entered.info() == large.info()


async def test_what_cannot_be_loaded_gives_way_with_a_warning(caplog):
    large, small = Engine("large", SetupError("no such file")), Engine("small")
    async with chain(large, small) as entered:
        assert await ask(entered) == "small"
        info = entered.info()
    assert (info.state, info.model) == (EngineState.READY, "small")
    assert info.warnings == ("stt: large is given up (no such file); small takes its place", "small")
    assert info.warnings[0] in caplog.text


async def test_what_does_not_get_warm_gives_way():
    large, small = Engine("large"), Engine("small")
    large.works = broken()
    async with chain(large, small) as entered:
        await entered.warm()
        assert await ask(entered) == "small"
        assert not large.open


async def test_when_none_can_be_loaded_the_last_fault_comes_through():
    engines = [Engine("large", SetupError("no file")), Engine("small", ValueError("whatever"))]
    with pytest.raises(EngineError, match="ValueError"):
        async with chain(*engines):
            pass


async def test_what_fails_twice_in_a_row_gives_way_and_the_job_is_not_lost():
    large, small = Engine("large"), Engine("small")
    async with chain(large, small) as entered:
        await entered.warm()
        large.works = broken()
        with pytest.raises(EngineError):
            await ask(entered)
        large.works = True
        assert await ask(entered) == "large"
        large.works = broken()
        with pytest.raises(EngineError):
            await ask(entered)
        assert await ask(entered) == "small"
        assert not large.open
        assert "broken" in entered.info().warnings[0]


async def test_calls_that_fail_together_are_one_failure():
    large, small = Engine("large"), Engine("small")
    async with chain(large, small) as entered:
        await entered.warm()
        large.works = broken()
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(refused(entered)) for _ in range(3)]
            await asyncio.sleep(0)
            entered.clock.now = 1.0
        assert all(task.result() for task in asked)
        large.works = True
        assert await ask(entered) == "large"


async def test_an_engine_that_breaks_gives_way_to_the_next_and_no_further():
    engines = [Engine(name) for name in ("large", "small", "tiny")]
    async with chain(*engines) as entered:
        await entered.warm()
        engines[0].state = EngineState.FAILED
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(ask(entered)) for _ in range(3)]
        assert [task.result() for task in asked] == ["small"] * 3


async def test_all_who_wait_are_served_by_the_next():
    large, small = Engine("large"), Engine("small")
    async with chain(large, small) as entered:
        await entered.warm()
        large.works = broken()
        with pytest.raises(EngineError):
            await ask(entered)
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(ask(entered)) for _ in range(4)]
        assert [task.result() for task in asked] == ["small"] * 4
        assert small.calls == 5  # once to warm it


async def test_a_call_under_way_ends_before_its_engine_is_closed():
    large, small = Engine("large"), Engine("small")
    go = asyncio.Event()

    async def slow(engine):
        await go.wait()
        assert engine.open
        return engine.name

    async with chain(large, small) as entered, asyncio.TaskGroup() as group:
        under_way = group.create_task(entered.call(slow))
        await asyncio.sleep(0)
        large.works = broken()
        assert await ask(entered) == "small"
        assert large.open
        go.set()
        assert await under_way == "large"
        await asyncio.sleep(0.01)
        assert not large.open


async def test_while_the_next_is_loaded_it_is_not_ready():
    large, small = Engine("large"), Engine("small")
    async with chain(large, small) as entered, asyncio.TaskGroup() as group:
        large.works = broken()
        asked = group.create_task(ask(entered))
        states = []
        while not asked.done():
            await asyncio.sleep(0)
            states.append(entered.info().state)
        assert EngineState.LOADING in states
        assert entered.info().state is EngineState.READY


async def test_an_engine_that_says_it_is_broken_is_not_asked():
    large, small = Engine("large"), Engine("small")
    async with chain(large, small) as entered:
        await entered.warm()
        large.state = EngineState.FAILED
        assert await ask(entered) == "small"
        assert large.calls == 1


async def test_what_the_caller_did_wrong_is_no_failure():
    large = Engine("large")
    async with chain(large, Engine("small")) as entered:
        await entered.warm()
        large.works = EngineBusyError("stt", "full")
        for _ in range(5):
            with pytest.raises(EngineBusyError):
                await ask(entered)
        assert entered.info().model == "large"


async def test_two_calls_that_took_the_whole_limit_are_failures():
    large, small = Engine("large"), Engine("small")

    async def hang(engine):
        await asyncio.Event().wait()

    async with chain(large, small, limit_s=10.0) as entered, asyncio.TaskGroup() as group:
        await entered.warm()
        for seconds in (1, 1, 1, 9.9, 10):
            assert entered.info().model == "large"
            hung = group.create_task(entered.call(hang))
            await asyncio.sleep(0)
            entered.clock.now += seconds
            hung.cancel()
            await asyncio.wait([hung])
        assert await ask(entered) == "small"


async def test_where_nothing_can_take_its_place_it_goes_on_as_well_as_it_can(caplog):
    large = Engine("large")
    async with chain(large, Engine("small", SetupError("no file"))) as entered:
        await entered.warm()
        large.works = broken()
        for _ in range(4):
            with pytest.raises(EngineError):
                await ask(entered)
        large.works = True
        assert await ask(entered) == "large"
        assert len(entered.info().warnings) == 3
    assert "none to take its place" in caplog.text


async def test_an_engine_elsewhere_returns_when_it_works_again(caplog):
    remote, local = Engine("remote"), Engine("local")
    async with chain(remote, local, again_s=60.0) as entered:
        await entered.warm()
        remote.works = broken()
        with pytest.raises(EngineError):
            await ask(entered)
        assert await ask(entered) == "local"
        entered.clock.now = 59.0
        await entered.warm()
        assert entered.info().model == "local"
        entered.clock.now = 60.0
        with caplog.at_level(logging.INFO):
            await entered.warm()  # still broken
        assert "still does not work" in caplog.text
        entered.clock.now = 119.0
        remote.works = True
        await entered.warm()
        assert entered.info().model == "local"
        entered.clock.now = 120.0
        await entered.warm()
        assert await ask(entered) == "remote"
        assert entered.info().warnings == ("small",)
        await asyncio.sleep(0.01)
        assert not local.open


async def test_an_engine_elsewhere_returns_by_itself():
    remote, local = Engine("remote"), Engine("local")
    async with chain(remote, local, again_s=0.01) as entered:
        remote.works = broken()
        await entered.warm()
        assert entered.info().model == "local"
        remote.works, entered.clock.now = True, 1.0
        await asyncio.sleep(0.2)
        assert entered.info().model == "remote"


async def test_what_proves_nothing_does_not_end_a_row_of_failures():
    large, small = Engine("large"), Engine("small")
    async with chain(large, small) as entered:
        await entered.warm()
        for _ in range(2):
            large.works = broken()
            with suppress(EngineError):
                await ask(entered)
            large.works = True
            await entered.call(lambda engine: engine.warm(), proves=False)
        assert entered.info().model == "small"


async def test_an_engine_that_returns_too_late_is_left_again():
    remote, local, last = Engine("remote"), Engine("local"), Engine("last")
    async with chain(remote, local, last, again_s=60.0) as entered, asyncio.TaskGroup() as group:
        remote.works = broken()
        await entered.warm()
        entered.clock.now = 60.0
        remote.works = True
        again = group.create_task(entered.warm())
        await asyncio.sleep(0)
        local.works = broken()
        with pytest.raises(EngineError):
            await ask(entered)
        assert await ask(entered) in {"last", "remote"}
        await again
        open_now = [engine.name for engine in (remote, local, last) if engine.open]
        assert open_now == [entered.info().model]


async def test_a_start_that_is_given_up_leaves_nothing():
    large = Engine("large")

    async def enter():
        async with chain(large):
            await asyncio.Event().wait()

    for patience in range(4):
        async with asyncio.TaskGroup() as group:
            task = group.create_task(enter())
            for _ in range(patience):
                await asyncio.sleep(0)
            task.cancel()
        assert not large.open


async def test_leaving_while_the_next_is_loaded():
    large, loading = Engine("large"), asyncio.Event()

    class Slow(Engine):
        async def __aenter__(self):
            loading.set()
            await asyncio.Event().wait()

    entered = Chain("stt", [Candidate("large", lambda: large), Candidate("slow", lambda: Slow("slow"))], 10.0)
    async with asyncio.TaskGroup() as group:
        async with entered:
            large.works = broken()
            waiting = group.create_task(_refused(entered))
            await loading.wait()
        await waiting
    assert not large.open
    with pytest.raises(EngineError, match="not loaded"):
        await ask(entered)


async def _refused(entered):
    with pytest.raises(EngineError):
        await ask(entered)


def test_before_it_is_loaded():
    entered = Chain("stt", [Candidate("large", lambda: Engine("large"))], 10.0)
    assert (entered.info().state, entered.info().model) == (EngineState.LOADING, "large")
    assert entered.engine is None
