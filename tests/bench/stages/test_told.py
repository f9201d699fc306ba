"""Events and summaries of a call become turns on one clock."""

import pytest

from app.bench.stages.told import Conversation, Said, turns_of
from app.vad.waiting import DEFAULT

TIMELINE = {"speech_end": 1_980, "draft": 2_100, "endpoint": 2_300, "final_text": 2_301, "first_token": 2_302}


def speaking(ms):
    return {"type": "turn.speaking", "speech_end_ms": ms}


def final(text, language="en"):
    return {"type": "transcript.final", "text": text, "language": language}


def sentence(text, index=0, start_ms=0):
    return {"type": "reply.sentence", "text": text, "index": index, "start_ms": start_ms}


def summary(transcript="", to_sound=None, timeline=None):
    return {"transcript": transcript, "voice_to_voice_ms": to_sound, "timeline": timeline}


def turns(said, events, summaries):
    return list(turns_of(Conversation("full", 3), said, events, summaries, DEFAULT))


def test_the_labelled_end_counts_and_not_the_last_audible_sample():
    events = [{"type": "session.ready"}, speaking(2_000), final("where is the station"), sentence("There.")]
    (found,) = turns([Said("turns 0", 320)], events, [summary("where is the station", 400, TIMELINE)])
    assert (found.speech_end_ms, found.sound_ms, found.voice_to_voice_ms) == (2_020, 2_400, 380)
    assert (found.case, found.conversation, found.number, found.pieces) == ("full", 3, 0, 1)
    assert found.complete
    assert found.asked_ms == DEFAULT.complete_ms


def test_misheard_words_do_not_leave_a_turn_out():
    events = [{"type": "session.ready"}, speaking(2_000), final("where is the"), sentence("There.")]
    said = Said("turns 0", 0, "where is the station")
    (found,) = turns([said], events, [summary("where is the", 400, TIMELINE)])
    assert (found.text, found.complete, found.asked_ms) == ("where is the", True, DEFAULT.complete_ms)


def test_what_we_asked_decides_what_is_complete():
    events = [
        speaking(1_000),
        final("hello"),
        sentence("Hi!"),
        sentence("Any allergies?", 1, 400),
        speaking(9_000),
        final("eggs"),
    ]
    found = turns([Said("a", 0), Said("b", 0)], events, [summary("hello"), summary("eggs", 300, TIMELINE)])
    alone = turns([Said("b", 0)], [speaking(9_000), final("eggs")], [summary("eggs", 300, TIMELINE)])
    assert found[1].asked_ms < alone[0].asked_ms


def test_a_caller_who_was_cut_off_said_one_turn_in_pieces():
    events = [speaking(4_000), final("i would like"), final(""), final("a soup")]
    (found,) = turns([Said("a", 0)], events, [summary("i would like a soup", 300, TIMELINE)])
    assert found.pieces == 2
    assert not found.answered  # the reply that is known of was to the first piece


@pytest.mark.parametrize(("first_audio", "sound_ms"), [(2_950, 3_000), (3_700, 3_700)])
def test_a_filler_is_no_answer(first_audio, sound_ms):
    events = [speaking(2_000), final("where is it"), sentence("There.", 0, 600), sentence("Over there.", 1, 900)]
    timeline = {**TIMELINE, "first_audio": first_audio}
    (found,) = turns([Said("a", 0)], events, [summary("where is it", 400, timeline)])
    assert found.sound_ms == sound_ms


def test_a_turn_that_was_not_heard_has_no_marks():
    (found,) = turns([Said("a", 0)], [speaking(4_000)], [summary()])
    assert (found.marks, found.sound_ms, found.pieces, found.complete) == ({}, None, 1, False)
