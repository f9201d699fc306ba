"""What a caller saw of a conversation: events as they come, one summary at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
