"""Words without the silence at their edges: what is audible stays, what is silent goes, and nothing changes places."""

from itertools import pairwise

import numpy as np
import pytest

from app.interfaces import RATE_HZ, Word
from app.stt.edges import FRAME_MS, audible, drawn_in

FRAME = RATE_HZ * FRAME_MS // 1000


def sounding(*parts: tuple[int, float]) -> np.ndarray:
    """Noise of (milliseconds, amplitude) one after another."""
    rng = np.random.default_rng(1)
    made = [rng.normal(0, 1, ms * RATE_HZ // 1000) * loud for ms, loud in parts]
    return np.concatenate(made).astype(np.float32)


@pytest.mark.parametrize("noise", [0.0, 1e-4, 5e-3])
def test_silence_belongs_to_no_word(noise):
    audio = sounding((250, noise), (300, 0.1), (400, noise), (200, 0.05), (300, noise))
    told = [Word("two", 0, 620, 0.9), Word("cokes", 620, 1_400, 0.9)]
    assert [(word.start_ms, word.end_ms) for word in drawn_in(told, audio)] == [(250, 550), (950, 1_150)]


def test_a_word_in_silence_stays_where_it_is():
    told = [Word("two", 0, 200, 0.9), Word("cokes", 200, 1_400, 0.9)]
    assert next(iter(drawn_in(told, sounding((250, 0.0), (300, 0.1))))) == told[0]
    assert list(drawn_in(told, np.zeros(22_400, np.float32))) == told


def test_where_all_is_loud_all_is_speech():
    assert audible(sounding((1_000, 0.1))).mean() > 0.8


@pytest.mark.parametrize("samples", [0, 1, FRAME - 1, FRAME, FRAME + 1])
def test_any_length_has_edges(samples):
    assert audible(np.ones(samples, np.float32)).size == samples // FRAME
    told = [Word("a", 0, 30, 0.5)]
    assert len(list(drawn_in(told, np.ones(samples, np.float32)))) == 1


def test_words_stay_within_themselves():
    rng = np.random.default_rng(2)
    for _ in range(200):
        audio = sounding(*((int(rng.integers(20, 300)), float(rng.choice([0.0, 1e-3, 0.1]))) for _ in range(8)))
        cuts = np.sort(rng.integers(0, audio.size // 16, 10))
        told = [Word("w", int(a), int(b), 0.5) for a, b in pairwise(cuts) if a < b]
        for before, after in zip(told, drawn_in(told, audio), strict=True):
            assert before.start_ms <= after.start_ms < after.end_ms <= before.end_ms
