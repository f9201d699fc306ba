"""What every session is given, and what its parts may ask of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from app.errors import ParlorError
from app.interfaces import Engines
from app.metrics import Metrics
from app.session.loudspeaker import Loudspeaker
from app.session.options import Choice
from app.session.signals import Event
from app.settings import Config
from app.wire.messages import Outgoing


@dataclass(frozen=True, slots=True)
class Parts:
    """Shared by all sessions, changed by none."""

    engines: Engines
    config: Config
    metrics: Metrics
    starter_knows: str = ""
    """What starter models know, where any are set."""
    starter_prompt: str = ""
    """The only system prompt that a starter model knows; it goes before any profile's."""
    language: str = "en"
    """Spoken when nothing was heard yet and nothing was chosen."""

    def spoken(self, chosen: str | None, heard: str | None) -> str:
        """The language of a conversation: what is translated is English."""
        return "en" if self.config.stt.task == "translate" else chosen or heard or self.language

    def prompt(self, profile: str) -> str:
        starter = self.starter_prompt if self.engines.llm.info().starter else ""
        return starter or self.config.profile[profile].prompt

    def models(self) -> dict[str, str]:
        """Engine to the model that is at work in it now."""
        return {name: engine.info().model for name, engine in self.engines.each().items()}

    def starter(self) -> str | None:
        """A plain sentence while starter models are at work."""
        at_work = [name for name, engine in self.engines.each().items() if engine.info().starter]
        told = f"they know {self.starter_knows}, and hear synthetic voices only."
        return f"Starter models in use ({', '.join(at_work)}): {told}" if at_work else None


class Desk(Protocol):
    """The session, as its listener and its speaker see it."""

    tasks: asyncio.TaskGroup
    """Owns every task of the session."""
    choice: Choice

    def tell(self, message: Outgoing) -> None: ...

    def fail(self, error: ParlorError) -> None:
        """Tell the client of an error that ends nothing but what it hit."""

    def so_far(self, turn: int, text: str) -> None:
        """The caller, who still speaks, has said this for certain."""

    @property
    def drafts(self) -> bool:
        """Whether a turn is worked out before it is over."""

    @property
    def loudspeaker(self) -> Loudspeaker:
        """The caller's."""

    @property
    def replies(self) -> bool:
        """Whether a reply lives."""

    @property
    def at(self) -> int:
        """Where the audio clock stands, in samples."""

    @property
    def language(self) -> str:
        """What is spoken, as far as is known."""

    @property
    def asked(self) -> str:
        """Our last sentence, if it was heard but for its end."""

    def patience(self, text: str | None, over: float | None) -> int:
        """How long a pause after `text` must be to end the turn, in ms of the detector's silence; None: not known yet.

        `over`: a turn model's probability that it is the end.
        """

    def do(self, event: Event) -> None:
        """Step the turn machine and carry out what follows, before this returns."""
