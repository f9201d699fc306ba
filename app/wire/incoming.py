"""What a client says, one class a message (docs/wire.md)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Rate = Annotated[int, Field(ge=8_000, le=48_000)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Speed = Annotated[float, Field(ge=0.5, le=2.0)]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Whole = Annotated[int, Field(ge=0, le=2**32 - 1)]
"""What fits into the header of a binary frame, and never overflows a sum of times or samples."""

DEFAULT_RATE_HZ = 16_000
MAX_BINARY_BYTES = 64 * 1024
MAX_TEXT_BYTES = 256 * 1024
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

    @model_validator(mode="before")
    @classmethod
    def _null_is_left_out(cls, sent: Any) -> Any:  # noqa: ANN401 - whatever a client sends
        return {name: value for name, value in sent.items() if value is not None} if isinstance(sent, dict) else sent


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
    latency_ms: Whole = 0
    """Between playing and hearing; taken off `played_ms` already."""


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
