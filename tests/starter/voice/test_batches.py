"""Batches and what features are normalised by."""

from dataclasses import replace

import numpy as np
import pytest

from scripts.starter.voice.batches import batch, batches, measured
from scripts.starter.voice.shape import BANDS, BREATHS, ESPEAK, SLT, Utterance


def utterance(frames: list[int], seed: int = 0, speaker: int = SLT) -> Utterance:
    rng = np.random.default_rng(seed)
    length = sum(frames)
    sound = rng.normal(size=(length, BANDS)).astype(np.float32)
    ones = np.ones(length, np.float32)
    ids = np.arange(1, len(frames) + 1)
    breath = np.ones((length, BREATHS), np.float32)
    return Utterance("", ids, np.array(frames), sound, 5 + 0.1 * sound[:, 0], ones, breath, speaker)


def test_padding_is_masked_and_frames_are_even() -> None:
    group = [utterance([2, 0, 3]), utterance([1, 2])]
    made = batch(group, measured(group))
    assert made.ids.shape == made.frames.shape == (2, 3)
    assert made.envelope.shape == (2, 6, BANDS)
    assert made.mask.sum(1).tolist() == [5, 3]
    assert made.id_mask.sum((1, 2)).tolist() == [3, 2]
    assert made.frames.sum(1).tolist() == made.mask.sum(1).int().tolist()


def test_each_speaker_is_normalised_by_what_is_usual_for_it() -> None:
    group = [utterance([400], 1), utterance([300], 2, ESPEAK)]
    loud = replace(group[1], envelope=3 + 2 * group[1].envelope)
    made = batch([group[0], loud], measured([group[0], loud]))
    assert made.speaker.tolist() == [SLT, ESPEAK]
    for row, count in ((0, 400), (1, 300)):
        assert abs(made.envelope[row, :count].mean()) < 0.01
        assert abs(made.envelope[row, :count].std() - 1) < 0.05


def test_symbols_without_frames_are_not_timed() -> None:
    assert measured([utterance([2, 0, 3])]).timed[:5].tolist() == [0, 1, 0, 1, 0]


def test_the_same_seed_gives_the_same_batches_and_all_utterances() -> None:
    group = [utterance([2, 1, 3 + seed], seed) for seed in range(8)]
    scale = measured(group)
    first, again = batches(group, scale, 2, 5), batches(group, scale, 2, 5)
    drawn = [next(first) for _ in range(4)]
    assert [each.mask.sum().item() for each in drawn] == [next(again).mask.sum().item() for _ in range(4)]
    assert sum(each.mask.sum().item() for each in drawn) == sum(len(each.voiced) for each in group)


def test_too_few_utterances_are_refused() -> None:
    group = [utterance([2])]
    with pytest.raises(ValueError, match="no batch"):
        next(batches(group, measured(group), 2, 5))
