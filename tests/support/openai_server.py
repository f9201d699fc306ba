"""An OpenAI-compatible server on this machine around our own engines, and misbehaviour to order."""

import asyncio
import io
import json
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import av
import numpy as np
from aiohttp import web

from app.interfaces import Message, Prompt, SttJob, SttKind


@dataclass
class OpenAiServer:
    """`requests` are the bodies and forms it was sent."""

    llm: Any = None
    stt: Any = None
    url: str = ""
    requests: list = field(default_factory=list)
    keys: list = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody left before the end of an answer."""
    # Faults:
    status: int = 200
    error: Any = None
    """The body of a refusal."""
    no_system: bool = False
    """Its model's chat template refuses a system message."""
    strict: set = field(default_factory=set)
    """Fields that it refuses."""
    faults: list = field(default_factory=list)
    """The next requests are answered so."""
    most_messages: int = 100
    """More do not fit its context."""
    silent_s: float = 0.0
    """Before each piece of an answer."""
    script: list = field(default_factory=list)
    """Lines to send in place of an answer."""
    broken: bool = False
    """An answer ends in its middle, with the connection."""
    transcription: Any = None
    """To send in place of one."""


@asynccontextmanager
async def openai_server(llm=None, stt=None, port=0):
    server = OpenAiServer(llm, stt)
    app = web.Application(middlewares=[web.middleware(_misbehaving(server))])
    app.router.add_post("/v1/chat/completions", partial(_chat, server))
    app.router.add_post("/v1/audio/transcriptions", partial(_transcribe, server))
    app.router.add_post("/v1/audio/translations", partial(_transcribe, server))
    app.router.add_get("/v1/models", _models)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield server
    finally:
        await runner.cleanup()


def _misbehaving(server):
    async def handle(request, handler):
        server.keys.append(request.headers.get("Authorization", ""))
        status = server.faults.pop() if server.faults else server.status
        if status != 200:
            return web.json_response(server.error, status=status)
        return await handler(request)

    return handle


async def _models(_):
    return web.json_response({"data": [{"id": "starter"}, {"id": "other"}]})


async def _chat(server, request):
    asked = await request.json()
    server.requests.append(asked)
    messages = tuple(Message(m["role"], m["content"]) for m in asked["messages"])
    if server.strict & asked.keys():
        return web.json_response({"error": {"message": "Unrecognized request argument"}}, status=400)
    if len(messages) > server.most_messages:
        return web.json_response({"error": {"type": "exceed_context_size_error"}}, status=400)
    if server.no_system and messages[0].role == "system":
        return web.json_response({"error": {"message": "System role not supported", "code": 500}}, status=500)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    try:
        async for line in _lines(server, asked, messages):
            await asyncio.sleep(server.silent_s)
            await response.write(f"{line}\n\n".encode())
            if server.broken:
                request.transport.abort()
    except (asyncio.CancelledError, ConnectionError):
        server.hung_up.set()
        raise
    return response


async def _lines(server, asked, messages):
    for line in server.script:
        yield line
    if server.script:
        return
    prompt = Prompt(messages, asked["max_tokens"], asked["temperature"], stop=tuple(asked.get("stop", ())))
    slot = await server.llm.open()
    try:
        async with aclosing(slot.generate(prompt)) as pieces:
            async for piece in pieces:
                yield "data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": piece}}]})
    finally:
        await slot.close()
    yield "data: [DONE]"


async def _transcribe(server, request):
    form = await request.post()
    with form["file"].file as file:
        sent = file.read()
    fields = [(name, value) for name, value in form.items() if name != "file"]
    server.requests.append([(request.path, ""), *fields])
    await asyncio.sleep(server.silent_s)
    if server.transcription is not None:
        return web.json_response(server.transcription)
    with av.open(io.BytesIO(sent)) as file:
        pcm = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    job = SttJob("server", SttKind.FINAL, pcm.astype(np.float32) / 32768.0)
    heard = await server.stt.transcribe(job)
    words = [{"word": w.text, "start": w.start_ms / 1000, "end": w.end_ms / 1000} for w in heard.words]
    segments = [{"text": heard.text, "start": 0.0, "end": 1.0, "avg_logprob": -0.1, "no_speech_prob": 0.01}]
    return web.json_response({"text": heard.text, "language": "english", "words": words, "segments": segments})
