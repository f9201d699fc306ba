"""Windows: never too early, never skipping audio, never longer than Whisper hears."""

from hypothesis import given
from hypothesis import strategies as st

from app.config import load
from app.stt.windows import MAX_WINDOW, Pace, Window, next_window

PACE = Pace.of(load(None, {}, []).stt)


def test_the_configured_pace() -> None:
    assert Pace(window=32_000, overlap=8_000, interval=6_400, min_chunk=4_800) == PACE


def test_nothing_is_asked_of_too_little_audio() -> None:
    assert next_window(PACE, 0, 0, 4_799) is None
    assert next_window(PACE, 0, 0, 4_800) == Window(0, 4_800)


def test_the_interval_lies_between_two() -> None:
    assert next_window(PACE, 0, 4_800, 11_199) is None
    assert next_window(PACE, 4_800, 4_800, 11_200) == Window(0, 11_200)


def test_a_window_is_the_newest_two_seconds() -> None:
    assert next_window(PACE, 60_000, 60_000, 66_400) == Window(34_400, 66_400)


def test_lost_windows_are_made_up_for() -> None:
    assert next_window(PACE, 16_000, 60_000, 80_000) == Window(8_000, 80_000)


@given(st.lists(st.tuples(st.integers(1, 40_000), st.booleans()), max_size=60))
def test_no_audio_is_skipped(steps: list[tuple[int, bool]]) -> None:
    samples = heard = asked = 0
    for more, arrives in steps:
        samples += more
        window = next_window(PACE, heard, asked, samples)
        if window is None:
            continue
        assert 0 <= window.start < window.end == samples
        assert window.end - window.start <= MAX_WINDOW
        assert samples - asked >= (PACE.interval if asked else PACE.min_chunk)
        reach = max(heard - PACE.overlap, samples - MAX_WINDOW)
        assert window.start <= max(0, reach)
        assert window.end - window.start >= min(PACE.window, samples)
        asked = window.end
        if arrives:
            heard = window.end
