"""Calls to engines: limits, one retry, named errors, and no source left open."""

import asyncio
import logging
from contextlib import aclosing

import pytest

from app.errors import EngineBusyError, EngineError, EngineTimeoutError, ReplacedError, UnknownVoiceError
from app.session.guard import attempt, once, pieces

WORD = "sekerpare"
SHORT, LONG = 0.02, 5.0


class Engine:
    """Does what its script says, one entry a call: a value, an exception, or None to hang."""

    def __init__(self, *script):
        self.calls = 0
        self._script = script

    async def __call__(self):
        self.calls += 1
        what = self._script[self.calls - 1]
        if what is None:
            await asyncio.sleep(LONG)
        if isinstance(what, BaseException):
            raise what
        return what


class Writer:
    """Opens sources by script; each entry is the pieces of one."""

    def __init__(self, *script):
        self.opened = 0
        self.closed = 0
        self._script = script

    async def __call__(self):
        script = self._script[self.opened]
        self.opened += 1
        try:
            for what in script:
                yield await Engine(what)()
        finally:
            self.closed += 1


BROKEN = EngineError("llm", "broken")


# ---- once


async def test_results_come_through():
    assert await once("stt", Engine(42), LONG) == 42


@pytest.mark.parametrize("error", [BROKEN, EngineBusyError("stt", "full"), UnknownVoiceError("tts", "no")])
async def test_engine_errors_come_through_as_they_are(error):
    with pytest.raises(EngineError) as caught:
        await once("stt", Engine(error), LONG)
    assert caught.value is error


@pytest.mark.parametrize("error", [ValueError(WORD), KeyError(WORD), OSError(WORD), MemoryError(WORD)])
async def test_foreign_errors_are_named_by_type_only(error):
    with pytest.raises(EngineError) as caught:
        await once("stt", Engine(error), LONG)
    assert caught.value.message == f"stt: raised {type(error).__name__}"
    assert WORD not in caught.value.fix
    assert (caught.value.code, caught.value.engine) == ("engine_failed", "stt")


async def test_a_call_that_hangs_is_cancelled_and_named():
    with pytest.raises(EngineTimeoutError, match=r"no result within 0\.02 s"):
        await once("stt", Engine(None), SHORT)


async def test_cancelling_goes_through():
    async with asyncio.TaskGroup() as group:
        task = group.create_task(once("stt", Engine(None), LONG))
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()


# ---- attempt


async def test_a_failed_call_is_tried_once_more(caplog):
    engine = Engine(BROKEN, "well")
    with caplog.at_level(logging.WARNING):
        assert await attempt("llm", engine, LONG, 0) == "well"
    assert engine.calls == 2
    assert "tried once more" in caplog.text


@pytest.mark.parametrize(
    ("script", "calls", "error"),
    [
        ([BROKEN, ValueError()], 2, EngineError),
        ([ValueError(), None], 2, EngineTimeoutError),
        ([None, "too late"], 1, EngineTimeoutError),
        ([UnknownVoiceError("tts", "no"), "other"], 1, UnknownVoiceError),
    ],
    ids=["fails twice", "hangs the second time", "hangs", "no such voice"],
)
async def test_what_is_given_up(script, calls, error):
    engine = Engine(*script)
    with pytest.raises(error):
        await attempt("llm", engine, SHORT, 0)
    assert engine.calls == calls


async def test_the_second_try_waits():
    engine, loop = Engine(BROKEN, "well"), asyncio.get_running_loop()
    start = loop.time()
    await attempt("llm", engine, LONG, 0.05)
    assert loop.time() - start >= 0.045


# ---- pieces


async def read(writer, first_s=LONG, next_s=LONG):
    """The pieces until the end or the error, and the error."""
    found = []
    try:
        async with aclosing(pieces("llm", writer, first_s, next_s, 0)) as source:
            async for piece in source:
                found.append(piece)  # noqa: PERF401 - what came before an error counts
    except EngineError as error:
        return found, type(error)
    return found, None


@pytest.mark.parametrize(
    ("script", "expected", "error", "opened"),
    [
        ([["a", "b"]], ["a", "b"], None, 1),
        ([[]], [], None, 1),
        ([[""], []], [""], None, 1),
        ([[BROKEN], ["a", "b"]], ["a", "b"], None, 2),
        ([[ValueError()], []], [], None, 2),
        ([[BROKEN], [BROKEN], ["a"]], [], EngineError, 2),
        ([[None], ["a"]], [], EngineTimeoutError, 1),
        ([[BROKEN], [None]], [], EngineTimeoutError, 2),
        ([["a", BROKEN], ["b"]], ["a"], EngineError, 1),
        ([["a", ValueError()], ["b"]], ["a"], EngineError, 1),
        ([["a", None], ["b"]], ["a"], EngineTimeoutError, 1),
    ],
)
async def test_only_a_source_that_never_spoke_is_opened_again(script, expected, error, opened):
    writer = Writer(*script)
    assert await read(writer, SHORT, SHORT) == (expected, error)
    assert (writer.opened, writer.closed) == (opened, opened)


@pytest.mark.parametrize(("first_s", "next_s", "found"), [(SHORT, LONG, []), (LONG, SHORT, ["a"])])
async def test_each_wait_has_its_own_limit(first_s, next_s, found):
    writer = Writer([None] if not found else ["a", None])
    async with asyncio.timeout(1):
        assert await read(writer, first_s, next_s) == (found, EngineTimeoutError)


async def test_leaving_early_closes_the_source():
    writer = Writer(["a", "b"])
    async with aclosing(pieces("llm", writer, LONG, LONG, 0)) as source:
        assert await anext(source) == "a"
        assert writer.closed == 0
    assert writer.closed == 1


@pytest.mark.parametrize("script", [[None], ["a", None]], ids=["before the first", "between"])
async def test_cancelling_closes_the_source(script):
    writer = Writer(script)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(read(writer))
        await asyncio.sleep(0.01)
        assert writer.closed == 0
        task.cancel()
    assert task.cancelled()
    assert writer.closed == 1


async def test_cancelling_the_back_off_leaves_nothing_open():
    writer = Writer([BROKEN])
    source = pieces("llm", writer, LONG, LONG, LONG)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(SHORT), aclosing(source):
            await anext(source)
    assert (writer.opened, writer.closed) == (1, 1)


async def test_what_was_replaced_is_not_repeated():
    engine = Engine(ReplacedError("llm", "replaced"), "again")
    with pytest.raises(ReplacedError):
        await attempt("llm", engine, LONG, SHORT)
    assert engine.calls == 1
