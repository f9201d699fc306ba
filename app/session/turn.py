"""The turn machine: who may speak, which reply lives. `step(turn, event) -> (turn, commands)`, from a table. Pure.

Everything that decides about turns is in this file. Turns are numbered upwards; a number is a generation: an event
that carries an older one than the machine waits for changes nothing but what is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.session import doubt
from app.session.signals import (
    Announce,
    Answer,
    AskedToSay,
    Cleared,
    Commands,
    Confirmed,
    Dismissed,
    Draft,
    Drafted,
    Event,
    FirstAudio,
    Foresee,
    Forget,
    Heard,
    HungUp,
    Ignore,
    Interrupted,
    Paused,
    Remember,
    ReplyOver,
    Resume,
    Say,
    SpeechBegan,
    SpeechEnded,
    Suspected,
    Transcribe,
    Typed,
    WasReset,
    WentOn,
)
from app.session.state import Doubted, Phase, Step, Turn, following, spoken_over, stopped
from app.wire.incoming import Mode


def step(turn: Turn, event: Event) -> Step:
    """What follows from `event`. Total: an event that has no meaning in a phase changes nothing."""
    handler = _TABLE.get((turn.phase, type(event)))
    return handler(turn, event) if handler else (turn, ())


def _speech_began(turn: Turn, event: Event) -> Step:
    assert isinstance(event, SpeechBegan)
    announces = turn.phase is Phase.THINKING and turn.reply is not None and not turn.owed
    if turn.phase is Phase.SPEAKING or announces or (event.doubtful and turn.awaited is None):
        return doubt.doubted(turn, Doubted(turn.phase))
    turn, stop = spoken_over(turn)
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
    turn, stop = stopped(turn)
    number = turn.number + 1
    turn = replace(turn, phase=Phase.THINKING, number=number, reply=number, owed=True)
    return turn, (*stop, *heard, Remember(number, event.text), Answer(number))


def _unfinished(turn: Turn) -> Commands:
    """Speech that is given up in the middle is still transcribed: what was said is remembered. A doubt is not."""
    if turn.phase is Phase.DOUBTING and turn.awaited is not None:
        return (Ignore(turn.awaited),)
    return (Transcribe(turn.awaited),) if turn.phase is Phase.HEARING and turn.awaited is not None else ()


def _asked_to_say(turn: Turn, event: Event) -> Step:
    assert isinstance(event, AskedToSay)
    number = turn.number + 1
    turn = replace(turn, number=number, waiting=(*turn.waiting, Say(number, event.text, event.language)))
    return following(turn) if turn.phase is Phase.IDLE else (turn, ())


def _heard(turn: Turn, event: Event) -> Step:
    assert isinstance(event, Heard)
    known = event.text and event.turn > turn.forgotten
    remember: Commands = (Remember(event.turn, event.text),) if known else ()
    if turn.phase is not Phase.THINKING or event.turn != turn.awaited:
        # Somebody went on in the meantime: it is not answered, but it was said; and is answered if that was no word.
        owed = turn.owed or bool(known and turn.phase is not Phase.IDLE and event.turn <= turn.number)
        return replace(turn, owed=owed), remember
    if (event.text or turn.owed) and turn.mode is Mode.CONVERSATION:
        return replace(turn, awaited=None, reply=event.turn, owed=True), (*remember, Answer(event.turn))
    turn, more = following(turn)
    return turn, (*remember, *more)


def _first_audio(turn: Turn, event: Event) -> Step:
    assert isinstance(event, FirstAudio)
    return (replace(turn, phase=Phase.SPEAKING, owed=False) if event.turn == turn.reply else turn), ()


def _reply_over(turn: Turn, event: Event) -> Step:
    assert isinstance(event, ReplyOver)
    return following(replace(turn, owed=False)) if event.turn == turn.reply else (turn, ())


def _interrupted(turn: Turn, event: Event) -> Step:
    return stopped(replace(turn, owed=False))


def _reset(turn: Turn, event: Event) -> Step:
    turn, commands = stopped(replace(turn, owed=False))
    return replace(turn, forgotten=turn.number), (*commands, Forget())


def _reset_hearing(turn: Turn, event: Event) -> Step:
    """The caller is in mid-sentence: that belongs to the new conversation."""
    assert turn.awaited is not None
    return replace(turn, forgotten=turn.awaited - 1, owed=False), (Forget(),)


def _hung_up(turn: Turn, event: Event) -> Step:
    heard = _unfinished(turn)
    turn, commands = stopped(replace(turn, owed=False))
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
    (SpeechBegan, (Phase.DOUBTING,), doubt.doubted_again),
    (Suspected, (Phase.DOUBTING,), doubt.suspected),
    (Cleared, (Phase.DOUBTING,), doubt.cleared),
    (Confirmed, (Phase.DOUBTING,), doubt.confirmed),
    (Dismissed, (Phase.DOUBTING,), doubt.dismissed),
    (Paused, (Phase.DOUBTING,), doubt.still),
    (WentOn, (Phase.DOUBTING,), doubt.still),
    (SpeechEnded, (Phase.DOUBTING,), doubt.ended),
    (FirstAudio, (Phase.DOUBTING,), doubt.first_audio),
    (ReplyOver, (Phase.DOUBTING,), doubt.reply_over),
    (Interrupted, (Phase.DOUBTING,), doubt.interrupted),
    (WasReset, (Phase.DOUBTING,), doubt.interrupted),
)
_TABLE = {(phase, event): handler for event, phases, handler in _RULES for phase in phases}
