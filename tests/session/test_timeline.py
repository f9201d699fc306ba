"""The marks of a turn, and what many of them come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.session.timeline import MARKS, Timeline, Timings

NONE = dict.fromkeys(MARKS)


def test_marks_are_the_endpoints_place_and_the_time_since():
    timeline = Timeline(2_000, now=50.0)
    timeline.place("speech_end", 1_200)
    timeline.mark("final_text", 50.1234)
    timeline.mark("final_text", 60.0)
    assert "draft" not in timeline
    assert "endpoint" in timeline
    assert timeline.as_dict() == NONE | {"speech_end": 1_200, "endpoint": 2_000, "final_text": 2_123}


@given(st.integers(0, 10**6), st.floats(0, 10**6), st.lists(st.tuples(st.sampled_from(MARKS), st.floats(0, 10))))
def test_later_is_later_and_the_first_counts(audio_ms, start, marks):
    timeline, now, first = Timeline(audio_ms, start), start, {}
    for mark, after in marks:
        now += after
        timeline.mark(mark, now)
        first.setdefault(mark, timeline.as_dict()[mark])
    found = timeline.as_dict()
    assert list(found) == list(MARKS)
    assert first.items() <= found.items()
    assert found["endpoint"] == audio_ms
    later = [ms for mark, ms in first.items() if mark != "endpoint"]
    assert later == sorted(later)


def response(ms, **marks):
    return NONE | {"speech_end": 1_000, "endpoint": 1_800, "first_audio": 1_000 + ms} | marks


@pytest.mark.parametrize(
    ("responses", "p50", "p95"),
    [([], None, None), ([7], 7, 7), ([1, 2], 2, 2), (range(1, 101), 51, 96), ([5, 1, 9], 5, 9)],
)
def test_percentiles(responses, p50, p95):
    timings = Timings()
    for ms in responses:
        timings.add(response(ms))
    assert timings.percentiles() == {"p50": p50, "p95": p95}


@pytest.mark.parametrize(
    ("marks", "p50"),
    [({"speech_end": None}, 200), ({"first_audio": None}, None), ({"endpoint": None}, None)],
    ids=["typed", "silent", "no endpoint"],
)
def test_what_counts_as_a_response(marks, p50):
    timings = Timings()
    timings.add(response(1_000) | marks)
    assert timings.percentiles()["p50"] == p50


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=130))
def test_percentiles_are_of_the_last_hundred(responses):
    timings = Timings()
    for ms in responses:
        timings.add(response(ms))
    found, kept = timings.percentiles(), responses[-100:]
    assert min(kept) <= found["p50"] <= found["p95"] <= max(kept)
    assert sum(ms <= found["p50"] for ms in kept) * 2 >= len(kept)
    assert sum(ms <= found["p95"] for ms in kept) * 100 >= 95 * len(kept)
