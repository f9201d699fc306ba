"""Where a session's words and sounds go: two lanes, behind which the network lies."""

from __future__ import annotations

from typing import Protocol

from app.wire.codec import AudioFrame
from app.wire.messages import Outgoing


class Outlet(Protocol):
    """Nothing here waits: what cannot be taken is the outlet's to bound."""

    def tell(self, message: Outgoing, at_ms: int) -> None:
        """Queue a message; it overtakes audio."""

    def audio(self, frame: AudioFrame) -> None:
        """Queue a piece of a reply; ignored when that turn was dropped."""

    def has_room(self) -> bool:
        """Whether more audio should be queued now."""

    def is_sent(self) -> bool:
        """Whether no audio waits to be written."""

    def drop(self, turn: int) -> None:
        """Forget all queued audio of `turn`, and whatever of it comes later."""
