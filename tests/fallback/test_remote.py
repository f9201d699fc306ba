"""From a server to this machine and back: the starter models on both sides of a real socket."""

from contextlib import AsyncExitStack, aclosing

import pytest

from app import compose
from app.audio import to_float
from app.client.files import read_audio
from app.config import ROOT
from app.errors import EngineError
from app.interfaces import EngineState, Message, Prompt, SttJob, SttKind
from tests.conftest import configured
from tests.support.openai_server import openai_server

EARS, BRAIN = "models/starter/ears", "models/starter/brain/starter-brain.gguf"
HELLO = ROOT / "tests/fixtures/speech/hello.flac"
PROMPT = Prompt((Message("user", "hello"),), max_tokens=24)


def ordered(url):
    """A server first, then this machine."""
    return configured(
        f"stt.url={url}",
        "stt.model=whisper-1",
        f'stt.fallback=[{{url="", model="{EARS}"}}]',
        f"llm.url={url}",
        "llm.model=big",
        f'llm.fallback=[{{url="", model="{BRAIN}"}}]',
    )


async def said(slot):
    async with aclosing(slot.generate(PROMPT)) as pieces:
        return "".join([piece async for piece in pieces])


async def twice(ask):
    """A session tries once more by itself."""
    try:
        return await ask()
    except EngineError:
        return await ask()


@pytest.mark.engine
async def test_a_conversation_goes_on_here_and_returns(monkeypatch):
    monkeypatch.setattr(compose, "AGAIN_S", 0.0)
    job = SttJob("s", SttKind.FINAL, to_float(read_audio(HELLO)))
    async with AsyncExitStack() as stack:
        there = compose.assembled(configured())
        await stack.enter_async_context(there.stt)
        await stack.enter_async_context(there.llm)
        serving = await stack.enter_async_context(AsyncExitStack())
        server = await serving.enter_async_context(openai_server(there.llm, there.stt))
        here = compose.assembled(ordered(server.url))
        await stack.enter_async_context(here.stt)
        await stack.enter_async_context(here.llm)
        await here.stt.warm()
        await here.llm.warm()
        slot = await here.llm.open()
        answer = await said(slot)
        assert (await here.stt.transcribe(job)).text == "hello"
        assert here.llm.info().elsewhere
        asked = len(server.requests)
        await serving.aclose()

        assert await twice(lambda: said(slot)) == answer
        assert (await twice(lambda: here.stt.transcribe(job))).text == "hello"
        assert len(server.requests) == asked
        for engine in (here.stt, here.llm):
            assert (engine.info().state, engine.info().elsewhere) == (EngineState.READY, False)
            assert "takes its place" in engine.info().warnings[0]
            await engine.warm()  # it is still away
            assert not engine.info().elsewhere

        port = int(server.url.split(":")[2].split("/")[0])
        again = await serving.enter_async_context(openai_server(there.llm, there.stt, port))
        for engine in (here.stt, here.llm):
            await engine.warm()
            assert engine.info().elsewhere
            assert engine.info().warnings == ()
        again.requests.clear()
        assert await said(slot) == answer
        assert (await here.stt.transcribe(job)).text == "hello"
        assert len(again.requests) == 2
        await slot.close()


@pytest.mark.engine
async def test_a_server_that_is_away_at_the_start(unused_tcp_port):
    config = ordered(f"http://127.0.0.1:{unused_tcp_port}/v1")
    async with compose.assembled(config).llm as llm:
        await llm.warm()
        assert not llm.info().elsewhere
        slot = await llm.open()
        assert await said(slot)
        await slot.close()
