"""Logging: one line an event, ids and numbers only, never a caller's words."""

from __future__ import annotations

import logging

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


def start(level: str) -> None:
    """Log to standard error from `level` ("debug", "info", "warning", "error") on."""
    logging.basicConfig(level=level.upper(), format=_FORMAT)
    # faster-whisper logs its language guesses at info; they are in the transcript already.
    logging.getLogger("faster_whisper").setLevel(max(logging.WARNING, logging.getLogger().level))
