"""The two wires a caller may speak: Parlor's, and the raw one of `scripts/peers/bot.py`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

import aiohttp
import numpy as np

from app.interfaces import RATE_HZ
from app.net.access import PROTOCOL
from app.wire.codec import decode_audio
from scripts.peers.capture import Capture


class Line(Protocol):
    """One kind of server."""

    url: str
    protocols: tuple[str, ...]
    ready: str
    """The message after which audio may flow; empty if none is awaited."""
    farewell: str
    """What is sent last; empty for nothing."""

    def take(self, message: aiohttp.WSMessage, capture: Capture, now: float) -> None:
        """Enter a message into `capture`, at `now` in seconds of the caller's clock."""

    def reports(self, capture: Capture, now: float) -> list[str]:
        """What the server wants to be told about playing."""


@dataclass(slots=True)
class ParlorLine:
    """`docs`: the wire, version 1."""

    url: str
    protocols: tuple[str, ...] = (PROTOCOL,)
    ready: str = "session.ready"
    farewell: str = '{"type": "bye"}'

    def take(self, message: aiohttp.WSMessage, capture: Capture, now: float) -> None:
        if message.type is aiohttp.WSMsgType.BINARY:
            frame = decode_audio(message.data)
            capture.play(frame.turn, np.frombuffer(frame.pcm, "<i2").astype(np.int16), frame.rate_hz, now)
            return
        event = json.loads(message.data)
        match event["type"]:
            case "speech.stopped":
                capture.ended.append(now)
            case "transcript.final":
                capture.texts.append(event["text"])
            case "reply.stop":
                capture.stop(now)
            case "reply.pause":
                capture.pause(now)
            case "reply.resume":
                capture.resume(now)
            case _:
                pass

    def reports(self, capture: Capture, now: float) -> list[str]:
        turns = sorted({sound.turn for sound in capture.sounds})
        played = {turn: capture.played_ms(turn, now) for turn in turns[-1:]}
        return [
            json.dumps({"type": "playback", "turn": turn, "played_ms": ms, "state": "playing"})
            for turn, ms in played.items()
        ]


@dataclass(slots=True)
class RawLine:
    """PCM16 at 16 kHz both ways, and few messages."""

    url: str
    protocols: tuple[str, ...] = ()
    ready: str = ""
    farewell: str = ""

    def take(self, message: aiohttp.WSMessage, capture: Capture, now: float) -> None:
        if message.type is aiohttp.WSMsgType.BINARY:
            capture.play(len(capture.ended), np.frombuffer(message.data, "<i2").astype(np.int16), RATE_HZ, now)
            return
        event = json.loads(message.data)
        match event["type"]:
            case "turn.ended":
                capture.ended.append(now)
                capture.texts.append(event["text"])
            case "stop":
                capture.stop(now)
            case _:
                pass

    def reports(self, capture: Capture, now: float) -> list[str]:
        return []
