"""The engine as the session sees it: an async slot each, one thread behind them."""

import asyncio
import logging
import threading
from contextlib import aclosing

import pytest

from app.errors import EngineBusyError, EngineError, EngineTimeoutError, PromptTooLongError
from app.interfaces import EngineState
from app.llm.decoder import Decoder
from app.llm.llama import LlamaLlm
from app.llm.native import Native
from app.session import guard

pytestmark = pytest.mark.engine

ORDERS = (
    "hello",
    "can i have two cheeseburgers and a coke please",
    "what is on the menu",
    "how much is the baklava",
    "do you have desserts",
    "is the lasagna vegetarian",
    "i am allergic to nuts",
    "three lattes please",
)
ENDLESS = "root ::= [a-z ]+"


@pytest.fixture
def make(settings, brain):
    """An engine, with settings of the test's own."""

    def make(sessions: int = 8, **changed) -> LlamaLlm:
        return LlamaLlm(settings.model_copy(update=changed), sessions, brain, starter=True)

    return make


async def say(slot, asked) -> str:
    async with aclosing(slot.generate(asked)) as pieces:
        return "".join([piece async for piece in pieces])


async def until(condition) -> None:
    for _ in range(5000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


async def idle(engine: LlamaLlm) -> None:
    await until(lambda: engine._loaded.decoder.idle and not engine.info().queue)


async def test_a_draft_is_committed(make, prompt, reference) -> None:
    async with make() as engine:
        slot = await engine.open()
        slot.commit()
        async with aclosing(slot.generate(prompt(ORDERS[0], draft=True))) as pieces:
            first = await anext(pieces)
            slot.commit()
            assert not slot._job.draft
            assert first + "".join([piece async for piece in pieces]) == reference(ORDERS[0])


async def test_alone_and_eight_at_once_are_exact(make, prompt, reference) -> None:
    async with make() as engine:
        slots = [await engine.open() for _ in ORDERS]
        assert await say(slots[0], prompt(ORDERS[0])) == reference(ORDERS[0])
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(say(s, prompt(o))) for s, o in zip(slots, ORDERS, strict=True)]
        assert [task.result() for task in tasks] == [reference(order) for order in ORDERS]
        stats = engine.stats()
        assert stats.shared_tokens > 0
        assert stats.decoded_tokens + stats.shared_tokens <= stats.prompt_tokens


async def test_closing_an_answer_cancels_it_within_a_step(make, prompt, reference) -> None:
    async with make(first_token_s=10.0) as engine:
        slot = await engine.open()
        async with aclosing(slot.generate(prompt(ORDERS[0], grammar=ENDLESS, max_tokens=256))) as pieces:
            async for _ in pieces:
                break
        steps = engine.stats().steps
        await idle(engine)
        assert engine.stats().steps <= steps + 1
        assert await say(slot, prompt(ORDERS[0])) == reference(ORDERS[0])


@pytest.fixture
def unhurried(monkeypatch) -> None:
    """Steps take so long that an endless answer is not over before its test does something."""
    decode, never = Native.decode, threading.Event()
    monkeypatch.setattr(Native, "decode", lambda self, rows: never.wait(0.01) or decode(self, rows))


@pytest.mark.usefixtures("unhurried")
async def test_cancelling_the_task_cancels_the_answer(make, prompt, reference) -> None:
    async with make() as engine:
        slot = await engine.open()
        task = asyncio.get_running_loop().create_task(say(slot, prompt(ORDERS[0], grammar=ENDLESS, max_tokens=256)))
        await until(lambda: engine.stats().answer_tokens)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await idle(engine)
        assert engine.stats().answer_tokens < 200
        assert await say(slot, prompt(ORDERS[1])) == reference(ORDERS[1])


@pytest.mark.usefixtures("unhurried")
async def test_a_newer_answer_ends_the_older(make, prompt, reference) -> None:
    async with make() as engine:
        slot = await engine.open()
        async with aclosing(slot.generate(prompt(ORDERS[0], grammar=ENDLESS, max_tokens=256))) as old:
            await anext(old)
            assert await say(slot, prompt(ORDERS[1])) == reference(ORDERS[1])
            with pytest.raises(EngineError, match="replaced"):
                async for _ in old:
                    pass


async def test_places_are_bounded_and_come_back(make, prompt, reference) -> None:
    async with make(sessions=2) as engine:
        first, second = await engine.open(), await engine.open()
        with pytest.raises(EngineBusyError):
            await engine.open()
        await say(first, prompt(ORDERS[1]))
        await first.close()
        await first.close()
        with pytest.raises(EngineError, match="closed"):
            await say(first, prompt(ORDERS[0]))
        third = await engine.open()
        with pytest.raises(EngineBusyError):
            await engine.open()
        assert await say(third, prompt(ORDERS[0])) == reference(ORDERS[0])
        assert await say(second, prompt(ORDERS[1])) == reference(ORDERS[1])


async def test_closing_a_place_ends_its_answer(make, prompt) -> None:
    async with make() as engine:
        slot = await engine.open()
        async with aclosing(slot.generate(prompt(ORDERS[0], grammar=ENDLESS, max_tokens=256))) as pieces:
            await anext(pieces)
            await slot.close()
            with pytest.raises(EngineError, match="closed"):
                async for _ in pieces:
                    pass


