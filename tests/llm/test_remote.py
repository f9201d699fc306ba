"""The language model of a server: the starter brain behind a real socket, and faults to order."""

import asyncio
from contextlib import aclosing, asynccontextmanager

import pytest

from app.config import load
from app.errors import EngineError, EngineTimeoutError, PromptTooLongError
from app.interfaces import EngineState, Message, Prompt
from app.llm.llama import LlamaLlm
from app.llm.remote import Manner, RemoteLlm
from tests.support.openai_server import openai_server

USER = Message("user", "i would like a tea")
SYSTEM = Message("system", "You are Parlor, a friendly waiter. Answer in one or two short sentences.")
PROMPT = Prompt((SYSTEM, USER), max_tokens=48)
SCRIPT = ['data: {"choices": [{"delta": {"content": "Tea."}}]}', "data: [DONE]"]


def settings(url, *more):
    return load(None, {}, ["llm.model=starter", f"llm.url={url}", *more]).llm


@pytest.fixture
def brain_server(settings, brain):
    """The starter brain in a server."""

    @asynccontextmanager
    async def start():
        async with LlamaLlm(settings, 4, brain, starter=True) as llm, openai_server(llm=llm) as server:
            yield server

    return start


@asynccontextmanager
async def asked(server, *more):
    """A model at `server`, and a place in it."""
    async with RemoteLlm(settings(server.url, *more)) as model:
        yield model, await model.open()


async def answer(slot, prompt=PROMPT):
    async with aclosing(slot.generate(prompt)) as pieces:
        return "".join([piece async for piece in pieces])


@pytest.mark.engine
async def test_it_answers_as_the_model_does_that_the_server_has(brain_server):
    async with brain_server() as server, asked(server) as (model, slot):
        assert model.info().state is EngineState.LOADING
        await model.warm()
        here = await server.llm.open()
        assert await answer(slot) == await answer(here) != ""
        info = model.info()
        assert (info.state, info.model, info.elsewhere) == (EngineState.READY, "starter", True)
        assert info.device in server.url


@pytest.mark.engine
async def test_who_leaves_before_the_end_hangs_up(brain_server):
    async with brain_server() as server, asked(server) as (_, slot):
        server.silent_s = 0.2
        async with aclosing(slot.generate(PROMPT)) as pieces:
            assert await anext(pieces)
        async with asyncio.timeout(5):
            await server.hung_up.wait()
        server.silent_s = 0.0
        assert await answer(slot)


async def test_what_is_sent():
    async with openai_server() as server, asked(server, "llm.key=secret") as (_, slot):
        server.script = SCRIPT
        prompt = Prompt((SYSTEM, USER), max_tokens=9, temperature=0.5, top_p=0.9, seed=7, stop=("x",), grammar="root")
        assert await answer(slot, prompt) == "Tea."
        slot.commit()
        await slot.close()
        (sent,) = server.requests
        messages = [{"role": "system", "content": SYSTEM.text}, {"role": "user", "content": USER.text}]
        assert (sent.pop("model"), sent.pop("messages"), sent.pop("stream")) == ("starter", messages, True)
        assert (sent.pop("max_tokens"), sent.pop("seed"), sent.pop("stop")) == (9, 7, ["x"])
        assert (sent.pop("temperature"), sent.pop("top_p"), sent.pop("grammar")) == (0.5, 0.9, "root")
        assert sent == {"chat_template_kwargs": {"enable_thinking": False}, "reasoning_effort": "none"}
        assert server.keys == ["Bearer secret"]


async def test_a_prompt_that_is_only_read_ahead_says_nothing():
    async with openai_server() as server, asked(server) as (_, slot):
        server.script = SCRIPT
        assert await answer(slot, Prompt((SYSTEM, USER), max_tokens=0, draft=True)) == ""
        assert server.requests[0]["max_tokens"] == 1


