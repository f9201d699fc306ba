"""What a reply may do to its session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.interfaces import Word
from app.wire.codec import AudioFrame
from app.wire.messages import Outgoing


class Mouth(Protocol):
    """What a reply may do to its session."""

    def tell(self, message: Outgoing) -> None: ...

    def audio(self, frame: AudioFrame, in_s: float, words: Sequence[Word]) -> None:
        """Send this; it will be heard so many seconds from now, and `words` of the reply begin in it."""

    def has_room(self) -> bool: ...

    def is_sent(self) -> bool:
        """Whether all of it was taken."""

    @property
    def latency_ms(self) -> int:
        """How much later the caller hears than plays, as last reported."""

    def sounds(self, turn: int) -> None:
        """The first audio of `turn` goes out now."""
