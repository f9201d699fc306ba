"""The turn machine: every phase x every event, and what must hold for any sequence of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.session import signals
from app.session import turn as turns
from app.session.signals import (
    Announce,
    Answer,
    AskedToSay,
    Cleared,
    Confirmed,
    Cut,
    Dismissed,
    Doubt,
    Draft,
    Drafted,
    Drop,
    Duck,
    FirstAudio,
    Foresee,
    Forget,
    GoOn,
    Heard,
    HungUp,
    Hush,
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
    Weigh,
    WentOn,
)
from app.session.state import Held, Phase, Turn
from app.session.turn import step
from app.wire.incoming import Mode

NUMBERS = st.integers(0, 6)
EVENTS = st.one_of(
    st.builds(SpeechBegan, st.booleans()), st.builds(Suspected, NUMBERS), st.builds(Cleared, NUMBERS),
    st.builds(Confirmed, NUMBERS), st.builds(Dismissed, NUMBERS), st.just(Paused()),
    st.builds(Drafted, NUMBERS, st.sampled_from(["", "yes"])),
    st.just(WentOn()), st.just(SpeechEnded()), st.builds(Heard, NUMBERS, st.sampled_from(["", "yes"])),
    st.just(Typed("hi")), st.just(AskedToSay("this")), st.builds(FirstAudio, NUMBERS), st.builds(ReplyOver, NUMBERS),
    st.just(Interrupted()), st.just(WasReset()), st.just(HungUp()),
)  # fmt: skip


def run(*events, mode=Mode.CONVERSATION):
    turn, commands = Turn(mode), ()
    for event in events:
        turn, commands = step(turn, event)
    return turn, commands


SPOKEN = (SpeechBegan(), SpeechEnded(), Heard(1, "two pizzas"))


def test_speech_is_heard_transcribed_and_answered():
    assert run(SpeechBegan())[1] == (Announce(1),)
    assert run(SpeechBegan(), SpeechEnded())[1] == (Transcribe(1),)
    turn, commands = run(*SPOKEN)
    assert commands == (Remember(1, "two pizzas"), Answer(1))
    assert (turn.phase, turn.reply) == (Phase.THINKING, 1)


def test_a_played_reply_leaves_it_quiet():
    turn, commands = run(*SPOKEN, FirstAudio(1), ReplyOver(1))
    assert (turn.phase, turn.reply, commands) == (Phase.IDLE, None, ())


def test_a_pause_is_drafted_until_the_caller_goes_on():
    turn, commands = run(SpeechBegan(), Paused())
    assert commands == (Draft(1),)
    assert step(turn, Drafted(1, "two")) == (turn, (Foresee(1, "two"),))
    assert step(turn, WentOn()) == (turn, (Resume(1),))


@pytest.mark.parametrize(
    ("drafted", "mode"),
    [(Drafted(1, ""), Mode.CONVERSATION), (Drafted(2, "two"), Mode.CONVERSATION), (Drafted(1, "two"), Mode.TRANSCRIBE)],
)
def test_what_will_not_be_answered_is_not_foreseen(drafted, mode):
    assert run(SpeechBegan(), Paused(), drafted, mode=mode)[1] == ()


def test_noise_is_not_answered():
    turn, commands = run(SpeechBegan(), SpeechEnded(), Heard(1, ""))
    assert (turn.phase, commands) == (Phase.IDLE, ())


def test_transcribing_only_never_answers():
    turn, commands = run(*SPOKEN, mode=Mode.TRANSCRIBE)
    assert (turn.phase, commands) == (Phase.IDLE, (Remember(1, "two pizzas"),))


def test_speech_cuts_a_reply_that_does_not_sound_yet_in_the_same_step():
    turn, commands = run(*SPOKEN, SpeechBegan())
    assert commands == (Cut(1), Announce(2))
    assert (turn.phase, turn.reply) == (Phase.HEARING, None)


DOUBTED = (*SPOKEN, FirstAudio(1), SpeechBegan())


def test_a_sound_over_our_own_is_listened_to_before_anything_is_done():
    turn, commands = run(*DOUBTED)
    assert (turn.phase, turn.reply, commands) == (Phase.DOUBTING, 1, (Doubt(2),))


def test_the_more_there_is_to_suspect_the_more_we_hold_back():
    assert run(*DOUBTED, Suspected(2))[1] == (Duck(1),)
    assert run(*DOUBTED, Suspected(2), Suspected(2))[1] == (Hush(1),)
    assert run(*DOUBTED, Suspected(2), Suspected(2), Suspected(2))[1] == ()


@pytest.mark.parametrize("held", [0, 1, 2])
def test_what_was_nothing_lets_the_reply_go_on(held):
    suspected = (Suspected(2),) * held
    go_on = (GoOn(1),) if held else ()
    turn, commands = run(*DOUBTED, *suspected, Dismissed(2))
    assert (turn.phase, turn.reply, turn.awaited, commands) == (Phase.SPEAKING, 1, None, (Ignore(2), *go_on))
    turn, commands = run(*DOUBTED, *suspected, Cleared(2))
    assert (turn.phase, turn.doubt.held, commands) == (Phase.DOUBTING, Held.NOT, go_on)


def test_the_caller_has_the_word_in_the_same_step():
    turn, commands = run(*DOUBTED, Confirmed(2))
    assert (turn.phase, commands) == (Phase.HEARING, (Cut(1), Announce(2)))
    assert step(turn, SpeechEnded())[1] == (Transcribe(2),)


def test_a_caller_who_paused_before_it_was_clear_is_drafted():
    assert run(*DOUBTED, Paused(), Confirmed(2))[1] == (Cut(1), Announce(2), Draft(2))
    assert run(*DOUBTED, Paused(), WentOn(), Confirmed(2))[1] == (Cut(1), Announce(2))


def test_a_caller_who_ended_before_it_was_clear_is_answered():
    turn, commands = run(*DOUBTED, Paused(), SpeechEnded())
    assert commands == (Weigh(2),)
    turn, commands = step(turn, Confirmed(2))
    assert (turn.phase, commands) == (Phase.THINKING, (Cut(1), Announce(2), Transcribe(2)))
    assert step(turn, Heard(2, "no"))[1] == (Remember(2, "no"), Answer(2))


def test_the_echo_of_a_reply_that_is_over_is_no_turn():
    turn, commands = run(*SPOKEN, FirstAudio(1), ReplyOver(1), SpeechBegan(doubtful=True))
    assert (turn.phase, commands) == (Phase.DOUBTING, (Doubt(2),))
    turn, commands = step(turn, Suspected(2))
    assert commands == ()
    assert step(turn, Cleared(2))[1] == ()
    assert step(turn, Dismissed(2))[1] == (Ignore(2),)


def test_who_answers_at_once_pauses_and_goes_on_has_said_both():
    turn, _ = run(*SPOKEN, FirstAudio(1), ReplyOver(1), SpeechBegan(doubtful=True), *(Suspected(2),) * 2, SpeechEnded())
    turn, commands = step(turn, SpeechBegan())
    assert (turn.phase, commands) == (Phase.HEARING, (Announce(2), Transcribe(2), Announce(3)))


def test_a_reply_that_ends_in_doubt_leaves_the_doubt():
    turn, commands = run(*DOUBTED, Suspected(2), ReplyOver(1))
    assert (turn.phase, turn.reply, commands) == (Phase.DOUBTING, None, ())
    turn, commands = step(turn, Dismissed(2))
    assert (turn.phase, commands) == (Phase.IDLE, (Ignore(2),))


def test_a_text_that_waits_is_spoken_after_the_doubt():
    commands = run(*DOUBTED, AskedToSay("b"), ReplyOver(1), Dismissed(2))[1]
    assert commands == (Ignore(2), Say(3, "b", None))


def test_a_reply_in_the_making_begins_in_doubt():
    made = (AskedToSay("a"), FirstAudio(1), AskedToSay("b"), ReplyOver(1))
    turn, commands = run(*made, SpeechBegan(doubtful=True), FirstAudio(2), Dismissed(3))
    assert (turn.phase, turn.reply, commands) == (Phase.SPEAKING, 2, (Ignore(3),))


def test_a_second_sound_makes_the_first_one_nothing():
    assert run(*DOUBTED, SpeechEnded(), SpeechBegan())[1] == (Ignore(2), Doubt(3))


def test_who_goes_on_after_what_may_have_been_a_word_had_said_one():
    turn, commands = run(*DOUBTED, Suspected(2), Paused(), SpeechEnded(), SpeechBegan())
    assert commands == (Cut(1), Announce(2), Transcribe(2), Announce(3))
    assert (turn.phase, turn.awaited, turn.reply) == (Phase.HEARING, 3, None)


@pytest.mark.parametrize("events", [(*SPOKEN[:2], WasReset()), (*DOUBTED, Confirmed(2), SpeechEnded(), WasReset())])
def test_what_is_on_its_way_to_text_at_a_reset_is_forgotten(events):
    turn, _ = run(*events)
    assert step(turn, Heard(turn.number, "two"))[1] == ()
    assert step(run(SpeechBegan(), SpeechEnded(), SpeechBegan(), WasReset())[0], Heard(1, "two"))[1] == ()


def test_a_sound_in_doubt_belongs_to_the_conversation_after_a_reset():
    turn, _ = run(*DOUBTED, WasReset(), Confirmed(2), SpeechEnded())
    assert step(turn, Heard(2, "two"))[1] == (Remember(2, "two"), Answer(2))


def test_typing_and_hanging_up_end_a_doubt():
    assert run(*DOUBTED, Typed("no"))[1] == (Cut(1), Ignore(2), Remember(3, "no"), Answer(3))
    assert run(*DOUBTED, HungUp())[1] == (Cut(1), Ignore(2))


@pytest.mark.parametrize(("event", "more"), [(Interrupted(), ()), (WasReset(), (Forget(),))])
def test_a_reply_that_is_given_up_in_doubt_leaves_the_doubt(event, more):
    turn, commands = run(*DOUBTED, AskedToSay("b"), event)
    assert (turn.phase, turn.reply, commands) == (Phase.DOUBTING, None, (Cut(1), Drop(3), *more))
    assert step(turn, Confirmed(2))[1] == (Announce(2),)


def test_speech_while_a_transcript_is_awaited_keeps_what_was_said():
    turn, commands = run(SpeechBegan(), SpeechEnded(), SpeechBegan(), Heard(1, "two"))
    assert (turn.phase, commands) == (Phase.HEARING, (Remember(1, "two"),))


def test_typing_cuts_and_answers_at_once():
    assert run(*SPOKEN, Typed("no"))[1] == (Cut(1), Remember(2, "no"), Answer(2))


def test_typing_while_speaking_transcribes_what_was_said():
    turn, commands = run(SpeechBegan(), Typed("no"))
    assert commands == (Transcribe(1), Remember(2, "no"), Answer(2))
    assert step(turn, Heard(1, "two"))[1] == (Remember(1, "two"),)


def test_texts_are_spoken_one_after_the_other():
    turn, commands = run(AskedToSay("a"), AskedToSay("b"))
    assert (commands, turn.reply) == ((), 1)
    assert step(turn, ReplyOver(1))[1] == (Say(2, "b", None),)


def test_a_noise_leaves_what_waits():
    turn, _ = run(SpeechBegan(), AskedToSay("your order is ready"), SpeechEnded(), SpeechBegan())
    assert turn.waiting
    turn, _ = step(turn, Heard(1, ""))
    turn, _ = step(turn, SpeechEnded())
    _, commands = step(turn, Heard(turn.number, ""))
    assert commands == (Say(4, "your order is ready", None),)


@pytest.mark.parametrize("release", [Cleared, Dismissed])
def test_an_answer_that_is_held_back_is_owed_until_it_sounds(release):
    turn, _ = run(*SPOKEN, SpeechBegan(doubtful=True), Suspected(2), Suspected(2))
    turn, _ = step(turn, FirstAudio(1))
    released, _ = step(turn, release(2))
    assert (turn.owed, released.owed) == (True, False)
    turn, _ = step(turn, Confirmed(2))
    turn, _ = step(turn, SpeechEnded())
    _, commands = step(turn, Heard(2, ""))
    assert commands == (Answer(2),)


def test_interrupt_drops_what_waits_too():
    turn, commands = run(AskedToSay("a"), AskedToSay("b"), FirstAudio(1), Interrupted())
    assert (commands, turn.phase) == ((Cut(1), Drop(2)), Phase.IDLE)


def test_hanging_up_in_mid_sentence_keeps_what_was_said():
    turn, commands = run(SpeechBegan(), HungUp())
    assert (commands, turn.phase) == ((Transcribe(1),), Phase.IDLE)
    assert step(turn, Heard(1, "two"))[1] == (Remember(1, "two"),)


@pytest.mark.parametrize("begun", [(SpeechBegan(),), DOUBTED])
def test_what_is_being_said_at_a_reset_is_of_the_new_conversation(begun):
    """Also where a text to be spoken has come meanwhile, and has a number behind it."""
    turn, _ = run(*begun, AskedToSay("x"), WasReset())
    number = turn.awaited
    turn, _ = run(
        *begun, AskedToSay("x"), WasReset(), *([Confirmed(number)] if begun is DOUBTED else []), SpeechEnded()
    )
    assert step(turn, Heard(number, "two"))[1] == (Remember(number, "two"), Answer(number))


def test_reset_forgets():
    assert run(*SPOKEN, WasReset())[1] == (Cut(1), Forget())
    assert run(SpeechBegan(), WasReset())[1] == (Forget(),)


# For each phase: the events that change something there. Everything else must change nothing.
MEANINGFUL = {
    Phase.IDLE: {SpeechBegan, Typed, AskedToSay, Heard, WasReset},
    Phase.HEARING: {Paused, Drafted, WentOn, SpeechEnded, Typed, AskedToSay, Heard, WasReset, HungUp},
    Phase.THINKING: {SpeechBegan, Typed, AskedToSay, Heard, FirstAudio, ReplyOver, Interrupted, WasReset, HungUp},
    Phase.SPEAKING: {SpeechBegan, Typed, AskedToSay, Heard, ReplyOver, Interrupted, WasReset, HungUp},
    Phase.DOUBTING: {
        SpeechBegan, Suspected, Confirmed, Dismissed, Paused, SpeechEnded, Typed, AskedToSay, Heard, ReplyOver,
        Interrupted, WasReset, HungUp,
    },
}  # fmt: skip
IN_PHASE = {
    Phase.IDLE: (),
    Phase.HEARING: (SpeechBegan(),),
    Phase.THINKING: SPOKEN,
    Phase.SPEAKING: (*SPOKEN, FirstAudio(1)),
    Phase.DOUBTING: DOUBTED,
}
ONE_OF_EACH = [
    SpeechBegan(), Paused(), Drafted(1, "x"), WentOn(), SpeechEnded(), Heard(1, "x"), Typed("x"), AskedToSay("x"),
    FirstAudio(1), ReplyOver(1), Interrupted(), WasReset(), HungUp(), Suspected(2), Cleared(2), Confirmed(2),
    Dismissed(2),
]  # fmt: skip


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda e: type(e).__name__)
def test_every_phase_and_event(phase, event):
    turn, _ = run(*IN_PHASE[phase])
    assert turn.phase is phase
    after, commands = step(turn, event)
    assert ((after, commands) != (turn, ())) == (type(event) in MEANINGFUL[phase])


@given(st.lists(EVENTS, max_size=40), st.sampled_from(Mode))
def test_any_sequence_keeps_the_rules(events, mode):
    turn = Turn(mode)
    live: set[int] = set()
    started: list[int] = []
    ended: list[int] = []
    for event in events:
        before = turn
        turn, commands = step(turn, event)
        if isinstance(event, ReplyOver) and event.turn == before.reply:
            live.discard(event.turn)
            ended.append(event.turn)
        for command in commands:
            match command:
                case Answer(number) | Say(number):
                    live.add(number)
                    started.append(number)
                case Cut(number):
                    live.remove(number)
                    ended.append(number)
                case Drop(number):
                    assert number not in started
                    ended.append(number)
                case _:
                    pass
        assert len(live) <= 1, "at most one live reply"
        assert live == ({turn.reply} if turn.reply is not None else set())
        if turn.phase is Phase.HEARING:
            assert turn.reply is None, "the caller's speech stops the reply in the same step"
        assert turn.number >= before.number
        assert (turn.phase is Phase.IDLE) <= (turn.reply is None and not turn.waiting)
    assert started == sorted(set(started)), "a reply's number is above those before it"
    assert len(ended) == len(set(ended)), "exactly one end for each reply"


@given(st.lists(EVENTS, max_size=20), st.integers(100, 200))
def test_unknown_turns_change_nothing_but_memory(events, stale):
    turn, _ = run(*events)
    doubts = Suspected(stale), Cleared(stale), Confirmed(stale), Dismissed(stale)
    for event in (FirstAudio(stale), ReplyOver(stale), Heard(stale, "late"), *doubts):
        after, commands = step(turn, event)
        assert after == turn
        assert all(isinstance(c, Remember) for c in commands)


def test_the_table_names_every_event():
    assert {event for _, event in turns._TABLE} == set(signals.Event.__args__)
