"""What a caller saw of a conversation: events as they come, one summary at the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from app.client.player import Player

Event = Mapping[str, Any]
Show = Callable[[Event], None]
"""Where events go as they happen: a terminal, or a list in a test."""


@dataclass(slots=True)
class TurnRecord:
    """One file that was spoken, and what came of it. A long pause in it makes several turns of the server's."""

    file: str
    speech_end_at: float
    """When its last audible 10 ms were sent, on the caller's clock in seconds."""
    transcripts: list[str] = field(default_factory=list)
    reply: str = ""
    timeline: Mapping[str, int | None] | None = None
    player: Player | None = None
    ended: bool = False

    def summary(self) -> dict[str, Any]:
        first = self.player.first_sound_at if self.player else None
        return {
            "file": self.file,
            "transcript": " ".join(self.transcripts),
            "reply": self.reply.strip(),
            "voice_to_voice_ms": None if first is None else round((first - self.speech_end_at) * 1000),
            "timeline": self.timeline,
        }

    def take(self, event: Event) -> None:
        """A server message that belongs to this turn."""
        match event["type"]:
            case "transcript.final" if event["text"]:
                self.transcripts.append(event["text"])
            case "reply.started":
                self.reply = ""
            case "reply.delta":
                self.reply += event["text"]
            case "reply.ended":
                self.timeline = event["timeline"]
                self.ended = True
            case _:
                pass


def percentiles(records: Sequence[TurnRecord]) -> dict[str, dict[str, int]]:
    """p50 and p95 over the turns, in ms: voice-to-voice on the caller's clock, and the server's stages one by one."""
    stages: dict[str, list[int]] = {}
    for record in records:
        summary = record.summary()
        if summary["voice_to_voice_ms"] is not None:
            stages.setdefault("voice_to_voice", []).append(summary["voice_to_voice_ms"])
        marks = [(name, at) for name, at in (record.timeline or {}).items() if at is not None]
        for (_, before), (name, at) in pairwise(marks):
            stages.setdefault(name, []).append(at - before)
    return {name: {"p50": _percentile(found, 50), "p95": _percentile(found, 95)} for name, found in stages.items()}


def _percentile(values: Sequence[int], percent: int) -> int:
    """The nearest rank."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]