async def test_a_template_without_system_messages_is_found_out_once():
    async with openai_server() as server, asked(server) as (model, slot):
        server.script, server.no_system = SCRIPT, True
        await model.warm()
        server.requests.clear()
        await model.warm()
        assert len(server.requests) == 1
        assert await answer(slot) == "Tea."
        assert server.requests[1]["messages"] == [{"role": "user", "content": f"{SYSTEM.text}\n\n{USER.text}"}]
        assert "reasoning_effort" in server.requests[1]


@pytest.mark.parametrize("no_system", [False, True])
async def test_a_server_that_refuses_what_it_does_not_know(no_system):
    async with openai_server() as server, asked(server) as (model, slot):
        server.script, server.strict, server.no_system = SCRIPT, {"reasoning_effort"}, no_system
        await model.warm()
        assert await answer(slot) == "Tea."
        manner = Manner(frozenset({0}), system=not no_system)
        assert model.manner == manner
        server.status = 500
        with pytest.raises(EngineError, match="HTTP 500"):
            await model.warm()
        assert model.manner == manner


async def test_messages_stand_in_the_order_that_all_templates_take():
    late = Message("system", "Cart: tea")
    async with openai_server() as server, asked(server) as (_, slot):
        server.script = SCRIPT
        await answer(slot, Prompt((SYSTEM, Message("assistant", "Hello!"), USER, late)))
        roles = [each["role"] for each in server.requests[0]["messages"]]
        assert roles == ["system", "user", "assistant", "user"]
        assert server.requests[0]["messages"][-1]["content"] == f"{USER.text}\n\n{late.text}"


async def test_the_oldest_messages_go_and_it_begins_where_it_began():
    talk = [Message("assistant" if i % 2 else "user", f"{i} " + "word " * 20) for i in range(20)]
    async with openai_server() as server, asked(server, "llm.context_tokens=400") as (_, slot):
        server.script = SCRIPT
        for end in (19, 20):
            await answer(slot, Prompt((SYSTEM, *talk[:end], USER), max_tokens=64))
        first, second = [[each["content"] for each in sent["messages"]] for sent in server.requests]
        assert first[0] == second[0] == SYSTEM.text
        assert first[1] == second[1] != talk[0].text
        with pytest.raises(PromptTooLongError):
            await answer(slot, Prompt((SYSTEM, Message("user", "word " * 400))))


@pytest.mark.parametrize(
    ("status", "body", "kind", "fix"),
    [
        (400, {"error": {"type": "exceed_context_size_error"}}, PromptTooLongError, "shorter"),
        (400, {"error": {"code": "context_length_exceeded"}}, PromptTooLongError, "shorter"),
        (400, {"error": "i would like a tea"}, EngineError, "that server's log"),
        (400, ["i would like a tea"], EngineError, "that server's log"),
        (401, None, EngineError, "llm.key"),
        (403, None, EngineError, "llm.key"),
        (404, None, EngineError, "llm.model"),
        (400, {"error": {"message": "maximum context length is 9 tokens: tea"}}, PromptTooLongError, "shorter"),
        (400, {"message": "This model's context window"}, PromptTooLongError, "shorter"),
        (429, None, EngineError, "too much to do"),
        (500, None, EngineError, "that server's log"),
        (503, {"error": {"message": "Loading model"}}, EngineError, "has loaded"),
        (302, None, EngineError, "that server's log"),
    ],
)
async def test_a_refusal_in_our_words(status, body, kind, fix):
    async with openai_server() as server, asked(server) as (model, slot):
        server.status, server.error = status, body
        with pytest.raises(kind) as caught:
            await answer(slot)
        assert fix in caught.value.fix
        assert "tea" not in caught.value.message
        assert (model.info().state is EngineState.FAILED) == (status in {401, 403, 404})


@pytest.mark.parametrize("script", [["<html>"], ["data: [DONE]"], ["data: tea"], ['data: {"error": "no memory"}']])
async def test_an_answer_that_is_none(script):
    async with openai_server() as server, asked(server) as (_, slot):
        server.script = script
        with pytest.raises(EngineError, match=r"no stream|broke"):
            await answer(slot)