async def test_warm_takes_no_place(make) -> None:
    async with make(sessions=1) as engine:
        await engine.open()
        await engine.warm()
        await engine.warm()
        assert engine.stats().answer_tokens


async def test_errors_come_out_of_the_answer(make, prompt, reference) -> None:
    async with make() as engine:
        slot = await engine.open()
        with pytest.raises(PromptTooLongError):
            await say(slot, prompt("hello " * 2_100))
        with pytest.raises(EngineError, match="GBNF"):
            await say(slot, prompt(ORDERS[0], grammar="("))
        assert await say(slot, prompt(ORDERS[0])) == reference(ORDERS[0])


async def test_a_step_that_hangs_is_a_timeout_and_is_aborted(make, prompt, reference, monkeypatch) -> None:
    decode = Native.decode
    released = threading.Event()

    def hang(self, rows):
        self._abort[0] = b"\x00"
        while self._abort[0] == b"\x00":
            released.wait(0.005)
        return 2

    async with make(first_token_s=0.1, limit_s=0.05) as engine:
        slot = await engine.open()
        monkeypatch.setattr(Native, "decode", hang)
        with pytest.raises(EngineTimeoutError):
            await say(slot, prompt(ORDERS[0]))
        await idle(engine)
        monkeypatch.setattr(Native, "decode", decode)
        await until(lambda: engine.info().state is EngineState.READY)
        async with asyncio.timeout(5):
            assert await say(slot, prompt(ORDERS[0])) == reference(ORDERS[0])


async def test_who_waits_as_long_does_not_keep_a_step_from_being_aborted(make, prompt, monkeypatch) -> None:
    released = threading.Event()

    def hang(self, rows):
        self._abort[0] = b"\x00"
        while self._abort[0] == b"\x00":
            released.wait(0.005)
        return 2

    async with make(first_token_s=3.0, limit_s=3.0) as engine:
        slot = await engine.open()
        monkeypatch.setattr(Native, "decode", hang)
        with pytest.raises(EngineTimeoutError, match="no text within"):
            async with aclosing(guard.pieces("llm", lambda: slot.generate(prompt(ORDERS[0])), 3.0, 3.0, 0)) as pieces:
                await anext(pieces)
        await idle(engine)


async def test_a_step_that_hangs_for_ever_shows_in_info(make, prompt, monkeypatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(Native, "decode", lambda *_: released.wait() and -3)
    async with make(first_token_s=0.05, limit_s=0.05) as engine:
        slot = await engine.open()
        with pytest.raises(EngineTimeoutError):
            await say(slot, prompt(ORDERS[0]))
        await asyncio.sleep(0.05)
        assert engine.info().state is EngineState.FAILED
        released.set()


async def test_a_bug_ends_the_answers_and_not_the_thread(make, prompt, reference, monkeypatch, caplog) -> None:
    async with make() as engine:
        slot = await engine.open()
        with monkeypatch.context() as patch:
            patch.setattr(Decoder, "_advance", lambda *_: 1 / 0)
            with pytest.raises(EngineError, match="a step failed"):
                await say(slot, prompt(ORDERS[0]))
        assert await say(slot, prompt(ORDERS[0])) == reference(ORDERS[0])
    assert "ZeroDivisionError" in caplog.text


async def test_leaving_ends_answers_and_the_thread(make, prompt) -> None:
    before = set(threading.enumerate())
    engine = make()
    assert engine.info().state is EngineState.LOADING
    with pytest.raises(EngineError, match="not loaded"):
        await engine.open()
    async with engine:
        slot = await engine.open()
        pieces = slot.generate(prompt(ORDERS[0], grammar=ENDLESS, max_tokens=256))
        await anext(pieces)
    with pytest.raises(EngineError):
        async for _ in pieces:
            pass
    assert engine.info().state is EngineState.FAILED
    assert not [thread for thread in set(threading.enumerate()) - before if thread.name == "parlor-llm"]
    with pytest.raises(EngineError):
        await say(slot, prompt(ORDERS[0]))


async def test_what_readyz_says(make, brain) -> None:
    async with make() as engine:
        info = engine.info()
        assert (info.state, info.model, info.device) == (EngineState.READY, brain.name, "cpu")
        assert (info.workers, info.queue, info.starter, info.warnings) == (1, 0, True, ())


async def test_no_words_in_the_log(make, prompt, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "zanzibar"
    async with make() as engine:
        slot = await engine.open()
        await say(slot, prompt(secret))
        for asked in (prompt(secret * 300), prompt(secret, grammar="(")):
            with pytest.raises(EngineError) as raised:
                await say(slot, asked)
            assert secret not in str(raised.value)
    assert secret not in caplog.text


async def test_a_cancelled_load_leaves_no_thread(make) -> None:
    before = set(threading.enumerate())
    engine = make()
    entering = asyncio.get_running_loop().create_task(engine.__aenter__())
    await asyncio.sleep(0)
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    await until(lambda: not any(t.name == "parlor-llm" for t in set(threading.enumerate()) - before))
