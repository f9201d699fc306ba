"""The messages themselves: what each must hold, which values it takes, and that the document names them all."""

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from app.wire import messages
from app.wire.incoming import BINARY, CLIENT_MESSAGE, CLIENT_TYPES, Mode, Options
from app.wire.messages import Outgoing

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "wire.md").read_text("utf-8")
ONE_OF_EACH = [
    {"type": "session.configure"},
    {"type": "audio_chunk", "data": "", "chunk_index": 0},
    {"type": "audio.commit"},
    {"type": "text", "text": "hi"},
    {"type": "text_request", "text": "hi"},
    {"type": "interrupt"},
    {"type": "playback", "turn": 0, "played_ms": 0},
    {"type": "control", "command": "ping"},
    {"type": "bye"},
]
OUTGOING = [c for c in vars(messages).values() if isinstance(c, type) and issubclass(c, Outgoing) and c is not Outgoing]


def takes(message):
    try:
        CLIENT_MESSAGE.validate_python(message)
    except ValidationError:
        return False
    return True


def test_the_types_are_those_of_the_classes():
    assert [m["type"] for m in ONE_OF_EACH] == list(CLIENT_TYPES[1:])
    assert all(takes(m) for m in ONE_OF_EACH)
    assert CLIENT_TYPES[0] == BINARY


@pytest.mark.parametrize(
    ("number", "field"), [(n, f) for n, m in enumerate(ONE_OF_EACH) for f in m], ids=lambda v: str(v)
)
def test_every_field_of_these_is_needed(number, field):
    assert not takes({k: v for k, v in ONE_OF_EACH[number].items() if k != field})


@pytest.mark.parametrize("message", ONE_OF_EACH, ids=lambda m: m["type"])
def test_what_is_not_known_is_not_read(message):
    plain = CLIENT_MESSAGE.validate_python(message)
    assert CLIENT_MESSAGE.validate_python(message | {"x": {"y": [1]}, "t_ms": None}) == plain
    with pytest.raises(ValidationError, match="frozen"):
        plain.type = "bye"


CONFIGURE, CHUNK, PLAYBACK = ONE_OF_EACH[0], ONE_OF_EACH[1], ONE_OF_EACH[6]


@pytest.mark.parametrize(
    ("message", "field", "good", "bad"),
    [
        (CONFIGURE, "mode", [*Mode, None], ["talk", 1, "Conversation"]),
        (CONFIGURE, "language", ["en", "tr", "yue", None], ["", "EN", "e", "engl", "en\n", "en-GB", 1]),
        (CONFIGURE, "profile", ["kiosk", "x" * 64], ["", "x" * 65, []]),
        (CONFIGURE, "voice", ["v"], ["", "x" * 65]),
        (CONFIGURE, "speed", [0.5, 1, 2.0], [0.49, 2.01, float("nan"), float("inf"), "fast"]),
        (CONFIGURE, "partials", [True, False, None], [[], "maybe"]),
        (CONFIGURE, "input", [{}, {"codec": "webm_opus"}, {"rate": 8000}], [{"codec": "mp3"}, {"rate": 7999}, 5]),
        (CONFIGURE, "output", [{}, {"rate": 48_000}, {"rate": None}], [{"rate": 48_001}, {"codec": "webm_opus"}]),
        (CHUNK, "encoding", ["base64", "hex", None], ["", "HEX"]),
        (CHUNK, "chunk_index", [0, 2**32 - 1], [-1, 2**32, 1.5, None]),
        (CHUNK, "data", ["anything"], [b"\xff", None, 1]),
        (ONE_OF_EACH[3], "text", ["", "Ğ 🍕"], ["\ud800", None, 1]),
        (ONE_OF_EACH[4], "text", ["", "x" * 1000], ["a\udfff", {}]),
        (ONE_OF_EACH[4], "language", ["de", None], ["German"]),
        (PLAYBACK, "turn", [0, 7, 2**32 - 1], [-1, 10**400, None]),
        (PLAYBACK, "played_ms", [0, 10**6], [-1, 10**400, 0.5]),
        (PLAYBACK, "state", ["playing", "paused", "done"], ["", "stopped"]),
        (ONE_OF_EACH[7], "command", ["stats", "ping", "reset"], ["", "shutdown", None]),
    ],
    ids=lambda v: v["type"] if isinstance(v, dict) and "type" in v else "",
)
def test_which_values_a_field_takes(message, field, good, bad):
    assert [v for v in good if not takes(message | {field: v})] == []
    assert [v for v in bad if takes(message | {field: v})] == []


def test_options_say_nothing_by_default():
    assert set(Options().model_dump().values()) == {None}
    assert TypeAdapter(Options).validate_python({"mode": "speak", "type": "x"}).mode is Mode.SPEAK


def test_no_two_server_messages_share_a_type():
    types = [message.type for message in OUTGOING]
    assert len(types) == len(set(types))


def test_the_document_names_every_message_and_value():
    named = set(re.findall(r"[a-z][a-z_.]+", DOCUMENT))
    assert {message.type for message in OUTGOING} <= named
    assert set(CLIENT_TYPES[1:]) <= named
    assert {*Mode, *messages.ReplyStatus} <= named
