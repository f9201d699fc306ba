"""How a spoken call shows itself to a person: what is said now in the last line, what was said above it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import TextIO

from app.client.record import Event
from app.client.terminal import plain

_ERASE = "\r\x1b[K"


class Screen:
    """Writes to `out`; the text that still changes only where that is a terminal."""

    def __init__(self, out: TextIO, *, as_json: bool, columns: Callable[[], int] | None = None) -> None:
        self._out = out
        self._as_json = as_json
        self._live = out.isatty() and not as_json
        self._columns = columns or (lambda: shutil.get_terminal_size().columns)

    def show(self, event: Event) -> None:
        """One event, now."""
        if self._as_json:
            self._write(json.dumps(event, ensure_ascii=False) + "\n")
        elif (now := _now(event)) is not None:
            if self._live:
                self._write(_ERASE + _tail(now, self._columns() - 1))
        elif line := _line(event):
            self._write(f"{_ERASE if self._live else ''}{_printable(line)}\n")

    def say(self, text: str) -> None:
        """A line of our own."""
        if not self._as_json:
            self._write(text + "\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def _now(event: Event) -> str | None:
    """What stands in the last line until something replaces it; None for what does not belong there."""
    match event["type"]:
        case "speech.started":
            return "caller: ..."
        case "transcript.partial":
            return f"caller: {event['stable']}{event['unstable']}"
        case _:
            return None


def _line(event: Event) -> str | None:
    if event["type"] == "sound.summary":
        gaps, lost_ms = event["gaps"], event["lost_ms"]
        told = [f"{gaps} gap(s) in the sound: this machine was too busy"] if gaps else []
        told += [f"{lost_ms} ms of yours were lost: the link was too slow"] if lost_ms else []
        return "; ".join(told) or None
    return plain(event)


def _printable(text: str) -> str:
    """Without anything that would steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _tail(text: str, columns: int) -> str:
    """The end of a text, on one line."""
    text = _printable(text)
    return text if len(text) <= columns else "..." + text[len(text) - columns + 3 :]