async def test_a_fault_of_the_moment_changes_no_manner():
    async with openai_server() as server, asked(server) as (model, _):
        server.script, server.faults = SCRIPT, [500]
        await model.warm()
        assert model.manner == Manner()
        assert len(server.keys) == 3


async def test_a_server_with_less_room_than_it_was_said_is_told_less():
    talk = [Message("assistant" if i % 2 else "user", f"{i} " + "word " * 20) for i in range(20)]
    prompt = Prompt((SYSTEM, *talk, USER), max_tokens=64)
    async with openai_server() as server, asked(server, "llm.context_tokens=2048") as (model, slot):
        server.script, server.most_messages = SCRIPT, 9
        assert await answer(slot, prompt) == "Tea."
        assert 256 <= model.context_tokens < 2048
        asked_for = len(server.requests)
        assert await answer(slot, prompt) == "Tea."
        assert len(server.requests) == asked_for + 1
        server.most_messages = 0
        with pytest.raises(PromptTooLongError):
            await answer(slot, prompt)


async def test_who_waits_behind_others_is_counted():
    async with openai_server() as server, asked(server) as (model, slot):
        server.script, server.silent_s = SCRIPT, 0.2
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(answer(await model.open()))
            await asyncio.sleep(0.1)
            assert model.info().queue == 2
        assert model.info().queue == 0
        server.silent_s = 5.0
        async with aclosing(slot.generate(PROMPT)) as pieces:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(pieces), 0.05)
        assert model.waiting == 0


@pytest.mark.parametrize("line", ["data: " + "x" * 3_000_000, "x" * 3_000_000])
async def test_an_answer_without_lines(line):
    async with openai_server() as server, asked(server) as (_, slot):
        server.script = [line]
        with pytest.raises(EngineError, match="cannot be read"):
            await answer(slot)


async def test_an_answer_that_ends_without_its_end_is_a_failure():
    async with openai_server() as server, asked(server) as (_, slot):
        server.script = SCRIPT[:1]
        with pytest.raises(EngineError, match="broke"):
            await answer(slot)
        server.script = [*SCRIPT[:1], 'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}']
        assert await answer(slot) == "Tea."


async def test_an_answer_that_breaks_off_is_a_failure():
    async with openai_server() as server, asked(server) as (model, slot):
        server.script, server.broken = SCRIPT[:1] * 2, True
        with pytest.raises(EngineError, match="cannot be reached"):
            await answer(slot)
        assert model.info().state is EngineState.FAILED
        server.script, server.broken = SCRIPT, False
        assert await answer(slot) == "Tea."
        assert model.info().state is EngineState.READY


async def test_silence_ends_at_the_limits():
    limits = ("llm.first_token_s=0.2", "llm.limit_s=0.05")
    async with openai_server() as server, asked(server, *limits) as (_, slot):
        server.script, server.silent_s = SCRIPT[:1] * 3, 0.1
        heard = []
        with pytest.raises(EngineTimeoutError, match=r"0\.05 s"):
            async with aclosing(slot.generate(PROMPT)) as pieces:
                heard += [piece async for piece in pieces]
        server.silent_s = 0.5
        with pytest.raises(EngineTimeoutError, match=r"0\.2 s"):
            await answer(slot)


async def test_a_server_that_is_not_there(unused_tcp_port):
    async with RemoteLlm(settings(f"http://127.0.0.1:{unused_tcp_port}/v1")) as model:
        with pytest.raises(EngineError, match="cannot be reached") as caught:
            await model.warm()
        assert "llm.url" in caught.value.fix
        assert model.info().state is EngineState.FAILED
    with pytest.raises(EngineError, match="not loaded"):
        await model.warm()


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_cannot_answer_now_says_nothing_of_its_manner(status):
    async with openai_server() as server, asked(server) as (model, _):
        server.status = status
        with pytest.raises(EngineError):
            await model.warm()
        assert model.manner == Manner()
        assert len(server.keys) == 1
