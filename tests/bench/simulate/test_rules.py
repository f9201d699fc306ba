"""Each rule finds its breach, and nothing in a conversation that is as it should be."""

import pytest

from app.bench.simulate import rules, words
from app.bench.simulate.log import Log
from app.bench.simulate.mouth import Uttered
from app.bench.simulate.rules import breaches
from app.bench.simulate.words import Conversation
from app.interfaces import Message
from app.wire.messages import TimedWord

WORDS = (TimedWord("very", 0, 200), TimedWord("well", 200, 400))
FRAME = {"turn": 1, "offset": 0, "samples": 640, "last": False}


def server(what, at_s=1.0, **data):
    return (at_s, "server", what, data)


def client(what, at_s=1.0, **data):
    return (at_s, "client", what, data)


GOOD = (
    client("calls"), server("attached"), server("speech.started", turn=1),
    server("speech.stopped", turn=1), server("transcript.final", turn=1, text="two cokes"),
    server("reply.started", turn=1), server("reply.delta", turn=1, text="very well"),
    server("reply.sentence", turn=1, words=WORDS), server("audio", **FRAME),
    client("reply.started", turn=1, seq=1), client("audio", **FRAME), client("plays", turn=1),
    server("audio", turn=1, offset=640, samples=6_000, last=True),
    client("audio", turn=1, offset=640, samples=6_000, last=True),
    server("reply.ended", 2.0, turn=1, status="completed", heard_text="very well"),
    client("reply.ended", 2.0, turn=1, seq=2), client("ended", 2.0, turn=1, played=6_640),
)  # fmt: skip
SAID = (Uttered("two", 3_000, 5_000, 0), Uttered("cokes", 5_000, 8_000, 0))
REMEMBERED = (Message("system", ""), Message("user", "two cokes"), Message("assistant", "very well"))


def conversation(*entries, uttered=SAID, memory=REMEMBERED, faults=False):
    log = Log()
    for entry in entries:
        log.add(*entry)
    return Conversation(log, uttered, memory, faults)


def test_a_conversation_as_it_should_be_breaks_no_rule():
    assert list(breaches(conversation(*GOOD))) == []


def without(what, who="server"):
    return [entry for entry in GOOD if (entry[1], entry[2]) != (who, what)]


@pytest.mark.parametrize(
    ("rule", "entries"),
    [
        (rules.one_reply_lives, [*GOOD[:9], server("reply.started", turn=2)]),
        (rules.one_reply_lives, [*GOOD, server("audio", turn=1, offset=6_640, samples=1, last=False)]),
        (rules.one_reply_lives, [*GOOD, server("reply.stop", turn=1)]),
        (rules.every_reply_ends_once, without("reply.ended")),
        (rules.every_reply_ends_once, [*GOOD, GOOD[14]]),
        (rules.every_reply_ends_once, [*GOOD, GOOD[5]]),
        (rules.every_reply_ends_once, without("reply.started")),
        (rules.audio_is_whole, [*GOOD, server("audio", turn=1, offset=0, samples=1, last=False)]),
        (rules.audio_is_whole, [server("audio", turn=1, offset=640, samples=1, last=False)]),
        (rules.audio_is_whole, [client("audio", **FRAME), client("audio", **FRAME)]),
        (rules.nothing_comes_after_the_end, [client("reply.stop", turn=1), client("audio", **FRAME)]),
        (rules.nothing_comes_after_the_end, [client("reply.ended", turn=1), client("reply.delta", turn=1)]),
        (rules.nothing_comes_after_the_end, [client("reply.ended", turn=1), client("reply.stop", turn=1)]),
        (rules.seq_has_no_gaps, [client("pong", seq=1), client("pong", seq=3)]),
        (rules.seq_has_no_gaps, [client("calls"), client("pong", seq=2), client("calls"), client("pong", seq=2)]),
        (rules.drafts_stay_inside, [server("speech.started", turn=1), server("reply.started", turn=1)]),
        (rules.drafts_stay_inside, [server("speech.started", turn=1), server("transcript.final", turn=1)]),
        (rules.drafts_stay_inside, [server("speech.stopped", turn=1)]),
        (rules.drafts_stay_inside, [*GOOD[2:5], GOOD[4]]),
        (rules.turns_are_numbered_upwards, [server("speech.started", turn=2), server("speech.started", turn=1)]),
        (rules.a_pause_loses_nothing, [client("resumes", turn=1, at=500, from_ms=540)]),
        (rules.answers_come, [*GOOD[1:5], server("pong", 1.5)]),
        (words.words_are_heard_once, [server("transcript.final", turn=1, text="two")]),
        (words.words_are_heard_once, [server("transcript.final", turn=1, text="two two cokes")]),
        (words.words_are_heard_once, [server("transcript.final", turn=1, text="cokes two")]),
        (words.only_what_was_heard_is_told, [*GOOD[:-1], client("ended", turn=1, played=0),
                                             server("took", turn=1, type="playback", played_ms=0), GOOD[14]]),
        (words.memory_is_what_was_said_and_heard, without("transcript.final")),
        (words.memory_is_what_was_said_and_heard, [*GOOD, server("took", type="control", command="reset")]),
    ],
)  # fmt: skip
def test_each_rule_finds_its_breach(rule, entries):
    assert list(rule(conversation(*entries)))
    assert any(line.startswith(f"{rule.__name__}: ") for line in breaches(conversation(*entries)))


