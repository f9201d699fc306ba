"""What is counted, and against which bar."""

import pytest

from app.bench.interrupt.score import Outcome, figures


def outcome(kind, **told):
    return Outcome("it", kind, -12.0, cold=False, **told)


def shares(*outcomes):
    return {figure.name.removeprefix("ears: "): figure for figure in figures("ears", outcomes)}


def test_nothing_has_no_bar_to_miss():
    assert all(figure.met for figure in shares().values())


def test_alone_any_duck_and_any_cut_is_wrong():
    found = shares(outcome("alone"), outcome("alone", ducks=[400]), outcome("alone", ducks=[1], caller_ms=-3))
    assert found["self-interruptions"].value == pytest.approx(100 / 3)
    assert not found["self-interruptions"].met
    assert found["false ducks"].value == pytest.approx(200 / 3)


@pytest.mark.parametrize(("caller_ms", "in_time"), [(None, False), (-1, False), (0, True), (600, True), (601, False)])
def test_a_caller_is_heard_after_the_onset_and_soon(caller_ms, in_time):
    one = outcome("interruptions", caller_ms=caller_ms)
    assert one.in_time is in_time
    assert one.wrong is not in_time
    found = shares(one)
    assert found["callers heard in 600 ms"].met is in_time
    assert found["of them over -12 dB"].value == 100 * in_time


def test_a_nod_resumes_and_an_answer_does_not():
    nod, cut = outcome("backchannels"), outcome("backchannels", caller_ms=400)
    answer = outcome("backchannels", asked=True, caller_ms=300)
    lost = outcome("backchannels", asked=True)
    assert [each.wrong for each in (nod, cut, answer, lost)] == [False, True, False, True]
    found = shares(nod, cut, answer, lost)
    assert found["backchannels resumed"].value == 50
    assert found["answers taken"].value == 50
    assert outcome("backchannels", skipped_ms=[0, 3]).wrong
    assert not outcome("backchannels", skipped_ms=[0, -3]).wrong
    assert outcome("alone", ducks=[3]).wrong
    assert outcome("alone", caller_ms=-3).wrong
    assert not outcome("alone").wrong


def test_behind_our_last_word_any_word_is_one_to_us():
    taken, lost = (outcome("backchannels", behind=True, said="okay", caller_ms=ms) for ms in (400, None))
    cough = outcome("backchannels", behind=True)
    assert [each.wrong for each in (taken, lost, cough)] == [False, True, False]
    found = shares(taken, lost, cough)
    assert found["words behind our last one taken"].value == 50
    assert not found["backchannels resumed"].of
