"""Servers that do an engine's work, asked over a real socket."""

from functools import partial

import pytest
from aiohttp import web

from app.doctor.remotes import read_remotes
from app.workers import Workers
from tests.conftest import configured
from tests.support.openai_server import openai_server


async def asked(config):
    """From a thread: the server that is asked is in this one."""
    async with Workers("doctor", 1, 1, 10.0) as workers:
        return await workers.run(partial(read_remotes, config))


async def test_each_model_at_a_server_is_asked_for_once():
    async with openai_server() as server:
        config = configured(
            f"llm.url={server.url}/",
            "llm.model=starter",
            "llm.key=secret",
            'llm.fallback=[{model="other"}, {threads=2}, {url="", model="here.gguf"}]',
            f"stt.url={server.url}",
        )
        ears, *brains = await asked(config)
        assert (ears.engine, ears.models) == ("stt", ("starter", "other"))
        assert [(each.engine, each.model) for each in brains] == [("llm", "starter"), ("llm", "other")]
        assert sorted(server.keys) == ["", "Bearer secret", "Bearer secret"]
        server.status = 401
        assert {each.status for each in await asked(config)} == {401}


def test_a_server_that_is_not_there(unused_tcp_port):
    (facts,) = read_remotes(configured(f"llm.url=http://127.0.0.1:{unused_tcp_port}/v1"))
    assert "refused" in facts.fault
    assert read_remotes(configured()) == ()


def test_a_port_that_is_none():
    (facts,) = read_remotes(configured("llm.url=http://127.0.0.1:99999/v1"))
    assert facts.fault


@pytest.mark.parametrize(
    ("body", "fault"),
    [("no json", "is no JSON"), ("[]", ""), ('{"data": 7}', ""), ('{"data": [7, {"id": 7}]}', ""), (None, "")],
)
async def test_a_list_of_models_that_is_none(body, fault):
    async def models(_):
        if body is None:
            raise web.HTTPFound("/elsewhere")
        return web.Response(text=body)

    app = web.Application()
    app.router.add_get("/models", models)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    (found,) = await asked(configured(f"stt.url={url}", "stt.model=whisper-1"))
    await runner.cleanup()
    assert found.models == ()
    assert fault in found.fault
    assert found.status == (302 if body is None else 200)
