"""The stream of events in which a server writes an answer (OpenAI's chat completions). Pure."""

from __future__ import annotations

import json

from app.errors import EngineError

_OPEN, _CLOSE = "<think>", "</think>"
"""Around what some models think first, where the server leaves it in the text."""
_NO_STREAM = "the server's answer is no stream of chat completions"


class Answer:
    """One answer's text, of at most `most` characters; what comes after that is a server's that does not count."""

    def __init__(self, most: int) -> None:
        self.ended = False
        """Nothing follows."""
        self._room = most
        self._seen = False
        self._held: str | None = ""
        """What may yet be thoughts; None once the answer has begun."""

    def feed(self, line: bytes) -> str:
        """What a line adds to the answer. Raises `EngineError` for a fault that it tells, or is."""
        field, _, data = line.decode("utf-8", "replace").strip().partition(":")
        if field != "data":
            return ""
        if data.strip() == "[DONE]":
            if not self._seen:
                raise EngineError("llm", _NO_STREAM)
            self.ended = True
            return ""
        text = self._spoken(self._read(data))
        self._room -= len(text)
        self.ended = self.ended or self._room <= 0
        return text

    def _read(self, data: str) -> str:
        try:
            event = json.loads(data)
            if event.get("error"):
                raise EngineError("llm", "the server broke its answer off")
            choices = event.get("choices")
            if not choices:
                return ""
            self._seen = True
            self.ended = bool(choices[0].get("finish_reason"))
            text = choices[0]["delta"].get("content")
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise EngineError("llm", _NO_STREAM) from error
        return text if isinstance(text, str) else ""

    def _spoken(self, text: str) -> str:
        """`text` without thoughts before the answer."""
        if self._held is None:
            return text
        self._held += text
        begun = self._held.lstrip()
        if begun.startswith(_OPEN):
            _, closed, said = begun.partition(_CLOSE)
            if not closed:
                return ""
            self._held = None if said.strip() else _OPEN + _CLOSE
            return said.lstrip()
        if _OPEN.startswith(begun) and not self.ended:
            return ""
        held, self._held = self._held, None
        return held
