"""What a sound card plays of replies, and what is told of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.client.loudspeaker import FINISHED_KEPT, MAX_AHEAD_MS, REPORT_MS, START_MS, Loudspeaker
from app.wire.codec import AudioFrame

RATE = 8_000
MS = RATE // 1000
BLOCK = 10 * MS
LEVEL = 8_000


def frame(turn, ms, *, level=LEVEL, last=False, rate=RATE):
    return AudioFrame(turn, rate, 0, np.full(ms * MS, level, "<i2").tobytes(), last)


def ramp(turn, begin, samples, *, last=False):
    return AudioFrame(turn, RATE, begin, np.arange(begin, begin + samples, dtype="<i2").tobytes(), last)


def rendered(speaker, blocks):
    return np.concatenate([speaker.render(BLOCK) for _ in range(blocks)])


def told(reports):
    return [(r.turn, r.played_ms, r.state) for r in reports]


def test_silence_before_anything():
    speaker = Loudspeaker(RATE)
    assert not rendered(speaker, 30).any()
    assert speaker.reports(0) == []
    assert speaker.pause(1) is None
    assert speaker.stop(1) is None
    speaker.resume(1, 0)
    speaker.duck(1, -12.0)


def test_another_rate_is_refused():
    with pytest.raises(ValueError, match="16000 Hz"):
        Loudspeaker(RATE).add(frame(1, 10, rate=16_000))


def test_begins_when_enough_waits_and_without_a_click():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, START_MS - 10))
    assert not rendered(speaker, 5).any()
    speaker.add(frame(1, 10))
    out = rendered(speaker, 1)
    assert 0 < out[0] < LEVEL / 10
    assert np.all(np.diff(out) >= 0)
    assert out[-1] == LEVEL


def test_a_short_reply_needs_no_more():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 10, last=True))
    assert rendered(speaker, 1).any()


def test_runs_dry_without_a_click_and_waits_for_enough():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 50))
    out = rendered(speaker, 10)
    assert np.abs(np.diff(out[BLOCK:])).max() <= LEVEL / (4 * MS)
    assert not out[60 * MS :].any()
    speaker.add(frame(1, 10))
    assert not rendered(speaker, 3).any()
    speaker.add(frame(1, 30))
    assert rendered(speaker, 1).any()


def test_what_is_told_of_a_reply_before_its_audio_is_remembered():
    speaker = Loudspeaker(RATE)
    assert speaker.pause(1) is None
    speaker.duck(1, -12.0)
    speaker.add(frame(1, 100))
    assert not rendered(speaker, 5).any()
    assert speaker.reports(0) == []
    speaker.duck(1, -12.0)
    speaker._replies[1].resume(0)
    assert rendered(speaker, 5)[-1] == pytest.approx(LEVEL / 4, rel=0.02)
    speaker.stop(1)
    speaker.pause(2)
    speaker.resume(2, 0)
    speaker.add(frame(2, 100))
    assert rendered(speaker, 5)[-1] == LEVEL
    speaker.pause(3)
    speaker.stop(3)
    speaker.pause(3)
    speaker.add(frame(3, 100))
    assert rendered(speaker, 20)[-1] == 0


def test_replies_one_after_another():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 50, last=True))
    speaker.add(frame(2, 50, level=-LEVEL, last=True))
    out = rendered(speaker, 12)
    assert np.all(out[10 * MS : 50 * MS] == LEVEL)
    assert np.all(out[50 * MS : 100 * MS] == -LEVEL)
    assert told(speaker.reports(0)) == [(1, 50, "done"), (2, 50, "done")]


def test_a_reply_without_an_end_gives_way_to_the_next():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 50))
    rendered(speaker, 5)
    speaker.add(frame(2, 50, level=-LEVEL))
    assert rendered(speaker, 2)[-1] == -LEVEL
    assert told(speaker.reports(0)) == [(1, 50, "done")]


def test_a_few_milliseconds_without_an_end_do_not_keep_the_next_waiting():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, START_MS - 10))
    assert not rendered(speaker, 5).any()
    speaker.add(frame(2, 50, level=-LEVEL))
    assert rendered(speaker, 8)[-1] == -LEVEL


def test_a_reply_that_failed_is_played_to_where_it_broke():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, START_MS - 10))
    speaker.ended(7)
    assert not rendered(speaker, 5).any()
    speaker.ended(1)
    assert rendered(speaker, 4).any()
    assert told(speaker.reports(0)) == [(1, START_MS - 10, "done")]


def test_an_end_without_a_sound_is_an_end():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 50))
    rendered(speaker, 5)
    speaker.add(frame(1, 0, last=True))
    rendered(speaker, 1)
    assert told(speaker.reports(0)) == [(1, 50, "done")]


def test_ducks_softly_and_comes_back():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 500))
    rendered(speaker, 5)
    speaker.duck(1, -12.0)
    out = rendered(speaker, 5)
    assert np.abs(np.diff(out)).max() <= LEVEL / (20 * MS) + 1
    assert out[-1] == pytest.approx(LEVEL * 10 ** (-12 / 20), abs=1)
    speaker.duck(1, 0.0)
    assert rendered(speaker, 5)[-1] == LEVEL
    speaker.duck(1, -12.0)
    rendered(speaker, 5)
    speaker.resume(1, 150)
    assert rendered(speaker, 5)[-1] == LEVEL


def test_it_is_as_soft_as_the_softer_of_both_wishes():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 900))
    rendered(speaker, 5)
    speaker.gain = 0.5
    assert rendered(speaker, 5)[-1] == LEVEL // 2
    speaker.duck(1, -12.0)
    assert rendered(speaker, 5)[-1] == pytest.approx(LEVEL * 10 ** (-12 / 20), abs=1)
    speaker.duck(1, 0.0)
    assert rendered(speaker, 5)[-1] == LEVEL // 2
    speaker.gain = 1.0
    assert rendered(speaker, 5)[-1] == LEVEL


def test_pauses_and_goes_on_from_the_very_sample():
    speaker = Loudspeaker(RATE)
    speaker.add(ramp(1, 0, 400 * MS))
    before = rendered(speaker, 10)
    report = speaker.pause(1)
    assert told([report]) == [(1, 100, "paused")]
    assert not rendered(speaker, 50)[5 * MS :].any()
    assert speaker.reports(0) == []
    speaker.resume(1, 100)
    after = rendered(speaker, 10)
    assert before[-1] == 100 * MS - 1
    assert np.all(after[5 * MS :] == np.arange(105 * MS, 200 * MS)), "5 ms rise; not a sample is lost"


def test_goes_on_from_before_where_it_is_told_to():
    speaker = Loudspeaker(RATE)
    speaker.add(ramp(1, 0, 400 * MS))
    rendered(speaker, 20)
    speaker.pause(1)
    speaker.resume(1, 50)
    assert rendered(speaker, 1)[-1] == 60 * MS - 1


def test_what_is_stopped_is_gone_and_stays_gone():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 400))
    rendered(speaker, 10)
    assert told([speaker.stop(1)]) == [(1, 100, "done")]
    out = rendered(speaker, 2)
    assert np.all(np.diff(out) <= 0)
    assert not out[5 * MS :].any()
    assert speaker.stop(1) is None, "there is nothing more to tell"
    speaker.add(frame(1, 100))
    assert not rendered(speaker, 30).any()
    assert speaker.reports(0) == []


def test_what_is_stopped_after_it_was_told_of():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 400))
    rendered(speaker, 30)
    assert told(speaker.reports(0)) == [(1, 300, "playing")]
    speaker.stop(1)
    rendered(speaker, 30)
    assert speaker.reports(0) == []


def test_late_audio_is_known_for_long_but_not_for_ever():
    speaker = Loudspeaker(RATE)
    for turn in range(FINISHED_KEPT + 1):
        speaker.stop(turn)
    speaker.add(frame(1, 50))
    assert not rendered(speaker, 2).any()
    speaker.add(frame(0, 50))
    assert rendered(speaker, 2).any()


def test_what_is_heard_lags_behind_what_the_card_took():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 300, last=True))
    rendered(speaker, 25)
    assert told(speaker.reports(100)) == [(1, 150, "playing")]
    rendered(speaker, 6)
    assert speaker.reports(100) == [], "all was given to the card, but not heard"
    rendered(speaker, 9)
    assert told(speaker.reports(100)) == [(1, 300, "done")]


def test_every_report_tells_how_much_later_it_is_heard():
    speaker = Loudspeaker(RATE)
    speaker.add(frame(1, 400))
    rendered(speaker, 25)
    reports = [*speaker.reports(100.4), speaker.pause(1), speaker.stop(1)]
    assert [(report.state, report.latency_ms) for report in reports] == [
        ("playing", 100), ("paused", 100), ("done", 100)
    ]  # fmt: skip


def test_no_more_is_kept_than_the_server_may_send():
    speaker = Loudspeaker(RATE)
    for _ in range(12):
        speaker.add(frame(1, 1_000))
    assert speaker.stop(1).played_ms == 0
    speaker.add(frame(2, MAX_AHEAD_MS + 5_000, last=True))
    out = rendered(speaker, MAX_AHEAD_MS // 10 + 100)
    assert np.count_nonzero(out == LEVEL) > (MAX_AHEAD_MS - 100) * MS
    assert not out[(MAX_AHEAD_MS + 10) * MS :].any()


@given(st.lists(st.integers(0, 70), min_size=1, max_size=12), st.integers(1, 40), st.integers(0, 200))
def test_chunking_never_matters(sizes, block_ms, latency_ms):
    """However it came and however it is taken: the same sound, heard to its end, told once and in order."""
    whole, split = Loudspeaker(RATE), Loudspeaker(RATE)
    total = sum(sizes)
    whole.add(ramp(1, 0, total * MS, last=True))
    begin = 0
    for size in sizes:
        split.add(ramp(1, begin * MS, size * MS))
        begin += size
    split.add(ramp(1, begin, 0, last=True))
    blocks = (total + latency_ms + REPORT_MS) // block_ms + 2
    reports, taken = [], []
    for _ in range(blocks):
        taken.append(split.render(block_ms * MS))
        reports += told(split.reports(latency_ms))
    out = np.concatenate(taken)
    assert np.abs(out.astype(int) - whole.render(out.size)).max() <= 1, "but for the rounding of the fades"
    assert reports[-1] == (1, total, "done")
    assert [state for *_, state in reports].count("done") == 1
    played = [ms for _, ms, _ in reports]
    assert played == sorted(played)
