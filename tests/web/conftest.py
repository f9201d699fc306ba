"""A Chromium, and a scripted server: it speaks the wire and does what a test tells it, nothing by itself.

Scripted so that a test decides when audio, stops and lost connections come; `test_page_real.py` has the real server.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import struct
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import pytest_asyncio
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright

WEB = Path(__file__).parents[2] / "app" / "web"
POLICY = "default-src 'self'"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
INSECURE_HOST = "parlor.test"
FLAGS.append(f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1")


def to_wav(source: Path, target: Path, silence_s: float = 0.0) -> Path:
    """`source`, any audio file, as 48 kHz mono WAV with silence after it."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000)
    with av.open(str(source)) as file:
        frames = [out for frame in file.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    pcm = np.concatenate([f.to_ndarray()[0] for f in frames] + [np.zeros(int(silence_s * 48_000), np.int16)])
    data = pcm.tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1, 48_000, 96_000, 2, 16,
                       b"data", len(data))  # fmt: skip
    target.write_bytes(head + data)
    return target


@pytest.fixture(scope="module")
def chromium() -> str:
    """Where Chromium is; in CI it must be somewhere."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium in PATH, and CI must test the page")
        pytest.skip("no chromium in PATH")
    return path


@pytest.fixture(scope="module")
def microphone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the fake microphone plays, once: a test module's `MICROPHONE`, else the sample sentence."""
    speech = getattr(request.module, "MICROPHONE", WEB / "sample.flac")
    return to_wav(speech, tmp_path_factory.mktemp("microphone") / "speech.wav", silence_s=3.0)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str, microphone: Path) -> AsyncIterator[Browser]:
    fake = f"--use-file-for-fake-audio-capture={microphone}%noloop"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, fake])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page of its own; whatever the browser complains of (its policy, an uncaught error) fails the test."""
    context = await browser.new_context()
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda m: complaints.append(m.text) if "Security Policy" in m.text else None)
    yield page
    await context.close()
    assert not complaints


class ScriptedServer:
    """Serves the page and one session at a time; remembers all it was sent."""

    def __init__(self) -> None:
        self.opened: list[dict[str, Any]] = []
        self.authorizations: list[str | None] = []
        self.joined: list[tuple[str, str | None, str]] = []
        """Session, `from` and subprotocols of each socket."""
        self.received: list[dict[str, Any]] = []
        self.audio = bytearray()
        self.refusal: web.Response | None = None
        """What opening a session is answered with instead."""
        self.closes_unknown = False
        """A session it does not know is closed with 1008 instead of being refused with 404."""
        self.config: dict[str, Any] = {"input": {"codec": "pcm16", "rate": 16_000}}
        """Of the session, as `session.ready` tells it."""
        self.limits: dict[str, Any] = {"keep_s": 15.0}
        self.answers = True
        """Whether pings are; without that it is as dead as a line that was pulled out."""
        self.remembers = True
        """Whether it says `resumed` when a socket comes back."""
        self._sessions: set[str] = set()
        self._socket: web.WebSocketResponse | None = None
        self._seq = 0
        self._changed = asyncio.Event()
        app = web.Application()
        app.router.add_get("/", self._index)
        app.router.add_get("/blank", self._blank)
        app.router.add_static("/web", WEB)
        app.router.add_post("/v1/sessions", self._open)
        app.router.add_get("/v1/sessions/{id}/ws", self._join)
        app.router.add_get("/v1/sessions/{id}/stats", self._stats)
        app.on_response_prepare.append(self._guard)
        self.server = TestServer(app)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/"))

    @property
    def insecure_url(self) -> str:
        """The same under a name that Chromium does not take for safe."""
        return self.url.replace("127.0.0.1", INSECURE_HOST)

    async def say(self, kind: str, **fields: Any) -> None:
        """Send a message."""
        self._seq += 1
        assert self._socket is not None
        await self._socket.send_json({"type": kind, "seq": self._seq, "at_ms": 0, **fields})

    async def play(self, turn: int, pcm: np.ndarray, rate: int, offset: int = 0, last: bool = False) -> None:
        """Send reply audio."""
        assert self._socket is not None
        await self._socket.send_bytes(struct.pack("<BBHII", 1, last, rate, turn, offset) + pcm.tobytes())

    async def until(self, met: Callable[[], object], limit_s: float = 10.0) -> None:
        """Wait for something that what is received makes true."""
        async with asyncio.timeout(limit_s):
            while not met():
                self._changed.clear()
                await self._changed.wait()

    def of(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        """The messages received of this type and with these fields."""
        return [m for m in self.received if m["type"] == kind and all(m.get(k) == v for k, v in fields.items())]

    def cut(self) -> None:
        """Lose the connection, without a word."""
        assert self._socket is not None
        assert self._socket._req is not None
        assert self._socket._req.transport is not None
        self._socket._req.transport.abort()

    async def close_socket(self, code: int) -> None:
        assert self._socket is not None
        await self._socket.close(code=code)

    def forget_sessions(self) -> None:
        self._sessions.clear()

    async def _guard(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = POLICY

    async def _index(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(WEB / "index.html")

    async def _blank(self, request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>someone's page</title>", content_type="text/html")

    async def _open(self, request: web.Request) -> web.Response:
        self.authorizations.append(request.headers.get("Authorization"))
        if self.refusal is not None:
            return self.refusal
        self.opened.append(await request.json())
        name = f"s{len(self.opened)}"
        self._sessions.add(name)
        self._seq = 0
        path = f"/v1/sessions/{name}/ws"
        return web.json_response({"session_id": name, "token": f"t-{name}", "ws_path": path, "limits": {}}, status=201)

    async def _stats(self, request: web.Request) -> web.Response:
        return web.json_response({}, status=200 if request.match_info["id"] in self._sessions else 404)

    async def _join(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["id"]
        known = name in self._sessions
        if not known and not self.closes_unknown:
            return web.Response(status=404)
        socket = web.WebSocketResponse(protocols=("parlor.v1",))
        await socket.prepare(request)
        if not known:
            await socket.close(code=1008)
            return socket
        self._socket = socket
        self.joined.append((name, request.query.get("from"), request.headers["Sec-WebSocket-Protocol"]))
        resumed = self.remembers and "from" in request.query
        more = {"config": self.config, "limits": self.limits}
        await self.say("session.ready", session_id=name, token=f"t-{name}", resumed=resumed, **more)
        self._changed.set()
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                self.audio += message.data
            else:
                told = json.loads(message.data)
                self.received.append(told)
                if told.get("command") == "ping" and self.answers:
                    await self.say("pong")
                if told["type"] == "session.configure":
                    self.config["input"] = told["input"]
            self._changed.set()
        return socket


@pytest_asyncio.fixture(loop_scope="module")
async def scripted() -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer()
    await server.server.start_server()
    yield server
    await server.server.close()


CALL = """async () => {
  const { ParlorClient } = await import("/web/parlor-client.js");
  window.client = new ParlorClient();
  window.events = [];
  const types = ["state", "playback", "error", "microphone", "session.ready", "transcript.final", "reply.stop"];
  for (const type of types) client.addEventListener(type, ({ detail }) => events.push({ type, ...detail }));
  await client.connect({ language: "en" });
  const context = client.output.context;
  await context.audioWorklet.addModule("/web/mic-worklet.js");
  const mono = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
  const recorder = new AudioWorkletNode(context, "parlor-microphone", mono);
  window.recorded = [];
  recorder.port.onmessage = ({ data }) => recorded.push(...data);
  client.output.connect(recorder);
  return client.rate;
}"""
"""Connects someone's page through parlor-client.js alone, and records what it plays; gives the rate."""


class Caller:
    """A page that holds a conversation through parlor-client.js."""

    def __init__(self, page: Page, rate: int) -> None:
        self.page = page
        self.rate = rate

    async def recorded(self) -> np.ndarray:
        """All that was played so far, at `rate`, silence too."""
        await asyncio.sleep(0.1)  # the recorder gives 20 ms at a time
        return np.array(await self.page.evaluate("recorded"), np.int16)

    async def until(self, met: str, limit_s: float = 10.0) -> None:
        """Wait for a JavaScript expression (Playwright's own wait evaluates strings, which the policy forbids)."""
        async with asyncio.timeout(limit_s):
            while not await self.page.evaluate(met):  # noqa: ASYNC110 - the event is in another process
                await asyncio.sleep(0.02)

    async def events(self, kind: str) -> list[dict[str, Any]]:
        return [e for e in await self.page.evaluate("events") if e["type"] == kind]


@pytest_asyncio.fixture(loop_scope="module")
async def caller(page: Page, scripted: ScriptedServer) -> Caller:
    """A connected page of somebody else, without page.js."""
    await page.goto(f"{scripted.url}blank")
    rate = await page.evaluate(CALL)
    await scripted.until(lambda: scripted.of("session.configure"))
    return Caller(page, rate)
