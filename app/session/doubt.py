"""The turn machine's rules for a sound that may be our own voice, or no word to us. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.session.signals import (
    Announce,
    Cleared,
    Commands,
    Confirmed,
    Dismissed,
    Doubt,
    Draft,
    Duck,
    Event,
    FirstAudio,
    Forget,
    GoOn,
    Hush,
    Ignore,
    Paused,
    ReplyOver,
    Suspected,
    Transcribe,
    WasReset,
    Weigh,
)
from app.session.state import Doubted, Held, Phase, Step, Turn, following, spoken_over, stopped


def doubted(turn: Turn, doubt: Doubted) -> Step:
    """A turn that nobody is told of, for the time being."""
    number = turn.number + 1
    return replace(turn, phase=Phase.DOUBTING, number=number, awaited=number, doubt=doubt), (Doubt(number),)


def doubted_again(turn: Turn, event: Event) -> Step:
    """Before it was clear what the last sound was. Who goes on after what may have been a word had said one; where we
    had ended already, after what was long enough for one."""
    assert turn.awaited is not None
    old, held, quiet = turn.awaited, turn.doubt.held, turn.reply is None
    if held is Held.NOT or (quiet and held is Held.DUCKED):
        turn, commands = doubted(turn, replace(turn.doubt, held=Held.NOT, silent=False, over=False))
        return turn, (Ignore(old), *commands)
    turn, stop = spoken_over(turn)
    number = turn.number + 1
    turn = replace(turn, phase=Phase.HEARING, number=number, awaited=number)
    return turn, (*stop, Announce(old), Transcribe(old), Announce(number))


def still(turn: Turn, event: Event) -> Step:
    """It pauses, or goes on."""
    return _known(turn, silent=isinstance(event, Paused)), ()


def ended(turn: Turn, event: Event) -> Step:
    """All of it can be heard now."""
    assert turn.awaited is not None
    return _known(turn, over=True), (Weigh(turn.awaited),)


def suspected(turn: Turn, event: Event) -> Step:
    """The more there is to suspect, the more we hold back; also without a reply it is known that there is."""
    assert isinstance(event, Suspected)
    if event.turn != turn.awaited or turn.doubt.held is Held.HUSHED:
        return turn, ()
    held, command = (Held.DUCKED, Duck) if turn.doubt.held is Held.NOT else (Held.HUSHED, Hush)
    return _known(turn, held=held), (command(turn.reply),) if turn.reply is not None else ()


def cleared(turn: Turn, event: Event) -> Step:
    """We need not hold back."""
    assert isinstance(event, Cleared)
    return (_known(_heard_now(turn), held=Held.NOT), _go_on(turn)) if event.turn == turn.awaited else (turn, ())


def confirmed(turn: Turn, event: Event) -> Step:
    """The caller has the word, and had it all the time."""
    assert isinstance(event, Confirmed)
    if event.turn != turn.awaited:
        return turn, ()
    doubt, number = turn.doubt, event.turn
    turn, stop = stopped(turn)
    phase = Phase.THINKING if doubt.over else Phase.HEARING
    now: Commands = (Transcribe(number),) if doubt.over else (Draft(number),) if doubt.silent else ()
    return replace(turn, phase=phase, awaited=number), (*stop, Announce(number), *now)


def dismissed(turn: Turn, event: Event) -> Step:
    """As if nothing had sounded."""
    assert isinstance(event, Dismissed)
    if event.turn != turn.awaited:
        return turn, ()
    if turn.reply is None:
        turn, more = following(turn)
    else:
        back = replace(_heard_now(turn), phase=turn.doubt.back, awaited=None, doubt=Doubted())
        turn, more = back, _go_on(turn)
    return turn, (Ignore(event.turn), *more)


def first_audio(turn: Turn, event: Event) -> Step:
    """Of a reply that was being made when the sound began. While it is held back nothing of it is heard."""
    assert isinstance(event, FirstAudio)
    if event.turn != turn.reply:
        return turn, ()
    held_back = turn.doubt.held is Held.HUSHED
    return replace(_known(turn, back=Phase.SPEAKING), owed=turn.owed and held_back), ()


def reply_over(turn: Turn, event: Event) -> Step:
    """Its echo may sound on, so the doubt stays."""
    assert isinstance(event, ReplyOver)
    return (_without_reply(turn) if event.turn == turn.reply else turn), ()


def interrupted(turn: Turn, event: Event) -> Step:
    """The reply is given up, and maybe the conversation forgotten; whoever sounds is still listened to."""
    quiet, commands = stopped(turn)
    turn = replace(_without_reply(turn), waiting=quiet.waiting)
    if isinstance(event, WasReset):
        assert turn.awaited is not None
        return replace(turn, forgotten=turn.awaited - 1), (*commands, Forget())
    return turn, commands


def _known(turn: Turn, **changes: Any) -> Turn:  # noqa: ANN401 - as of `replace`
    return replace(turn, doubt=replace(turn.doubt, **changes))


def _heard_now(turn: Turn) -> Turn:
    """Of a reply that was held back, the caller hears something now, if there is any of it."""
    return replace(turn, owed=turn.owed and turn.doubt.back is not Phase.SPEAKING)


def _without_reply(turn: Turn) -> Turn:
    return replace(_known(turn, back=Phase.IDLE), reply=None, owed=False)


def _go_on(turn: Turn) -> Commands:
    return (GoOn(turn.reply),) if turn.reply is not None and turn.doubt.held is not Held.NOT else ()
