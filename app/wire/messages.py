"""What client and server say to each other, one class a message (docs/wire.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Rate = Annotated[int, Field(ge=8_000, le=48_000)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Speed = Annotated[float, Field(ge=0.5, le=2.0)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Whole = Annotated[int, Field(ge=0, le=2**32 - 1)]
"""What fits into the header of a binary frame, and never overflows a sum of times or samples."""

DEFAULT_RATE_HZ = 16_000
MAX_BINARY_BYTES = 64 * 1024
MAX_TEXT_BYTES = 1024 * 1024
Writing = Annotated[str, Field(max_length=MAX_TEXT_BYTES)]
"""Text of any length that a frame holds; the limit makes pydantic refuse lone surrogates, which have no UTF-8."""


class Mode(StrEnum):
    """What a session is for."""

    CONVERSATION = "conversation"
    TRANSCRIBE = "transcribe"
    SPEAK = "speak"


class Incoming(BaseModel):
    """Base of what a client sends: faults in what it knows are named, what it does not know is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class InputFormat(Incoming):
    """How the caller's audio is encoded."""

    codec: Literal["pcm16", "webm_opus"] = "pcm16"
    rate: Rate = DEFAULT_RATE_HZ
    """Hz; WebM says its own."""


class OutputFormat(Incoming):
    """How the reply's audio is encoded."""

    codec: Literal["pcm16"] = "pcm16"
    rate: Rate | None = None
    """Hz; None is the voice's own."""


class Options(Incoming):
    """What `POST /v1/sessions` may ask for; None keeps what is."""

    mode: Mode | None = None
    language: Language | None = None
    profile: Name | None = None
    voice: Name | None = None
    speed: Speed | None = None


class Configure(Options):
    type: Literal["session.configure"]
    partials: bool | None = None
    input: InputFormat | None = None
    output: OutputFormat | None = None


class AudioChunk(Incoming):
    type: Literal["audio_chunk"]
    data: str
    encoding: Literal["base64", "hex"] = "base64"
    chunk_index: Whole
    is_final: bool = False


class Commit(Incoming):
    type: Literal["audio.commit"]


class Text(Incoming):
    type: Literal["text"]
    text: Writing


class TextRequest(Incoming):
    type: Literal["text_request"]
    text: Writing
    language: Language | None = None


class Interrupt(Incoming):
    type: Literal["interrupt"]


class Playback(Incoming):
    type: Literal["playback"]
    turn: Whole
    played_ms: Whole
    state: Literal["playing", "paused", "done"] = "playing"


class Control(Incoming):
    type: Literal["control"]
    command: Literal["stats", "ping", "reset"]


class Bye(Incoming):
    type: Literal["bye"]


ClientMessage = Annotated[
    Configure | AudioChunk | Commit | Text | TextRequest | Interrupt | Playback | Control | Bye,
    Field(discriminator="type"),
]
CLIENT_MESSAGE: TypeAdapter[ClientMessage] = TypeAdapter(ClientMessage)
BINARY = "binary frame"
"""The name of a binary frame where messages are named."""
CLIENT_TYPES = (
    BINARY, "session.configure", "audio_chunk", "audio.commit", "text", "text_request", "interrupt", "playback",
    "control", "bye",
)  # fmt: skip


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
