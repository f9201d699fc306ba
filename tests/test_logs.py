"""Logging: from which level on, and whose chatter not."""

import logging
from contextlib import contextmanager

import pytest

from app import logs


@contextmanager
def started(level):
    """Logging as `start` sets it up in a process where nobody did before."""
    root, whisper = logging.root, logging.getLogger("faster_whisper")
    handlers, levels = root.handlers, (root.level, whisper.level)
    root.handlers = []
    try:
        logs.start(level)
        yield
    finally:
        root.handlers = handlers
        root.setLevel(levels[0])
        whisper.setLevel(levels[1])


@pytest.mark.parametrize(
    ("level", "own", "whisper"),
    [
        ("debug", logging.DEBUG, logging.WARNING),
        ("info", logging.INFO, logging.WARNING),
        ("error", logging.ERROR, logging.ERROR),
    ],
)
def test_levels(level, own, whisper):
    with started(level):
        assert logging.getLogger("app.session").getEffectiveLevel() == own
        assert logging.getLogger("faster_whisper").level == whisper


def test_one_line_an_event_on_standard_error(capsys):
    with started("info"):
        logging.getLogger("app.x").info("session %s opened", "ab12")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith(" INFO    app.x: session ab12 opened\n")
    assert err.count("\n") == 1
