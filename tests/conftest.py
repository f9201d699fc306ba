"""Servers for tests, and a watch on what they leave behind."""

import asyncio
import signal
import threading
import time
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from app.config import load
from app.metrics import Metrics
from app.net.access import Access
from app.net.api import Api
from app.net.server import listening
from app.session.parts import Parts
from app.session.store import Sessions
from tests.support.scripted import scripted

CONFIG = (
    "server.port=0",
    "server.token=''",
    "session.max_sessions=4",
    "stt.device=cpu",
    "stt.beam_size=1",
    "llm.device=cpu",
    "session.draft=off",
    "tts.cache_disk_mb=0",
)
START_S = 60.0
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in the background so
    signal.signal(signal.SIGINT, signal.default_int_handler)


def configured(*overrides):
    return load(None, {}, [*CONFIG, *overrides])


@pytest.fixture(scope="session")
def server_url():
    """The real server with the real engines on the starter models, in a thread with a loop of its own."""
    from app.compose import server

    started, stop = threading.Event(), asyncio.Event()
    found = {}

    async def serve():
        found["loop"] = asyncio.get_running_loop()
        async with server(configured("session.max_sessions=12", "session.draft=auto")) as running:
            found["url"] = running.url
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="test-server")
    thread.start()
    assert started.wait(START_S), "the server did not start"
    yield found["url"]
    found["loop"].call_soon_threadsafe(stop.set)
    thread.join()


@pytest.fixture
def serving():
    """`async with serving(config, **engines) as (url, sessions)`: the real server around scripted engines."""

    @asynccontextmanager
    async def start(*overrides, **engines):
        config = configured(*overrides)
        api = Api(Access(config.server))
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(listening(api, config.server))
            parts = Parts(scripted(**engines), config, Metrics())
            api.sessions = await stack.enter_async_context(Sessions(parts))
            yield url, api.sessions

    return start


@pytest.fixture(autouse=True)
def leaks_nothing(request):
    """Fails a test after which a task or one of our threads still runs."""
    before = set(threading.enumerate())
    if request.node.get_closest_marker("asyncio"):
        request.getfixturevalue("_ends_all_tasks")
    yield
    if request.node.get_closest_marker("leaves_a_thread"):
        return
    deadline = time.monotonic() + 5.0
    while left := [t for t in set(threading.enumerate()) - before if t.name.startswith("parlor")]:
        assert time.monotonic() < deadline, f"threads left behind: {left}"
        left[0].join(0.05)


@pytest.fixture
async def _ends_all_tasks():
    before = asyncio.all_tasks()
    yield
    await asyncio.sleep(0)
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    assert not left, f"tasks left behind: {left}"
