"""Batches are what the ears will hear at run time, with targets that are true."""

import numpy as np
import pytest
import torch
from faster_whisper.feature_extractor import FeatureExtractor

from app.bench.speech.labels import Span
from scripts.starter.ears import batches as module
from scripts.starter.ears.batches import FULL, POSITION, Batches
from scripts.starter.ears.examples import Scene, Scenes


@pytest.fixture
def batches(little):
    return Batches(Scenes(little.shards, 5), little.pieces, little.inventory, 5)


def test_features_are_those_of_faster_whisper(batches):
    audio = np.random.default_rng(1).standard_normal(32_000).astype(np.float32) * 0.1
    ours = batches._features(audio).numpy()
    theirs = FeatureExtractor()(audio, padding=0)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() < 1e-3


def test_batches_hold_no_more_positions_than_asked(batches):
    made = batches.hear(1_024, 0.0)
    for _ in range(12):
        batch = next(made)
        rows, _, frames = batch.features.shape
        assert rows == 1 or rows * (frames // 2) <= 1_024
        assert frames % 2 == 0
        assert batch.said.shape == (rows, frames // 2)
        assert all(phones.shape == batch.said.shape for phones in batch.phones)
        assert batch.spans.shape == (*batch.tokens.shape, 2)
        assert bool((batch.spans[..., 1] <= frames // 2 + 9).all())


def test_full_batches_are_filled_with_zeros(batches):
    batch = next(batches.hear(2_000, 1.0))
    assert batch.features.shape[2] == FULL
    assert not batch.features[:, :, -100:].any()


def test_reading_needs_no_features(batches):
    batch = next(batches.read(1_024))
    assert batch.features.numel() == 0
    assert batch.said.shape[0] == batch.tokens.shape[0]


def test_targets_tell_the_words_and_where_they_are(batches, little, monkeypatch):
    monkeypatch.setattr(module, "_PREVIOUS_SHARE", 0.0)
    monkeypatch.setattr(module, "_TIMES_SHARE", 0.0)
    words = (Span("two", 3_200, 9_600), Span("cokes", 9_600, 16_000))
    scene = Scene(np.zeros(19_200, np.float32), words, (), ((0, 2),), ((16_000, 17_000),))
    batch = batches._batch([scene], torch.zeros(1, 80, 120), 120)
    targets = batch.targets[0].tolist()
    assert little.pieces.text(targets[1:]) == "two cokes"
    assert targets[0] == little.pieces.no_times
    assert targets[-1] == little.pieces.end
    spans = [tuple(span) for span in batch.spans[0].tolist()]
    assert spans[1][0] == 3_200 / POSITION
    assert spans[-2][1] == 16_000 / POSITION
    said = batch.said[0].tolist()
    assert said[9] == little.pieces.no_speech
    assert said[10] == little.pieces.word("two")[0]
    assert said[52] == -100
    assert said[-1] == little.pieces.no_speech


def test_silence_is_told_as_silence(batches, little, monkeypatch):
    monkeypatch.setattr(module, "_PREVIOUS_SHARE", 0.0)
    scene = Scene(np.zeros(16_000, np.float32), (), (), ())
    rows = [batches._tokens(scene) for _ in range(20)]
    assert {row[0][1] for row in rows} == {little.pieces.no_speech, -100}


def test_times_frame_each_utterance(batches, little):
    words = (Span("two", 3_200, 9_600), Span("cokes", 16_000, 22_400))
    scene = Scene(np.zeros(32_000, np.float32), words, (), ((0, 1), (1, 2)))
    times = [token for token, _, _ in batches._timed(scene) if token >= little.pieces.time(0)]
    assert times == [little.pieces.time(seconds) for seconds in (0.2, 0.6, 1.0, 1.4)]
