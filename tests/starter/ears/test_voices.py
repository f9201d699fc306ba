"""Other throats on features."""

import random

import numpy as np
import pytest
import torch
from faster_whisper.feature_extractor import FeatureExtractor

from scripts.starter.ears import voices


def features(hz):
    tone = 0.3 * np.sin(2 * np.pi * hz * np.arange(16_000) / 16_000)
    return torch.from_numpy(FeatureExtractor()(tone.astype(np.float32), padding=0))


@pytest.mark.parametrize("hz", [600, 1_500, 3_000])
@pytest.mark.parametrize("step", [-12, -5, 0, 5, 12])
def test_a_tone_moves_by_the_length_of_the_throat(hz, step):
    moved = voices.stretched(step, step) @ features(hz)
    expected = features(hz / (1 + 0.13 * step / 12))
    assert abs(int(moved[:, 50].argmax()) - int(expected[:, 50].argmax())) <= 1


@pytest.mark.parametrize(("hz", "step"), [(400, -4), (3_500, 8)])
def test_low_and_high_move_apart(hz, step):
    moved = voices.stretched(-4, 8) @ features(hz)
    expected = features(hz / (1 + 0.13 * step / 12))
    assert abs(int(moved[:, 50].argmax()) - int(expected[:, 50].argmax())) <= 1


def test_no_change_is_none():
    heard = features(800)
    assert torch.allclose(voices.stretched(0, 0) @ heard, heard, atol=1e-5)


def test_voices_stay_near_and_silence_stays_silent():
    rng, heard = random.Random(1), features(800)
    silent = torch.full((80, 20), -1.5)
    changed = 0
    for _ in range(50):
        other = voices.other(heard, rng)
        assert other.shape == heard.shape
        assert abs(float(other.max() - heard.max())) < 0.5
        assert torch.allclose(voices.other(silent, rng), silent, atol=1e-5)
        changed += not torch.equal(other, heard)
    assert 20 < changed < 42
