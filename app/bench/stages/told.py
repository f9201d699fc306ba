"""What a caller was told and heard in a conversation, as turns that were measured. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.audio import samples_to_ms
from app.bench.stages.turns import Turn
from app.vad.cues.judging import judge
from app.vad.cues.words import Completeness
from app.vad.waiting import Patience, Situation, wait_ms

SPEAKING = "turn.speaking"
"""The caller's own event: a turn begins."""
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A turn as it was sent."""

    name: str
    late: int
    """Samples by which the labelled end lies after the last audible one, which the caller takes for it."""
    text: str = ""
    """What was said; empty where nobody wrote it down."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Which one it is."""

    case: str
    number: int


def turns_of(
    conversation: Conversation,
    said: Sequence[Said],
    events: Sequence[Event],
    summaries: Sequence[Mapping[str, Any]],
    patience: Patience,
) -> Iterator[Turn]:
    """A turn for each summary of the caller's (`TurnRecord.summary`), with the events since it was spoken.

    What the words ask for is judged by those that were said: misheard ones would leave out the turns they spoiled.
    """
    asked = ""
    for number, (one, summary, told) in enumerate(zip(said, summaries, _by_turn(events), strict=True)):
        language = next((event["language"] for event in told if _is_final(event)), "en")
        situation = Situation(one.text or summary["transcript"], language, asked)
        late_ms = samples_to_ms(one.late)
        audible_ms, marks = told[0]["speech_end_ms"], summary["timeline"] or {}
        heard_ms = None if summary["voice_to_voice_ms"] is None else audible_ms + summary["voice_to_voice_ms"]
        yield Turn(
            case=conversation.case,
            conversation=conversation.number,
            number=number,
            name=one.name,
            text=summary["transcript"],
            speech_end_ms=audible_ms + late_ms,
            marks=marks,
            sound_ms=_after_filler(heard_ms, marks, told),
            asked_ms=wait_ms(situation, patience),
            complete=judge(situation.text, language, asked).completeness is Completeness.COMPLETE,
            pieces=max(1, sum(map(_is_final, told))),
        )
        asked = next((event["text"] for event in reversed(told) if event["type"] == "reply.sentence"), asked)


def _after_filler(heard_ms: int | None, marks: Mapping[str, int | None], told: Sequence[Event]) -> int | None:
    """When the answer itself was heard: where a filler came first, its first sentence does not begin at 0.

    It is played when the filler is over, or when it was sent if that was later.
    """
    first: list[int] = [
        event["start_ms"] for event in told if event["type"] == "reply.sentence" and event["index"] == 0
    ]
    if heard_ms is None or not first or not first[-1]:
        return heard_ms
    return max(heard_ms + first[-1], marks.get("first_audio") or 0)


def _by_turn(events: Sequence[Event]) -> list[list[Event]]:
    """The events from each begin of a turn to the next."""
    turns = list[list[Event]]()
    for event in events:
        if event["type"] == SPEAKING:
            turns.append([])
        if turns:
            turns[-1].append(event)
    return turns


def _is_final(event: Event) -> bool:
    return event["type"] == "transcript.final" and bool(event["text"])
