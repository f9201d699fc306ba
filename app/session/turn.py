"""The turn machine: who may speak, which reply lives. `step(turn, event) -> (turn, commands)`, from a table. Pure.

Everything that decides about turns is in this file. Turns are numbered upwards; a number is a generation: an event
that carries an older one than the machine waits for changes nothing but what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from app.session.signals import (
    Announce,
    Answer,
    AskedToSay,
    Commands,
    Cut,
    Draft,
    Drafted,
    Drop,
    Event,
    FirstAudio,
    Foresee,
    Forget,
    Heard,
    HungUp,
    Interrupted,
    Paused,
    Remember,
    ReplyOver,
    Resume,
    Say,
    SpeechBegan,
    SpeechEnded,
    Transcribe,
    Typed,
    WasReset,
    WentOn,
)
from app.wire.messages import Mode


class Phase(Enum):
    """What is going on."""

    IDLE = auto()
    HEARING = auto()
    """The caller speaks."""
    THINKING = auto()
    """A transcript or a reply is awaited; nothing of it was sounded yet."""
    SPEAKING = auto()
    """The reply sounds."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The machine's whole state."""

    mode: Mode = Mode.CONVERSATION
    phase: Phase = Phase.IDLE
    number: int = 0
    """The newest turn."""
    awaited: int | None = None
    """The turn that is being heard or transcribed, and will be answered."""
    reply: int | None = None
    """The turn whose reply lives: at most one."""
    waiting: tuple[Say, ...] = ()
    """Texts to be spoken after the live reply."""


Step = tuple[Turn, Commands]


def step(turn: Turn, event: Event) -> Step:
    """What follows from `event`. Total: an event that has no meaning in a phase changes nothing."""
    handler = _TABLE.get((turn.phase, type(event)))
    return handler(turn, event) if handler else (turn, ())


def _stopped(turn: Turn) -> Step:
    """Whatever was awaited, sounding or waiting to sound is given up."""
    cut: Commands = (Cut(turn.reply),) if turn.reply is not None else ()
    drops = tuple(Drop(say.turn) for say in turn.waiting)
    return replace(turn, phase=Phase.IDLE, awaited=None, reply=None, waiting=()), cut + drops


def _next(turn: Turn) -> Step:
    """Nothing lives any more: the next waiting text is spoken, or it is quiet."""
    turn = replace(turn, awaited=None, reply=None, phase=Phase.IDLE)
    if not turn.waiting:
        return turn, ()
    first, *rest = turn.waiting
    return replace(turn, phase=Phase.THINKING, reply=first.turn, waiting=tuple(rest)), (first,)


def _speech_began(turn: Turn, event: Event) -> Step:
    turn, stop = _stopped(turn)
    number = turn.number + 1
    return replace(turn, phase=Phase.HEARING, number=number, awaited=number), (*stop, Announce(number))


def _paused(turn: Turn, event: Event) -> Step:
    assert turn.awaited is not None
    return turn, (Draft(turn.awaited),)


def _drafted(turn: Turn, event: Event) -> Step:
    assert isinstance(event, Drafted)
    answered = event.text and event.turn == turn.awaited and turn.mode is Mode.CONVERSATION
    return turn, (Foresee(event.turn, event.text),) if answered else ()


def _went_on(turn: Turn, event: Event) -> Step:
    assert turn.awaited is not None
    return turn, (Resume(turn.awaited),)


def _speech_ended(turn: Turn, event: Event) -> Step:
    assert turn.awaited is not None
    return replace(turn, phase=Phase.THINKING), (Transcribe(turn.awaited),)


def _typed(turn: Turn, event: Event) -> Step:
    assert isinstance(event, Typed)
    heard = _unfinished(turn)
    turn, stop = _stopped(turn)
    number = turn.number + 1
    turn = replace(turn, phase=Phase.THINKING, number=number, reply=number)
    return turn, (*stop, *heard, Remember(number, event.text), Answer(number))


def _unfinished(turn: Turn) -> Commands:
    """Speech that is given up in the middle is still transcribed: what was said is remembered."""
    return (Transcribe(turn.awaited),) if turn.phase is Phase.HEARING and turn.awaited is not None else ()


def _asked_to_say(turn: Turn, event: Event) -> Step:
    assert isinstance(event, AskedToSay)
    number = turn.number + 1
    turn = replace(turn, number=number, waiting=(*turn.waiting, Say(number, event.text, event.language)))
    return _next(turn) if turn.phase is Phase.IDLE else (turn, ())


def _heard(turn: Turn, event: Event) -> Step:
    assert isinstance(event, Heard)
    remember: Commands = (Remember(event.turn, event.text),) if event.text else ()
    if turn.phase is not Phase.THINKING or event.turn != turn.awaited:
        return turn, remember  # somebody went on in the meantime: it is not answered, but it was said
    if event.text and turn.mode is Mode.CONVERSATION:
        return replace(turn, awaited=None, reply=event.turn), (*remember, Answer(event.turn))
    turn, more = _next(turn)
    return turn, (*remember, *more)


def _first_audio(turn: Turn, event: Event) -> Step:
    assert isinstance(event, FirstAudio)
    return (replace(turn, phase=Phase.SPEAKING) if event.turn == turn.reply else turn), ()


def _reply_over(turn: Turn, event: Event) -> Step:
    assert isinstance(event, ReplyOver)
    return _next(turn) if event.turn == turn.reply else (turn, ())


def _interrupted(turn: Turn, event: Event) -> Step:
    return _stopped(turn)


def _reset(turn: Turn, event: Event) -> Step:
    turn, commands = _stopped(turn)
    return turn, (*commands, Forget())


def _reset_hearing(turn: Turn, event: Event) -> Step:
    return turn, (Forget(),)  # the caller is in mid-sentence: that belongs to the new conversation


def _hung_up(turn: Turn, event: Event) -> Step:
    heard = _unfinished(turn)
    turn, commands = _stopped(turn)
    return turn, (*commands, *heard)


_ALL = tuple(Phase)
_NOT_HEARING = (Phase.IDLE, Phase.THINKING, Phase.SPEAKING)
_RULES: tuple[tuple[type[Event], tuple[Phase, ...], Callable[[Turn, Event], Step]], ...] = (
    (SpeechBegan, _NOT_HEARING, _speech_began),
    (Paused, (Phase.HEARING,), _paused),
    (Drafted, (Phase.HEARING,), _drafted),
    (WentOn, (Phase.HEARING,), _went_on),
    (SpeechEnded, (Phase.HEARING,), _speech_ended),
    (Heard, _ALL, _heard),
    (Typed, _ALL, _typed),
    (AskedToSay, _ALL, _asked_to_say),
    (FirstAudio, (Phase.THINKING,), _first_audio),
    (ReplyOver, (Phase.THINKING, Phase.SPEAKING), _reply_over),
    (Interrupted, (Phase.THINKING, Phase.SPEAKING), _interrupted),
    (WasReset, _NOT_HEARING, _reset),
    (WasReset, (Phase.HEARING,), _reset_hearing),
    (HungUp, _ALL, _hung_up),
)
_TABLE = {(phase, event): handler for event, phases, handler in _RULES for phase in phases}
