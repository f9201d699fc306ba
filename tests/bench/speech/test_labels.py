"""Labels stay true to their audio, whatever is cut from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audio import level_dbfs
from app.bench.speech.labels import Span, Speech, levelled, moved, named, spelled, trimmed
from app.bench.speech.resample import at_16_khz
from app.interfaces import RATE_HZ


def speech(audio, *words):
    return Speech("", "", np.asarray(audio, np.float32), tuple(Span(*word) for word in words), ())


def test_a_word_takes_the_time_of_its_parts():
    spoken = [Span("that", 0, 10), Span("'s", 10, 14), Span("it", 14, 20)]
    assert named("That's it.", spoken) == (Span("That's", 0, 14), Span("it.", 14, 20))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("dr smith", [Span("doctor", 0, 5), Span("smith", 5, 9)]),
        ("two more", [Span("two", 0, 5)]),
        ("two", [Span("two", 0, 5), Span("more", 5, 9)]),
    ],
)
def test_other_words_are_not_named(text, spoken):
    assert named(text, spoken) is None


def test_spelling_is_letters_and_digits():
    assert spelled("It's-2!") == "its2"


@given(st.lists(st.integers(0, 1_000), min_size=2, max_size=2), st.integers(-500, 500), st.floats(0.2, 4))
def test_moved_spans_lie_within_the_audio(edges, by, scale):
    start, end = sorted(edges)
    (span,) = moved((Span("a", start, end),), by, scale, 700)
    assert 0 <= span.start <= span.end <= 700


@given(st.integers(0, 4_000), st.integers(1, 4_000), st.integers(0, 4_000))
def test_trimming_keeps_what_sounds(before, sound, after):
    audio = np.concatenate([np.zeros(before), np.full(sound, 0.3), np.zeros(after)])
    made = trimmed(speech(audio, ("a", before, before + sound)), keep=100)
    (word,) = made.words
    assert np.all(made.audio[word.start : word.end] == np.float32(0.3))
    assert word.end - word.start == sound
    assert len(made.audio) <= sound + 200


def test_silence_stays_as_it_is():
    silent = speech(np.zeros(100))
    assert trimmed(silent) is silent
    assert levelled(silent) is silent


@given(st.floats(1e-4, 1.0), st.floats(-50, -3))
def test_levels_are_as_asked_but_never_clip(loud, dbfs):
    tone = loud * np.sin(np.arange(1_600) / 3)
    made = levelled(speech(tone), dbfs).audio
    assert np.abs(made).max() <= 0.951
    assert abs(level_dbfs(made) - dbfs) < 0.1 or np.abs(made).max() > 0.94


@pytest.mark.parametrize("rate_hz", [8_000, 19_845, 22_050, 48_000])
def test_nothing_moves_in_time_when_resampled(rate_hz):
    time = np.arange(rate_hz) / rate_hz
    tone = (np.sin(2 * np.pi * 440 * time) * (time > 0.5)).astype(np.float32)
    made = at_16_khz(tone, rate_hz)
    first = int(np.flatnonzero(np.abs(made) > 0.3)[0])
    assert abs(len(made) - RATE_HZ) <= 2
    assert abs(first - RATE_HZ // 2) < RATE_HZ // 500
    assert at_16_khz(made, RATE_HZ) is made
