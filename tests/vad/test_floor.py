"""The noise floor: falls fast, rises slowly."""

from hypothesis import given
from hypothesis import strategies as st

from app.vad.floor import INITIAL_DBFS, LOWEST_DBFS, NoiseFloor

FRAMES_PER_S = 31.25


def seconds_until(floor: NoiseFloor, level: float, near_db: float, *, voiced: bool) -> float:
    frames = 0
    while abs(floor.dbfs - level) > near_db:
        floor.follow(level, voiced=voiced)
        frames += 1
    return frames / FRAMES_PER_S


def test_falls_within_a_gap_between_words() -> None:
    assert seconds_until(NoiseFloor(-30.0), -60.0, 3.0, voiced=True) < 0.4


def test_learns_a_loud_room_within_seconds() -> None:
    assert 2.0 < seconds_until(NoiseFloor(-60.0), -40.0, 1.0, voiced=False) < 5.0


def test_a_steady_noise_taken_for_speech_becomes_the_floor_too() -> None:
    assert 5.0 < seconds_until(NoiseFloor(-60.0), -40.0, 1.0, voiced=True) < 12.0


@given(st.lists(st.tuples(st.floats(-100, 0), st.booleans()), max_size=300))
def test_never_rises_above_what_was_heard(frames: list[tuple[float, bool]]) -> None:
    floor = NoiseFloor()
    for level, voiced in frames:
        before = floor.dbfs
        floor.follow(level, voiced=voiced)
        assert max(LOWEST_DBFS, min(before, level)) <= floor.dbfs <= max(before, level)
        assert floor.dbfs <= max([INITIAL_DBFS, *(x for x, _ in frames)])