def fine(rule, *entries, **more):
    return list(rule(conversation(*entries, **more))) == []


def test_a_text_that_waited_in_vain_ends_without_a_start():
    ended = server("reply.ended", turn=3, status="interrupted", heard_text="")
    assert fine(rules.every_reply_ends_once, ended)
    assert not fine(rules.every_reply_ends_once, server("reply.ended", turn=3, status="completed", heard_text=""))


def test_a_new_connection_starts_in_the_middle():
    assert fine(rules.seq_has_no_gaps, client("pong", seq=1), client("calls"), client("pong", seq=7))
    assert fine(
        rules.audio_is_whole, client("audio", **FRAME), client("calls"),
        client("audio", turn=1, offset=4_000, samples=1, last=False),
    )  # fmt: skip


def test_who_hung_up_heard_what_was_told_last():
    told = server("took", turn=1, type="playback", played_ms=415)
    assert fine(words.only_what_was_heard_is_told, *GOOD[:14], told, GOOD[14])


def test_a_reply_may_go_on_where_it_paused():
    assert fine(rules.a_pause_loses_nothing, client("resumes", turn=1, at=500, from_ms=500))


@pytest.mark.parametrize("between", [server("took", type="interrupt"), server("detached"), server("error")])
def test_an_answer_may_be_prevented(between):
    assert fine(rules.answers_come, *GOOD[1:4], between, GOOD[4], server("pong", 1.5))


def test_no_answer_is_awaited_for_nothing():
    entries = (*GOOD[1:4], server("took", type="playback"), server("transcript.final", turn=1, text=""))
    assert fine(rules.answers_come, *entries, server("pong", 1.5))
    assert fine(rules.answers_come, *GOOD[2:5], server("pong", 1.5))


def test_words_that_are_not_sure_may_be_missing_but_not_come_twice():
    unsure = (SAID[0], Uttered("cokes", 5_000, 8_000, 0, sure=False))
    for text, good in (("two", True), ("two cokes", True), ("cokes", False), ("two cokes cokes", False)):
        final = server("transcript.final", turn=1, text=text)
        assert fine(words.words_are_heard_once, final, uttered=unsure) is good
        assert fine(words.words_are_heard_once, final, uttered=unsure, faults=True) is (good or text == "cokes")


def test_over_a_reply_all_of_a_stretch_may_be_taken_for_nothing():
    plays, stop = client("plays", 0.1, turn=1), client("stopped", 0.4, turn=1, played=0)
    later = (*SAID, Uttered("please", 40_000, 42_000, 0))
    for text, good in (("please", True), ("two cokes please", True), ("two please", False), ("two cokes", False)):
        final = server("transcript.final", turn=2, text=text)
        assert fine(words.words_are_heard_once, plays, stop, final, uttered=later) is good
    assert not fine(
        words.words_are_heard_once, client("plays", 9.0, turn=1), client("stopped", 9.9, turn=1, played=0),
        server("transcript.final", turn=2, text="please"), uttered=later,
    )  # fmt: skip


def test_what_was_typed_is_remembered_and_what_was_reset_is_not():
    typed = (server("took", type="text", text="hi"), server("reply.started", turn=1))
    ended = server("reply.ended", turn=1, status="interrupted", heard_text="very")
    assert fine(
        words.memory_is_what_was_said_and_heard, *typed, ended,
        memory=(Message("system", ""), Message("user", "hi"), Message("assistant", "very")),
    )  # fmt: skip
    reset = server("took", type="control", command="reset")
    assert fine(words.memory_is_what_was_said_and_heard, *typed, reset, ended, memory=(Message("system", ""),))


def test_who_speaks_at_a_reset_speaks_in_the_new_conversation():
    assert fine(
        words.memory_is_what_was_said_and_heard,
        server("speech.started", turn=1), server("took", type="control", command="reset"),
        server("speech.stopped", turn=1), server("transcript.final", turn=1, text="hi"),
        server("transcript.final", text=""), server("reply.ended", turn=1, status="completed", heard_text=""),
        memory=(Message("system", ""), Message("user", "hi")),
    )  # fmt: skip


def test_without_a_report_what_was_heard_is_estimated():
    entries = [server("reply.sentence", turn=1, words=WORDS)]
    ended = server("reply.ended", turn=1, status="interrupted", heard_text="very well")
    assert fine(words.only_what_was_heard_is_told, *entries, ended)
    late = client("stopped", turn=1, played=16_000 * 3)
    nothing = server("reply.ended", turn=1, status="interrupted", heard_text="")
    assert not fine(words.only_what_was_heard_is_told, *entries, late, nothing)
