"""Latencies of logs."""

import pytest

from app.bench.simulate.figures import HEAD, Answered, Lines, figures, level, lines, row
from app.bench.simulate.log import Log


def log(*turns, said=(1.0, 3.0), text="two cokes please"):
    """A line, and turns `(stopped, sent, played)` after it."""
    made = Log()
    for number, (stopped, sent, played) in enumerate(turns, 1):
        made.add(stopped, "server", "speech.stopped", {"turn": number})
        if sent is not None:
            made.add(sent, "server", "reply.sentence", {"turn": number, "start_ms": 0, "text": "Sure."})
        for at, who, what in ((sent, "server", "audio"), (played, "client", "plays")):
            if at is not None:
                made.add(at, who, what, {"turn": number})
    made.add(said[1], "client", "said", {"from_s": said[0], "to_s": said[1], "text": text})
    return made


def test_a_line_and_its_answer():
    found = lines([log((3.25, 3.26, 3.27))])
    (answer,) = found.answered
    assert (found.said, found.cut_offs) == (1, 0)
    assert (answer.wait, answer.gap, answer.voice) == pytest.approx((250, 10, 270))


@pytest.mark.parametrize(("sent", "heard"), [(5.6, 5.7), (6.4, 6.4)])
def test_a_filler_is_no_answer(sent, heard):
    made = log((3.2, None, None))
    for at, who, what in (
        *((4.7, "server", "audio"), (4.7, "client", "plays")),
        *((sent, "server", "reply.sentence"), (sent, "server", "audio")),
    ):
        made.add(at, who, what, {"turn": 1, "start_ms": 1000, "text": "Sure."})
    (answer,) = lines([made]).answered
    assert (answer.gap, answer.voice) == pytest.approx((1000 * (sent - 3.2), 1000 * (heard - 3)))


def test_an_answer_that_was_cut_before_its_first_sound_is_not_counted():
    made = log((3.2, None, None))
    for at, who, what in ((4.7, "server", "audio"), (4.7, "client", "plays"), (5.6, "server", "reply.sentence")):
        made.add(at, who, what, {"turn": 1, "start_ms": 1000, "text": "Sure."})
    assert lines([made]).answered == ()


def test_an_end_in_the_middle_of_a_line_is_a_cut_off():
    found = lines([log((2.0, 2.1, 2.2), (3.5, 3.6, 3.7))])
    assert found.cut_offs == 1
    assert found.answered[0].wait == pytest.approx(500)


@pytest.mark.parametrize("turn", [(3.2, None, None), (3.2, 3.3, None), (30.0, 30.1, 30.2)])
def test_what_was_not_answered_is_not_counted(turn):
    assert lines([log(turn)]) == Lines(1, 0, ())


@pytest.mark.parametrize(
    ("text", "asked", "complete"), [("what is the total", "", True), ("and", "", False), ("two", "How many?", True)]
)
def test_a_line_is_complete_by_its_words_and_what_was_asked_before_it(text, asked, complete):
    made = log((3.2, 3.3, 3.4), text=text)
    made.add(0.5, "server", "reply.sentence", {"turn": 0, "start_ms": 0, "text": asked})
    assert lines([made]).answered[0].complete is complete


def test_a_level_is_a_row_and_its_bars_are_wider_on_other_machines():
    found = level("full", Lines(4, 1, tuple(Answered(250, gap, 260 + gap, gap < 30) for gap in (0, 10, 30))))
    assert (found.cut_offs, found.wait_p50, found.gap_p50, found.voice_p50) == (25, 250, 10, 270)
    assert len(row(found)) == len(HEAD)
    ours, theirs = (list(figures(found, profile)) for profile in ("this_cpu", "other"))
    assert [figure.value for figure in ours] == [10, pytest.approx(28), 20, 265]
    assert row(found).split()[1] == "3/4"
    assert [figure.bar for figure in ours] == [20, 60, 60, 310]
    assert [figure.bar for figure in theirs] == [40, 80, 80, 330]


def test_where_no_line_is_complete_there_is_no_bar_of_those():
    found = level("full", Lines(1, 0, (Answered(250, 0, 260, complete=False),)))
    assert [figure.bar for figure in figures(found, "this_cpu")] == [20, 60, 60]


def test_without_answers_there_is_no_row():
    with pytest.raises(ValueError, match="nothing was answered"):
        level("off", Lines(1, 0, ()))
