"""Legal order is a table; every mode x stand x message is tested against one written by hand."""

import pytest

from app.errors import CallerError
from app.wire.incoming import BINARY, CLIENT_TYPES, Mode
from app.wire.order import LEGAL, Stand, check

OK, MODE, ORDER = "ok", "not_in_mode", "out_of_order"
CASES = [
    # conversation      transcribe        speak
    # idle busy         idle  busy        idle  busy
    (BINARY,              OK, OK,    OK, OK,       MODE, MODE),
    ("session.configure", OK, ORDER, OK, ORDER,    OK, ORDER),
    ("audio_chunk",       OK, OK,    OK, OK,       MODE, MODE),
    ("audio.commit",      OK, OK,    OK, OK,       MODE, MODE),
    ("text",              OK, OK,    MODE, MODE,   MODE, MODE),
    ("text_request",      OK, OK,    MODE, MODE,   OK, OK),
    ("interrupt",         OK, OK,    OK, OK,       OK, OK),
    ("playback",          OK, OK,    OK, OK,       OK, OK),
    ("control",           OK, OK,    OK, OK,       OK, OK),
    ("bye",               OK, OK,    OK, OK,       OK, OK),
    ("reply.stop",        *["unknown_type"] * 6),
    ("",                  *["unknown_type"] * 6),
]  # fmt: skip
COLUMNS = [(mode, stand) for mode in Mode for stand in (Stand.IDLE, Stand.BUSY)]
TABLE = [
    *((mode, stand, kind, what) for kind, *row in CASES for (mode, stand), what in zip(COLUMNS, row, strict=True)),
    *((mode, Stand.ENDED, kind, "session_ended") for kind, *_ in CASES for mode in Mode),
]


def outcome(mode, stand, kind):
    try:
        check(mode, stand, kind)
    except CallerError as error:
        return error
    return OK


@pytest.mark.parametrize(("mode", "stand", "kind", "expected"), TABLE)
def test_every_message_is_legal_or_a_named_error(mode, stand, kind, expected):
    found = outcome(mode, stand, kind)
    if expected == OK:
        assert found == OK
        return
    assert found.code == expected
    assert found.message
    assert found.fix
    assert not found.fatal


def test_the_table_above_names_every_message():
    assert {kind for kind, *_ in CASES[:10]} == set(CLIENT_TYPES)
    assert set(LEGAL) == {(mode, stand) for mode in Mode for stand in Stand}


def test_an_error_of_mode_says_which_mode_would_do():
    assert outcome(Mode.SPEAK, Stand.IDLE, "text").fix == "Open a session in mode conversation."
    assert outcome(Mode.SPEAK, Stand.IDLE, BINARY).fix == "Open a session in mode conversation, transcribe."
