"""One turn of a conversation that was measured, from the labelled end of speech to the sound of the answer. Pure.

The caller's clock and the session's audio clock are the same: the caller sends in real time from its start on, and the
session counts samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.bench.stages.measured import Measured

OVER_THE_WAIT = "over the wait asked for"
STAGES = (
    "voice to voice",
    "endpoint",
    "final text",
    "first token",
    "first audio",
    "endpoint to first audio",
    "endpoint to sound",
    OVER_THE_WAIT,
)
"""What `stages` tells of a turn, in ms."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the caller's. Times in ms since the caller began to send; None where that did not come."""

    case: str
    """As in `Measured`."""
    conversation: int
    number: int
    """Within the conversation, from 0."""
    name: str
    """Such as "turns 17", or a file's."""
    text: str
    """As heard."""
    speech_end_ms: int
    """The labelled end."""
    marks: Mapping[str, int | None]
    """The timeline in `reply.ended`; empty where there was no reply."""
    sound_ms: int | None
    """The first audible 10 ms of the answer, at the caller."""
    asked_ms: int
    """The wait that the words ask for, of a caller who is not known yet."""
    complete: bool
    """The words are a complete question, order or answer."""
    pieces: int = 1
    """Turns that the server made of it: more than one where it cut the caller off."""

    @property
    def answered(self) -> bool:
        """There was an answer, and to its end: after a cut-off the rest may have been lost."""
        endpoint = self.marks.get("endpoint")
        return self.sound_ms is not None and endpoint is not None and self.speech_end_ms <= endpoint <= self.sound_ms

    @property
    def voice_to_voice_ms(self) -> int | None:
        """None for a turn that was not answered."""
        return self.sound_ms - self.speech_end_ms if self.answered and self.sound_ms is not None else None


def stages(turn: Turn) -> dict[str, int]:
    """How long each stage of an answered turn took; those that did not happen are left out.

    `endpoint` is from the labelled end of speech to the decision, `final text` to `first audio` each from the one
    before (of a draft, `first token` may have come before), and sound is what the caller hears.
    """
    whole_ms = turn.voice_to_voice_ms
    if whole_ms is None:
        return {}
    at = {**turn.marks, "end": turn.speech_end_ms, "sound": turn.sound_ms}
    spans = {
        "voice to voice": ("end", "sound"),
        "endpoint": ("end", "endpoint"),
        "final text": ("endpoint", "final_text"),
        "first token": ("final_text", "first_token"),
        "first audio": ("first_token", "first_audio"),
        "endpoint to first audio": ("endpoint", "first_audio"),
        "endpoint to sound": ("endpoint", "sound"),
    }
    found = {name: _between(at.get(start), at.get(end)) for name, (start, end) in spans.items()}
    found[OVER_THE_WAIT] = whole_ms - turn.asked_ms
    return {name: ms for name, ms in found.items() if ms is not None}


def _between(start: int | None, end: int | None) -> int | None:
    return None if start is None or end is None else end - start


def by_case(turns: Iterable[Turn]) -> dict[str, list[Turn]]:
    """The turns of each case, in the order in which the cases were first met."""
    found = dict[str, list[Turn]]()
    for turn in turns:
        found.setdefault(turn.case, []).append(turn)
    return found


def tally(turns: Sequence[Turn]) -> str:
    """How many there are, and of how many something went wrong."""
    cut, lost = sum(turn.pieces > 1 for turn in turns), sum(not turn.answered for turn in turns)
    return f"{len(turns)} turns, {cut} cut off, {lost} without an answer"


def measured(part: str, turns: Iterable[Turn]) -> Iterator[Measured]:
    """The spread of every stage in every case: of the conversations' first turns (cold), and of the later ones."""
    for case, of in by_case(turns).items():
        for cold in (True, False):
            found = [stages(turn) for turn in of if (turn.number == 0) is cold]
            for name in STAGES:
                if values := tuple(float(each[name]) for each in found if name in each):
                    yield Measured(part, case, name, "ms", values, cold=cold)
