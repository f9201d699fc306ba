"""How a call shows itself: JSON lines for programs, a conversation for people, files on disk."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from app.client.files import write_wav
from app.client.record import Event, TurnRecord, percentiles
from app.errors import SetupError

_TRANSCRIPT = "transcript.json"


class Terminal:
    """Shows events as they come, and at the end the summary."""

    def __init__(self, out: Path | None, *, as_json: bool) -> None:
        self._out = out
        self._as_json = as_json
        if out:
            try:
                out.mkdir(parents=True, exist_ok=True)
                (out / _TRANSCRIPT).touch()  # better now than after the call
            except OSError as error:
                raise SetupError(f"{out} cannot be written: {error.strerror}", fix="Choose another --out.") from error

    def show(self, event: Event) -> None:
        """One event, now."""
        if self._as_json:
            _line(json.dumps(event, ensure_ascii=False))
        elif line := plain(event):
            _line(f"{event['t_ms'] / 1000:7.2f}  {line}")

    def finish(self, records: Sequence[TurnRecord]) -> None:
        """The summary, and the files."""
        turns = [record.summary() for record in records]
        figures = percentiles(records)
        if self._as_json:
            _line(json.dumps({"type": "summary", "turns": turns, "percentiles_ms": figures}, ensure_ascii=False))
        else:
            for name, figure in figures.items():
                _line(f"{name:>15}  p50 {figure['p50']:5} ms   p95 {figure['p95']:5} ms")
        if not self._out:
            return
        for number, record in enumerate(records, 1):
            if record.player:
                write_wav(self._out / f"turn-{number}-reply.wav", record.player.pcm(), record.player.rate_hz)
        text = json.dumps(turns, ensure_ascii=False, indent=2) + "\n"
        (self._out / _TRANSCRIPT).write_text(text, "utf-8")


def plain(event: Event) -> str | None:
    """The line that a person reads of an event; None for what only programs want."""
    match event["type"]:
        case "session.ready" if event["starter"]:
            return str(event["starter"])
        case "turn.speaking":
            return f"-> {event['file']}"
        case "transcript.final":
            return f"caller: {event['text'] or '(no speech)'}"
        case "reply.sentence":
            return f"parlor: {event['text']}"
        case "reply.ended" if event["status"] != "completed":
            return f"(reply {event['status']}; heard: {event['heard_text']!r})"
        case "session.expiring":
            return f"(the session ends in {event['in_s']:g} s unless somebody speaks)"
        case "session.ended" if event["reason"] != "bye":
            return f"(the session has ended: {event['reason']})"
        case "error":
            return f"error {event['code']}: {event['message']} {event['fix']}"
        case _:
            return None


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
