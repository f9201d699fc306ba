"""Frames to messages and back: what is malformed has a named error, and no error repeats what the caller sent."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CallerError
from app.wire import incoming, messages
from app.wire.codec import (
    HEADER_BYTES,
    AudioFrame,
    decode,
    decode_audio,
    decode_chunk,
    encode,
    encode_audio,
)
from app.wire.incoming import AudioChunk
from app.wire.messages import HeardWord, TimedWord, TranscriptFinal

WORD = "sekerpare"
"""Stands for what a caller says; no error may hold it."""
FRAMES = st.builds(
    AudioFrame, st.integers(0, 2**32 - 1), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1),
    st.binary(max_size=64), st.booleans(),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = (
    "mode", "language", "profile", "voice", "speed", "partials", "input", "output", "data", "encoding", "chunk_index",
    "is_final", "text", "turn", "played_ms", "state", "command",
)  # fmt: skip


def refused(frame):
    with pytest.raises(CallerError) as caught:
        decode(frame)
    return caught.value


def message_or_error(value):
    try:
        return decode(json.dumps(value))
    except CallerError as error:
        return error


# ---- audio frames


@given(FRAMES)
def test_audio_comes_back_as_it_was(frame):
    data = encode_audio(frame)
    assert len(data) == HEADER_BYTES + len(frame.pcm)
    assert decode_audio(data) == frame


def test_the_header_is_what_the_document_says():
    data = encode_audio(AudioFrame(turn=0x01020304, rate_hz=24_000, offset=5, pcm=b"\x07\x08", last=True))
    assert data == bytes([1, 1, 0xC0, 0x5D, 4, 3, 2, 1, 5, 0, 0, 0, 7, 8])


@given(st.binary(max_size=40))
def test_other_bytes_are_a_value_error_or_a_frame(data):
    if len(data) >= HEADER_BYTES and data[0] == 1:
        assert decode_audio(data).pcm == data[HEADER_BYTES:]
    else:
        with pytest.raises(ValueError, match="not a reply audio frame"):
            decode_audio(data)


# ---- text frames in


@pytest.mark.parametrize(
    "frame",
    ["", "{", "hello", '{"type":"bye"', '{"type":"bye"} x', "{'type':'bye'}", "[" * 100_000, '{"a":' * 100_000,
     '{"type":"playback","turn":' + "9" * 5000 + "}"],
    ids=lambda f: f[:12],
)  # fmt: skip
def test_no_json(frame):
    assert refused(frame).code == "bad_json"


@pytest.mark.parametrize(
    "frame",
    ["null", "3", '"bye"', "[]", '[{"type":"bye"}]', "{}", '{"type":null}', '{"type":1}', '{"type":["bye"]}',
     '{"type":{}}', '{"type":""}', '{"type":"Bye"}', '{"type":"reply.stop"}', '{"type":"binary frame"}',
     f'{{"type":"{WORD}"}}'],
)  # fmt: skip
def test_no_known_type(frame):
    error = refused(frame)
    assert error.code == "unknown_type"
    assert WORD not in error.message + error.fix


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        ('{"type":"text"}', "text"),
        ('{"type":"text","text":[["sekerpare"]]}', "text"),
        ('{"type":"text","text":"\\ud800"}', "text"),
        ('{"type":"audio_chunk","data":"","chunk_index":-1}', "chunk_index"),
        ('{"type":"audio_chunk","data":"","chunk_index":1e400}', "chunk_index"),
        ('{"type":"playback","turn":"sekerpare","played_ms":0}', "turn"),
        ('{"type":"playback","turn":0,"played_ms":' + "9" * 400 + "}", "played_ms"),
        ('{"type":"session.configure","speed":NaN}', "speed"),
        ('{"type":"session.configure","language":"sekerpare"}', "language"),
        ('{"type":"session.configure","input":{"codec":"sekerpare"}}', "input.codec"),
        ('{"type":"control","command":"sekerpare"}', "command"),
    ],
)
def test_a_faulty_field_is_named_and_its_value_is_not(frame, field):
    error = refused(frame)
    assert error.code == "bad_message"
    assert f"{field}: " in error.message
    assert WORD not in error.message + error.fix


def test_a_long_list_of_faults_is_cut():
    frame = {"type": "session.configure"} | {field: [WORD] for field in FIELDS}
    message = refused(json.dumps(frame)).message
    assert message.count("Input should be") == 5
    assert message.endswith("; and 3 more")


@given(st.sampled_from(incoming.CLIENT_TYPES), st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_fields_make_a_message_or_a_named_error(kind, fields):
    outcome = message_or_error(fields | {"type": kind})
    if isinstance(outcome, CallerError):
        assert outcome.code == ("unknown_type" if kind == incoming.BINARY else "bad_message")
    else:
        assert outcome.type == kind


@given(st.text() | JSON.map(json.dumps))
def test_any_text_is_a_named_error(frame):
    assert refused(frame).code in {"bad_json", "unknown_type"}


@given(st.sampled_from(incoming.CLIENT_TYPES[1:]), st.dictionaries(st.sampled_from(FIELDS), st.sampled_from([0, 1, 2])))
def test_no_error_repeats_what_was_sent(kind, shapes):
    values = (WORD, [WORD], {WORD: WORD, "codec": WORD, "rate": WORD})
    outcome = message_or_error({"type": kind} | {field: values[shape] for field, shape in shapes.items()})
    assert not isinstance(outcome, CallerError) or WORD not in outcome.message + outcome.fix


def test_deep_nesting_in_what_is_not_read_does_no_harm():
    assert decode('{"type":"bye","x":' + "[" * 400 + "]" * 400 + "}").type == "bye"


# ---- audio chunks


def chunk(data, encoding="base64"):
    return AudioChunk(type="audio_chunk", data=data, encoding=encoding, chunk_index=0)


@given(st.binary(max_size=64))
def test_chunks_come_back_in_either_encoding(data):
    assert decode_chunk(chunk(base64.b64encode(data).decode())) == data
    assert decode_chunk(chunk(data.hex(), "hex")) == data
    assert decode_chunk(chunk(data.hex().upper(), "hex")) == data


@pytest.mark.parametrize(
    ("data", "encoding"),
    [("abc", "base64"), ("ab!=", "base64"), ("AAA=\n", "base64"), ("ğğğğ", "base64"), ("-_-_", "base64"),
     ("\ud800", "base64"), ("abc", "hex"), ("0x00", "hex"), ("ğğ", "hex"), ("zz", "hex")],
)  # fmt: skip
def test_bad_chunk_data(data, encoding):
    with pytest.raises(CallerError) as caught:
        decode_chunk(chunk(data, encoding))
    assert caught.value.code == "bad_audio_data"
    assert data not in caught.value.message


# ---- text frames out


def test_a_message_is_written_with_its_place():
    words = (HeardWord("Ğ", 0, 80, 0.9),)
    frame = encode(TranscriptFinal(3, "Ğ", "tr", 0.1, 900, words), seq=7, at_ms=1200)
    assert "Ğ" in frame
    assert json.loads(frame) == {
        "type": "transcript.final", "seq": 7, "at_ms": 1200, "turn": 3, "text": "Ğ", "language": "tr",
        "no_speech_prob": 0.1, "duration_ms": 900, "words": [{"text": "Ğ", "start_ms": 0, "end_ms": 80, "p": 0.9}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [
        messages.SessionReady("id", "token", False, {"mode": incoming.Mode.SPEAK}, {}, {}, None),
        messages.ReplySentence(1, 0, "a\nb", 0, (TimedWord("a", 0, 1),)),
        messages.ReplyEnded(1, messages.ReplyStatus.EMPTY, "", {"draft": None}),
        messages.ErrorMessage("busy", "m", "f", fatal=True),
        messages.SessionEnded(messages.EndReason.BYE),
        messages.Pong(),
    ],
    ids=lambda m: m.type,
)
def test_every_frame_is_one_line_of_json(message):
    frame = encode(message, 1, 0)
    assert "\n" not in frame
    assert json.loads(frame)["type"] == message.type
