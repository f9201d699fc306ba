"""Endpointing is arithmetic: frames in, samples out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import load
from app.interfaces import FRAME_SAMPLES
from app.settings import VadSettings
from app.vad.endpoint import CALLER_RANGE_DB, Endpoint, Event, Paused, Piece, SpeechEnded, SpeechStarted, WentOn
from app.vad.floor import INITIAL_DBFS

F = FRAME_SAMPLES
QUIET = (0.0, INITIAL_DBFS)
TALK = (0.9, -20.0)
MUMBLE = (0.4, -20.0)
"""Between the two thresholds."""
TELEVISION = (0.9, TALK[1] - CALLER_RANGE_DB - 1)
Frame = tuple[float, float]


def settings(**changes: float) -> VadSettings:
    """In frames: 3 to start, 10 to end, 5 of pre-roll; pieces after 100, at pauses of 4, at the latest at 120."""
    frames = {"min_speech_ms": 96, "silence_ms": 320, "pre_roll_ms": 160, "piece_pause_ms": 128, "pause_ms": 10_000}
    seconds = {"piece_after_s": 3.2, "max_piece_s": 3.84, "max_noise_s": 1.6}
    return load(None, {}, ()).vad.model_copy(update=frames | seconds | changes)


def run(frames: list[Frame], **changes: float) -> list[Event]:
    return feed(Endpoint(settings(**changes)), frames)


def feed(endpoint: Endpoint, frames: list[Frame]) -> list[Event]:
    return endpoint.feed([p for p, _ in frames], [level for _, level in frames])


def test_start_has_the_pre_roll() -> None:
    assert run([QUIET] * 20 + [TALK] * 3) == [SpeechStarted(15 * F, 20 * F)]


def test_pre_roll_does_not_reach_before_the_first_sample() -> None:
    assert run([QUIET] * 2 + [TALK] * 3) == [SpeechStarted(0, 2 * F)]


def test_end_is_where_the_speech_ended() -> None:
    assert run([TALK] * 20 + [QUIET] * 10)[1:] == [SpeechEnded(0, 20 * F, 30 * F)]


def test_one_frame_less_of_silence_is_no_end() -> None:
    assert len(run([TALK] * 20 + [QUIET] * 9 + [TALK] + [QUIET] * 9)) == 1


def test_a_click_is_no_speech() -> None:
    assert run(([TALK] * 2 + [QUIET] * 5) * 10) == []


def test_hysteresis_holds_speech_and_does_not_start_it() -> None:
    assert run([MUMBLE] * 50) == []
    assert run([TALK] * 3 + [MUMBLE] * 30) == [SpeechStarted(0, 0)]


def test_hysteresis_does_not_end_a_pause() -> None:
    assert run([TALK] * 3 + [QUIET] + [MUMBLE] * 9)[-1] == SpeechEnded(0, 3 * F, 13 * F)


def test_pre_roll_never_reaches_back_over_the_previous_end() -> None:
    events = run([TALK] * 3 + [QUIET] * 2 + [TALK] * 3, silence_ms=64)
    assert events[1:] == [SpeechEnded(0, 3 * F, 5 * F), SpeechStarted(3 * F, 5 * F)]


def test_what_does_not_stand_out_of_the_noise_is_no_start() -> None:
    assert run([(0.0, -30.0)] * 400 + [(0.9, -25.0)] * 10) == []
    assert run([(0.0, -30.0)] * 400 + [(0.9, -23.0)] * 3) == [SpeechStarted(395 * F, 400 * F)]


def test_a_steady_noise_taken_for_speech_is_learnt() -> None:
    events = run([(0.9, -40.0)] * 3000)
    assert [type(event) for event in events if not isinstance(event, Piece)] == [SpeechStarted, SpeechEnded]


def test_a_television_does_not_hold_the_turn_open() -> None:
    events = run([TALK] * 20 + [TELEVISION] * 50)
    assert events[1:] == [SpeechEnded(0, 30 * F, 70 * F)]  # the caller's end, and silence_ms more for quiet syllables


def test_a_caller_may_talk_on() -> None:
    frames = ([TALK] * 10 + [TELEVISION] * 40) * 40
    assert not [event for event in run(frames) if isinstance(event, SpeechEnded)]


def test_long_speech_comes_in_pieces_cut_in_the_middle_of_pauses() -> None:
    frames = [TALK] * 50 + [QUIET] * 4 + [TALK] * 50 + [QUIET] * 4 + [TALK] * 10 + [QUIET] * 10
    assert run(frames)[1:] == [Piece(0, 106 * F), SpeechEnded(106 * F, 118 * F, 128 * F)]


def test_without_a_pause_the_cut_is_at_the_quietest_frame_of_the_last_second() -> None:
    frames = [TALK] * 85 + [(0.9, -40.0)] + [TALK] * 9 + [(0.9, -30.0)] + [TALK] * 30
    assert run(frames)[1] == Piece(0, 95 * F + F // 2)


def test_silence_after_a_piece_leaves_an_empty_rest() -> None:
    assert run([TALK] * 100 + [QUIET] * 10)[1:] == [Piece(0, 102 * F), SpeechEnded(102 * F, 102 * F, 110 * F)]


def test_commit_ends_speech_now() -> None:
    endpoint = Endpoint(settings())
    feed(endpoint, [TALK] * 8)
    assert endpoint.commit() == SpeechEnded(0, 8 * F, 8 * F)
    assert endpoint.commit() is None


def test_commit_in_a_pause_ends_where_the_speech_did() -> None:
    endpoint = Endpoint(settings())
    feed(endpoint, [TALK] * 8 + [QUIET] * 3)
    assert endpoint.commit() == SpeechEnded(0, 8 * F, 11 * F)


def test_commit_of_nothing_only_bounds_the_pre_roll() -> None:
    endpoint = Endpoint(settings())
    feed(endpoint, [QUIET] * 8)
    assert endpoint.commit() is None
    assert feed(endpoint, [QUIET] + [TALK] * 3) == [SpeechStarted(8 * F, 9 * F)]


def test_reset_forgets_the_utterance_and_keeps_counting() -> None:
    endpoint = Endpoint(settings())
    feed(endpoint, [TALK] * 8)
    endpoint.reset()
    assert feed(endpoint, [TALK] * 3) == [SpeechStarted(8 * F, 8 * F)]


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Endpoint(settings()).feed([0.1], [])


FRAMES = st.lists(
    st.tuples(st.sampled_from([QUIET, TALK, MUMBLE, TELEVISION]), st.integers(1, 60)).map(
        lambda run: [run[0]] * run[1]
    ),
    max_size=40,
).map(lambda runs: [frame for run in runs for frame in run])
LEAD = [QUIET] * 10
"""Longer than the pre-roll."""


@given(FRAMES, st.lists(st.integers(0, 700), max_size=4))
def test_chunking_never_matters(frames: list[Frame], cuts: list[int]) -> None:
    endpoint = Endpoint(settings())
    edges = [0, *sorted(min(cut, len(frames)) for cut in cuts), len(frames)]
    parts = [feed(endpoint, frames[a:b]) for a, b in pairwise(edges)]
    assert [event for part in parts for event in part] == run(frames)


@given(FRAMES, st.integers(0, 500))
def test_shifting_the_input_shifts_the_output(frames: list[Frame], shift: int) -> None:
    shifted = run([QUIET] * shift + LEAD + frames)
    assert shifted == [moved(event, shift * F) for event in run(LEAD + frames)]


def moved(event: Event, by: int) -> Event:
    return type(event)(*(getattr(event, name) + by for name in event.__slots__))


@given(FRAMES, st.sets(st.integers(0, 2000)))
def test_starts_and_ends_alternate_and_pieces_tile(frames: list[Frame], commits: set[int]) -> None:
    endpoint = Endpoint(settings())
    speaking, last_end, cursor = False, 0, 0
    for i, frame in enumerate(frames):
        kept = endpoint.keep_from
        events = feed(endpoint, [frame])
        if i in commits and (ended := endpoint.commit()):
            events.append(ended)
        for event in events:
            assert kept <= event.start_sample
            match event:
                case SpeechStarted(start, onset):
                    assert not speaking
                    assert last_end <= start <= onset < (i + 1) * F
                    speaking, cursor = True, start
                case Piece(start, end):
                    assert speaking
                    assert cursor == start < end < (i + 1) * F
                    assert end - start <= 120 * F
                    cursor = end
                case SpeechEnded(start, end, decided):
                    assert speaking
                    assert cursor == start <= end <= decided == (i + 1) * F
                    speaking, last_end = False, end


PAUSING = {"pause_ms": 96}


def test_a_pause_is_told_once_and_so_is_its_end() -> None:
    events = run([TALK] * 20 + [QUIET] * 8 + [TALK] * 3 + [QUIET] * 10, **PAUSING)
    assert events[1:] == [Paused(20 * F), WentOn(8 * F), Paused(31 * F), SpeechEnded(0, 31 * F, 41 * F)]


@pytest.mark.parametrize("pause", [2, 3])
def test_a_shorter_silence_is_no_pause(pause: int) -> None:
    assert len(run([TALK] * 20 + [QUIET] * pause + [TALK] * 20, **PAUSING)) == (1 if pause < 3 else 3)


def test_a_pause_ends_as_soon_as_it_was_long_enough() -> None:
    endpoint = Endpoint(settings(**PAUSING))
    feed(endpoint, [TALK] * 20 + [QUIET] * 5)
    assert endpoint.wait(6 * F) is None
    assert feed(endpoint, [QUIET]) == [SpeechEnded(0, 20 * F, 26 * F)]


def test_a_pause_that_was_long_enough_already_ends_at_once() -> None:
    endpoint = Endpoint(settings(**PAUSING))
    feed(endpoint, [TALK] * 20 + [QUIET] * 5)
    assert endpoint.wait(4 * F) == SpeechEnded(0, 20 * F, 25 * F)
    assert endpoint.wait(4 * F) is None
    assert feed(endpoint, [TALK] * 3)[0] == SpeechStarted(20 * F, 25 * F)


def test_a_wait_is_for_one_pause_only() -> None:
    endpoint = Endpoint(settings(**PAUSING))
    feed(endpoint, [TALK] * 20 + [QUIET] * 4)
    assert endpoint.wait(20 * F) is None
    assert feed(endpoint, [QUIET] * 12 + [TALK]) == [WentOn(16 * F)]
    assert feed(endpoint, [QUIET] * 10)[-1] == SpeechEnded(0, 37 * F, 47 * F)
    assert endpoint.wait(F) is None


def test_one_bang_does_not_make_the_caller_a_noise() -> None:
    bang = (0.9, TALK[1] + CALLER_RANGE_DB + 6)
    frames = [TALK] * 20 + [bang] + ([TALK] * 20 + [QUIET] * 3) * 6
    ends = [event for event in run(frames) if isinstance(event, SpeechEnded)]
    assert ends == []
