"""A test's end of a socket."""

import asyncio
import json
from contextlib import asynccontextmanager

import aiohttp
import numpy as np

from app.wire.codec import decode_audio

RATE = 16_000
PATIENCE_S = 20.0


def loud(seconds):
    """Speech, to a scripted detector: a buzz with all the harmonics of a voice."""
    return (np.arange(int(seconds * RATE)) % 128 / 64 * 12_000 - 12_000).astype("<i2").tobytes()


def quiet(seconds):
    return bytes(2 * int(seconds * RATE))


class Caller:
    """Sends what it is told to, keeps what it receives. Reports playback like a client whose link takes no time."""

    def __init__(self, ws):
        self.ws = ws
        self.events = []
        self.audio = []
        self.close_code = None
        self._new = asyncio.Event()

    async def send(self, type_, **fields):
        await self.ws.send_json({"type": type_, **fields})

    async def hear(self, *parts, chunk=3200):
        data = b"".join(parts)
        for at in range(0, len(data), chunk):
            await self.ws.send_bytes(data[at : at + chunk])

    async def until(self, type_, count=1, patience_s=PATIENCE_S, **fields):
        """The `count`th event of that type, with these fields, from the beginning of the call."""
        async with asyncio.timeout(patience_s):
            while True:
                found = [e for e in self.events if e["type"] == type_ and fields.items() <= e.items()]
                if len(found) >= count:
                    return found[count - 1]
                self._new.clear()
                await self._new.wait()

    def types(self):
        return [e["type"] for e in self.events]

    def of(self, type_):
        return [e for e in self.events if e["type"] == type_]

    def samples(self, turn):
        return sum(len(f.pcm) // 2 for f in self.audio if f.turn == turn)

    async def sounds(self, patience_s=PATIENCE_S):
        """Until the first audio is there."""
        async with asyncio.timeout(patience_s):
            while not self.audio:
                self._new.clear()
                await self._new.wait()

    async def closed(self, patience_s=PATIENCE_S):
        async with asyncio.timeout(patience_s):
            while self.close_code is None:
                self._new.clear()
                await self._new.wait()
        return self.close_code

    async def listen(self):
        async for frame in self.ws:
            if frame.type is aiohttp.WSMsgType.TEXT:
                self.events.append(json.loads(frame.data))
            elif frame.type is aiohttp.WSMsgType.BINARY:
                self.audio.append(decode_audio(frame.data))
            self._new.set()
        self.close_code = self.ws.close_code
        self._new.set()


@asynccontextmanager
async def calling(url, path="/v1/ws", token="", **configure):
    """A caller on a new session, or on the one at `path`; ready, and configured if anything is given."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.ws_connect(url + path, protocols=("parlor.v1",)) as ws,
        asyncio.TaskGroup() as tasks,
    ):
        caller = Caller(ws)
        listening = tasks.create_task(caller.listen())
        try:
            await caller.until("session.ready")
            if configure:
                await caller.send("session.configure", **configure)
            yield caller
        finally:
            await ws.close()
            listening.cancel()
