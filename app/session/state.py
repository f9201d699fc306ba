"""The turn machine's state, and how it falls back to quiet. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto

from app.session.signals import (
    Commands,
    Cut,
    Drop,
    Say,
)
from app.wire.incoming import Mode


class Phase(Enum):
    """What is going on."""

    IDLE = auto()
    HEARING = auto()
    """The caller speaks."""
    THINKING = auto()
    """A transcript or a reply is awaited; nothing of it was sounded yet."""
    SPEAKING = auto()
    """The reply sounds."""
    DOUBTING = auto()
    """Somebody sounds while we do, or just after: it may be our own voice. The reply, if one lives, goes on."""


class Held(Enum):
    """How a reply is held back while there is doubt."""

    NOT = auto()
    DUCKED = auto()
    HUSHED = auto()


@dataclass(frozen=True, slots=True)
class Doubted:
    """What is known of the sound in doubt."""

    back: Phase = Phase.IDLE
    """Where the reply is, and where we are again if it was nothing."""
    held: Held = Held.NOT
    silent: bool = False
    """It has paused."""
    over: bool = False


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
    forgotten: int = 0
    """What was said in turns up to this one belongs to a conversation that was forgotten."""
    owed: bool = False
    """The caller said or wrote something, and nothing of an answer to it has sounded yet."""
    waiting: tuple[Say, ...] = ()
    """Texts to be spoken after the live reply."""
    doubt: Doubted = Doubted()
    """Of meaning just while there is doubt."""


Step = tuple[Turn, Commands]


def stopped(turn: Turn) -> Step:
    """Whatever was awaited, sounding or waiting to sound is given up."""
    cut: Commands = (Cut(turn.reply),) if turn.reply is not None else ()
    drops = tuple(Drop(say.turn) for say in turn.waiting)
    return replace(turn, phase=Phase.IDLE, awaited=None, reply=None, waiting=(), doubt=Doubted()), cut + drops


def spoken_over(turn: Turn) -> Step:
    """Somebody sounds: the live reply is given up and what waits behind it.

    Where none lives, what waits goes on waiting: it may have been a noise.
    """
    quiet, commands = stopped(turn)
    return (quiet, commands) if turn.reply is not None else (replace(quiet, waiting=turn.waiting), ())


def following(turn: Turn) -> Step:
    """Nothing lives any more: the next waiting text is spoken, or it is quiet."""
    turn = replace(turn, awaited=None, reply=None, phase=Phase.IDLE, doubt=Doubted())
    if not turn.waiting:
        return turn, ()
    first, *rest = turn.waiting
    if first.turn + len(rest) < turn.number:  # a newer turn had its reply meanwhile, and numbers only go up
        first = replace(first, turn=turn.number + 1)
        turn = replace(turn, number=first.turn)
    return replace(turn, phase=Phase.THINKING, reply=first.turn, waiting=tuple(rest)), (first,)
