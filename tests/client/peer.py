"""A server that says what a test wants and keeps what it hears: for what a real one does seldom, and when told to."""

import asyncio
import json
from contextlib import asynccontextmanager

import aiohttp
import numpy as np
from aiohttp import web

from app.net.access import PROTOCOL
from app.wire.codec import AudioFrame, encode_audio

RATE = 16_000
READY = {"type": "session.ready", "starter": None}


class Peer:
    """The server's end of one call."""

    def __init__(self, ws):
        self.ws = ws
        self.heard = []
        self.pcm = bytearray()
        self._new = asyncio.Event()

    async def tell(self, kind, **fields):
        await self.ws.send_json({"type": kind, **fields})

    async def end(self, reason="shutdown"):
        await self.tell("session.ended", reason=reason)
        await self.ws.close()

    async def play(self, turn, seconds, *, rate=RATE, level=8_000, last=True):
        """A reply, all at once."""
        pcm = np.full(int(seconds * rate), level, "<i2").tobytes()
        await self.ws.send_bytes(encode_audio(AudioFrame(turn, rate, 0, pcm, last)))

    async def until(self, kind, patience_s=10.0, **fields):
        """The first message of that kind with these fields."""
        async with asyncio.timeout(patience_s):
            while True:
                for message in self.heard:
                    if message["type"] == kind and fields.items() <= message.items():
                        return message
                self._new.clear()
                await self._new.wait()

    def of(self, kind, **fields):
        return [m for m in self.heard if m["type"] == kind and fields.items() <= m.items()]

    async def listen(self):
        async for frame in self.ws:
            if frame.type is aiohttp.WSMsgType.TEXT:
                self.heard.append(json.loads(frame.data))
                if self.heard[-1]["type"] == "bye":
                    await self.end("bye")
            elif frame.type is aiohttp.WSMsgType.BINARY:
                assert not self.of("bye"), "audio came after the goodbye"
                self.pcm += frame.data
            self._new.set()


@asynccontextmanager
async def answering(script, *, hears=True, ready=True):
    """The URL of a server that holds `script(peer)` with its caller; a script's own failure fails the test."""
    failed = []

    async def hold(request):
        ws = web.WebSocketResponse(protocols=(PROTOCOL,))
        await ws.prepare(request)
        peer = Peer(ws)
        if ready:
            await ws.send_json(READY)
        try:
            async with asyncio.TaskGroup() as tasks:
                listening = [tasks.create_task(peer.listen())] if hears else []
                await script(peer)
                for task in listening:
                    await task
        except* (TimeoutError, AssertionError) as group:
            failed.append(group)
            await ws.close()
        return ws

    app = web.Application()
    app.router.add_get("/v1/ws", hold)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
    for group in failed:
        raise group
