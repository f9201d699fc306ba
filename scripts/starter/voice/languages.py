"""The languages that a voice can be made for, and who teaches them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from scripts.starter.voice.espeaker import Espeaker
from scripts.starter.voice.shape import ESPEAK, SLT, Utterance
from scripts.starter.voice.teacher import Teacher


class Speaker(Protocol):
    """A teacher."""

    def say(self, text: str) -> list[Utterance]:
        """The sentences of a text. Raises `ValueError` for what cannot be said."""


@dataclass(frozen=True, slots=True)
class Source:
    """What one teacher says in one language."""

    name: str
    texts: str
    """ISO 639-1 code."""
    speaker: Callable[[], Speaker]
    share: float
    """Of the sentences that the command asks for."""


@dataclass(frozen=True, slots=True)
class Language:
    """Where its voice's speech comes from, and how Piper is told of it."""

    code: str
    """As in Piper's JSON, such as "en_US"."""
    espeak_voice: str
    sources: tuple[Source, ...]
    speaker: int
    """Whose durations and articulation are taken; the tone and the pitch are always `SLT`'s."""
    start_from: str | None = None
    """The language whose trained network this one's starts from, where it is there."""


LANGUAGES = {
    "en": Language("en_US", "en-us", (Source("en-slt", "en", Teacher, 1.0),), SLT),
    "tr": Language(
        "tr_TR",
        "tr",
        (
            Source("en-slt", "en", Teacher, 0.3),
            Source("en-espeak", "en", lambda: Espeaker("en-us"), 0.2),
            Source("tr-espeak", "tr", lambda: Espeaker("tr"), 0.5),
        ),
        ESPEAK,
        "en",
    ),
}
"""By ISO 639-1 code."""
