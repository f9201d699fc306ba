"""What the server says, one class a message (docs/wire.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Base of what the server sends; `seq` and `at_ms` are added when the frame is written."""

    type: ClassVar[str]


@dataclass(frozen=True, slots=True)
class SessionReady(Outgoing):
    type: ClassVar[str] = "session.ready"
    session_id: str
    token: str
    resumed: bool
    config: Mapping[str, object]
    limits: Mapping[str, object]
    models: Mapping[str, str]
    starter: str | None
    """A plain sentence when starter models are in use."""


@dataclass(frozen=True, slots=True)
class SpeechStarted(Outgoing):
    type: ClassVar[str] = "speech.started"
    turn: int


@dataclass(frozen=True, slots=True)
class SpeechStopped(Outgoing):
    type: ClassVar[str] = "speech.stopped"
    turn: int


@dataclass(frozen=True, slots=True)
class TranscriptPartial(Outgoing):
    type: ClassVar[str] = "transcript.partial"
    turn: int
    stable: str
    unstable: str


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word of a transcript or a reply."""

    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class HeardWord(TimedWord):
    """A word of a transcript, with the recogniser's probability."""

    p: float


@dataclass(frozen=True, slots=True)
class TranscriptFinal(Outgoing):
    type: ClassVar[str] = "transcript.final"
    turn: int
    text: str
    language: str
    no_speech_prob: float
    duration_ms: int
    words: tuple[HeardWord, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyStarted(Outgoing):
    type: ClassVar[str] = "reply.started"
    turn: int


@dataclass(frozen=True, slots=True)
class ReplyDelta(Outgoing):
    type: ClassVar[str] = "reply.delta"
    turn: int
    text: str


@dataclass(frozen=True, slots=True)
class ReplySentence(Outgoing):
    type: ClassVar[str] = "reply.sentence"
    turn: int
    index: int
    text: str
    start_ms: int
    words: tuple[TimedWord, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyDuck(Outgoing):
    """Play it so much louder; 0 is as before."""

    type: ClassVar[str] = "reply.duck"
    turn: int
    gain_db: float


@dataclass(frozen=True, slots=True)
class ReplyPause(Outgoing):
    """Stop playing it, but keep what was received."""

    type: ClassVar[str] = "reply.pause"
    turn: int


@dataclass(frozen=True, slots=True)
class ReplyResume(Outgoing):
    """Go on, as loud as before."""

    type: ClassVar[str] = "reply.resume"
    turn: int
    from_ms: int


@dataclass(frozen=True, slots=True)
class ReplyStop(Outgoing):
    type: ClassVar[str] = "reply.stop"
    turn: int


class ReplyStatus(StrEnum):
    """How a reply ended."""

    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    FAILED = "failed"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class ReplyEnded(Outgoing):
    type: ClassVar[str] = "reply.ended"
    turn: int
    status: ReplyStatus
    heard_text: str
    timeline: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Stats(Outgoing):
    type: ClassVar[str] = "stats"
    stats: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Pong(Outgoing):
    type: ClassVar[str] = "pong"


@dataclass(frozen=True, slots=True)
class ErrorMessage(Outgoing):
    type: ClassVar[str] = "error"
    code: str
    message: str
    fix: str
    fatal: bool
    retry_after_s: float | None = field(default=None)


@dataclass(frozen=True, slots=True)
class SessionExpiring(Outgoing):
    type: ClassVar[str] = "session.expiring"
    in_s: int


class EndReason(StrEnum):
    """Why a session ended."""

    BYE = "bye"
    EXPIRED = "expired"
    SHUTDOWN = "shutdown"
    REPLACED = "replaced"
    CLOSED = "closed"
    BUFFER_FULL = "buffer_full"
    TOO_SLOW = "too_slow"
    UNDECODABLE = "undecodable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SessionEnded(Outgoing):
    type: ClassVar[str] = "session.ended"
    reason: EndReason
