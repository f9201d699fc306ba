"""Playout: heard <= sent <= made, and never further ahead than the lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.interfaces import Word
from app.tts.playout import END_GRACE_S, LEAD_MS, MAX_LEAD_MS, SILENT_S, TRUST_S, Playout, heard_prefix

RATE = 16_000
HELLO = (Word("Hello", 0, 400), Word("there.", 400, 1000))


def playing(samples=RATE, sent=RATE // 4):
    playout = Playout(RATE)
    playout.place("Hello there.", HELLO, samples)
    playout.was_sent(sent, 0.0)
    return playout


def test_clauses_follow_each_other():
    playout = playing()
    placed = playout.place("And", (Word("And", 0, 100),), 1600)
    assert (placed.start_ms, placed.words[0].start_ms) == (1000, 1000)


def test_only_the_lead_is_sent_ahead():
    playout = Playout(RATE)
    playout.place("Hello there.", HELLO, RATE)
    assert playout.sendable(5.0) == RATE * LEAD_MS // 1000
    playout.was_sent(4000, 5.0)
    assert playout.sendable(5.0) == 0
    assert playout.sendable(5.125) == 2000


def test_headphones_that_are_late_are_sent_as_much_more():
    playout = playing(RATE, RATE // 4)
    playout.report(0, "playing", 0.3, latency_ms=300)
    assert playout.sendable(0.3) == RATE * 300 // 1000
    playout.report(0, "playing", 0.3)
    assert playout.sendable(0.3) == 0


def test_what_is_known_of_a_clients_latency_holds_for_its_next_reply():
    playout = Playout(RATE, 300)
    playout.place("Hello there.", HELLO, RATE)
    assert playout.sendable(0.0) == RATE * (LEAD_MS + 300) // 1000
    assert playout.in_s(0.0) == pytest.approx(0.3)
    playout.was_sent(4000, 0.0)
    assert playout.in_s(0.1) == pytest.approx(0.2 + 0.25)
    assert playout.heard_samples(0.3) == 0
    playout.was_sent(4000, 0.1)
    assert playout.heard_samples(0.4) == pytest.approx(RATE / 10, abs=1)
    assert playout.in_s(0.9) == pytest.approx(0.3), "it stood for want of audio"
    playout.was_sent(4000, 0.9)
    assert playout.heard_samples(1.2) == 8000
    assert playout.heard_samples(1.3) == pytest.approx(9600, abs=1)
    playout.hold(1.3)
    playout.go_on(2.0)
    assert playout.heard_samples(2.3) == pytest.approx(9600, abs=1)
    assert playout.heard_samples(2.4) == pytest.approx(11200, abs=1)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_every_word_begins_in_one_frame(rate):
    playout, said = Playout(rate), []
    for number in range(9):
        samples = rate // 3 + 7 * number
        playout.place("one two", (Word(f"one{number}", 0, 100), Word(f"two{number}", 133, 300)), samples)
        while playout.sent < playout.made:
            block = min(rate // 25, playout.made - playout.sent)
            said += [word.text for word in playout.words_in(block)]
            playout.was_sent(block, 0.0)
    assert said == [f"{word}{number}" for number in range(9) for word in ("one", "two")]


def test_a_filler_is_no_part_of_what_was_heard_of_the_answer():
    playout = Playout(RATE)
    playout.place("", (Word("One", 0, 200), Word("moment.", 200, 500)), RATE // 2)
    assert [word.text for word in playout.words_in(RATE // 2)] == ["One", "moment."]
    playout.place("Hello there.", HELLO, RATE)
    playout.was_sent(RATE * 3 // 2, 0.0)
    playout.report(1000, "paused", 1.0)
    assert playout.heard_characters(1.0) == len("Hello")


def test_without_reports_it_plays_in_real_time():
    playout = playing(sent=RATE)
    assert playout.heard_samples(0.5) == RATE // 2
    assert not playout.finished(0.99)
    assert playout.finished(1.0)


def test_a_report_overrides_the_estimate():
    playout = playing(sent=RATE)
    playout.report(200, "paused", 0.5)
    assert playout.heard_samples(9.0) == 3200
    assert not playout.finished(9.0)


def test_a_silent_client_is_given_up_and_the_reply_ends_after_a_grace():
    playout = playing(sent=RATE)
    playout.report(900, "playing", 1.0)
    assert not playout.finished(1.1 + END_GRACE_S - 0.01)
    assert playout.finished(1.1 + END_GRACE_S)


def test_it_is_not_over_while_something_waits_to_be_sent():
    playout = playing()
    playout.report(250, "done", 0.3)
    assert not playout.finished(99.0)


def test_done_ends_it():
    playout = playing(sent=RATE)
    playout.report(1000, "done", 1.0)
    assert playout.finished(1.0)


def test_a_starving_client_gets_a_longer_lead():
    playout = playing(RATE * 10)
    for now in range(10):
        playout.report(playout.sent * 1000 // RATE, "playing", float(now))
        playout.was_sent(playout.sendable(float(now)), float(now))
    assert playout.sendable(10.0) + playout.sent - playout.heard_samples(10.0) <= RATE * MAX_LEAD_MS // 1000 + RATE


def test_a_client_that_ran_dry_behind_a_slow_line_gets_a_longer_lead():
    """What is sent arrives 200 ms later, and what is told of it 200 ms after that."""
    playout = Playout(RATE)
    playout.place("", (), RATE * 20)
    under_way, told, has, played, stalls = [], [], 0, 0, []
    for step in range(400):
        now = step * 0.02
        while told and told[0][0] <= now:
            playout.report(told.pop(0)[1] * 1000 // RATE, "playing", now)
        size = playout.sendable(now)
        playout.was_sent(size, now)
        under_way.append((now + 0.2, size))
        while under_way and under_way[0][0] <= now:
            has += under_way.pop(0)[1]
        stalls += [now] if 0 < played == has else []
        played = min(has, played + RATE // 50)
        if step % 3 == 0 and has:
            told.append((now + 0.2, played))
    assert len([at for at in stalls if at > 4]) <= 0.1 * len(stalls)
    assert stalls


def test_who_stands_where_we_let_it_go_on_is_not_dry():
    playout = playing(RATE * 10)
    playout.report(200, "paused", 0.1)
    playout.hold(0.1)
    playout.go_on(0.2)
    playout.report(200, "playing", 0.3)
    assert playout.sent + playout.sendable(0.3) == RATE * (200 + LEAD_MS) // 1000


@pytest.mark.parametrize(("ms", "characters"), [(0, 0), (199, 0), (201, 5), (699, 5), (701, 11), (5000, 11)])
def test_a_word_counts_once_half_of_it_was_heard(ms, characters):
    playout = playing(sent=RATE)
    playout.report(ms, "paused", 0.0)
    assert playout.heard_characters(0.0) == characters


@pytest.mark.parametrize(
    ("ms", "heard"), [(0, ""), (300, "我们有"), (900, "我们有宫保鸡丁还有"), (2000, "我们有宫保鸡丁还有麻婆豆腐")]
)
def test_where_a_script_has_no_spaces_as_much_is_heard_as_was_played(ms, heard):
    text = "我们有宫保鸡丁还有麻婆豆腐"
    playout = Playout(RATE)
    playout.place(text, (Word(text, 0, 1300),), RATE * 2)
    playout.was_sent(RATE * 2, 0.0)
    playout.report(ms, "paused", 0.0)
    assert heard_prefix(text, playout.heard_characters(0.0)) == heard


@pytest.mark.parametrize(
    ("characters", "expected"), [(0, ""), (5, "Hello"), (6, "Hello t"), (11, "Hello there."), (99, "Hello there.")]
)
def test_heard_prefix(characters, expected):
    assert heard_prefix("Hello there.", characters) == expected


@given(st.text(), st.integers(0, 50))
def test_heard_prefix_is_a_prefix(text, characters):
    found = heard_prefix(text, characters)
    assert text.startswith(found)
    assert sum(not c.isspace() for c in found) == min(characters, sum(not c.isspace() for c in text))


STEPS = st.one_of(
    st.tuples(st.just("place"), st.integers(0, 20_000)),
    st.tuples(st.just("send"), st.just(0)),
    st.tuples(st.just("report"), st.integers(0, 5_000)),
    st.tuples(st.just("wait"), st.integers(0, 2_000)),
)


@given(st.lists(STEPS, max_size=60))
def test_heard_never_passes_sent_nor_sent_made(steps):
    playout = Playout(RATE)
    now = 0.0
    for kind, value in steps:
        match kind:
            case "place":
                playout.place("w", (Word("w", 0, value * 1000 // RATE),), value)
            case "send":
                playout.was_sent(playout.sendable(now), now)
            case "report":
                playout.report(value, "playing", now)
            case _:
                now += value / 1000
        assert 0 <= playout.heard_samples(now) <= playout.sent <= playout.made
        assert playout.sendable(now) >= 0


def test_what_is_held_stands_still_and_goes_on_from_there():
    playout = playing(sent=RATE // 2)
    playout.hold(0.2)
    assert playout.heard_samples(9.0) == RATE // 5
    assert not playout.finished(9.0)
    assert playout.go_on(9.0) == 200
    assert playout.heard_samples(9.1) == pytest.approx(RATE * 0.3, abs=1)


def test_who_reported_once_and_never_again_is_sent_the_rest():
    playout = playing(sent=RATE // 4)
    playout.place("w", (), 20 * RATE)
    playout.report(0, "playing", 0.0)
    for tenth in range(int(10 * SILENT_S)):
        playout.was_sent(playout.sendable(tenth / 10), tenth / 10)
    assert playout.sent == pytest.approx((TRUST_S + LEAD_MS / 1000) * RATE)
    assert playout.sendable(SILENT_S) > 0
    assert playout.heard_samples(SILENT_S) == 0, "the history keeps to what was reported"


def test_the_client_knows_better_where_it_paused():
    playout = playing(sent=RATE // 2)
    playout.report(100, "playing", 0.1)
    playout.hold(0.2)
    playout.report(230, "paused", 0.25)
    assert playout.go_on(1.0) == 230
    assert playout.sendable(1.1) == pytest.approx(RATE * (0.33 + LEAD_MS / 1000 - 0.5), abs=1)


def test_a_client_that_had_played_all_when_told_to_pause_is_done():
    playout = playing(sent=RATE)
    playout.hold(0.99)
    playout.report(1000, "done", 1.0)
    playout.go_on(2.0)
    assert playout.finished(2.0)


def test_words_come_with_the_samples_in_which_they_begin():
    playout = Playout(RATE)
    playout.place("Hello there.", HELLO, RATE)
    assert [w.text for w in playout.words_in(RATE // 100)] == ["Hello"]
    playout.was_sent(RATE * 4 // 10, 0.0)
    assert [w.text for w in playout.words_in(RATE)] == ["there."]


def test_how_far_ahead_is_known():
    playout = playing(sent=RATE // 4)
    assert playout.in_s(0.1) == pytest.approx(0.15)
