"""Frames to messages and back. Pure: bytes and text in, values out, `CallerError` for what is malformed."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import struct
from dataclasses import dataclass

from pydantic import ValidationError

from app.errors import CallerError
from app.wire.incoming import BINARY, CLIENT_MESSAGE, CLIENT_TYPES, AudioChunk, ClientMessage
from app.wire.messages import Outgoing

_HEADER = struct.Struct("<BBHII")
HEADER_BYTES = _HEADER.size
KIND_REPLY_AUDIO = 1
FLAG_LAST = 1
_MAX_FAULTS = 5
"""Faulty fields named in one error."""


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """A piece of a reply's audio, as it stands in a binary frame."""

    turn: int
    rate_hz: int
    offset: int
    """Of its first sample in the reply."""
    pcm: bytes
    """Little-endian PCM16, mono."""
    last: bool = False


def decode(frame: str) -> ClientMessage:
    """A client's text frame. Raises `CallerError`: `bad_json`, `unknown_type`, `bad_message`."""
    try:
        value = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise CallerError("bad_json", "The text frame is not JSON.", "Send one JSON object a frame.") from error
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in CLIENT_TYPES or kind == BINARY:
        raise CallerError(
            "unknown_type", "The message has no type that this server knows.", f"Use one of: {', '.join(CLIENT_TYPES)}."
        )
    try:
        return CLIENT_MESSAGE.validate_python(value)
    except ValidationError as error:
        raise CallerError("bad_message", f"{kind}: {faults(error)}", "Correct the fields named.") from error


def faults(error: ValidationError) -> str:
    """The faulty fields by name; never their values, which may be a caller's words."""
    found = [f"{'.'.join(str(p) for p in e['loc'][-2:])}: {e['msg']}" for e in error.errors(include_input=False)]
    more = f"; and {len(found) - _MAX_FAULTS} more" if len(found) > _MAX_FAULTS else ""
    return "; ".join(found[:_MAX_FAULTS]) + more


def decode_chunk(chunk: AudioChunk) -> bytes:
    """The audio in an `audio_chunk`. Raises `CallerError` `bad_audio_data`."""
    try:
        if chunk.encoding == "hex":
            return bytes.fromhex(chunk.data)
        return base64.b64decode(chunk.data, validate=True)
    except (ValueError, binascii.Error) as error:
        raise CallerError(
            "bad_audio_data", f"data is not {chunk.encoding}.", "Encode the audio as `encoding` says."
        ) from error


def encode(message: Outgoing, seq: int, at_ms: int) -> str:
    """A server's text frame."""
    body = {"type": message.type, "seq": seq, "at_ms": at_ms}
    return json.dumps(body | dataclasses.asdict(message), ensure_ascii=False, separators=(",", ":"))


def encode_audio(frame: AudioFrame) -> bytes:
    """A server's binary frame: header `<BBHII`, then the samples."""
    flags = FLAG_LAST if frame.last else 0
    return _HEADER.pack(KIND_REPLY_AUDIO, flags, frame.rate_hz, frame.turn, frame.offset) + frame.pcm


def decode_audio(data: bytes) -> AudioFrame:
    """What `encode_audio` made. Raises `ValueError` for anything else."""
    if len(data) < HEADER_BYTES or data[0] != KIND_REPLY_AUDIO:
        raise ValueError("not a reply audio frame")
    _, flags, rate_hz, turn, offset = _HEADER.unpack_from(data)
    return AudioFrame(turn, rate_hz, offset, data[HEADER_BYTES:], bool(flags & FLAG_LAST))
