"""Scenes: what is labelled is what can be heard."""

from itertools import pairwise

import numpy as np
import pytest

from scripts.starter.ears import examples
from scripts.starter.ears.examples import MAX_SAMPLES, Scenes


@pytest.fixture(scope="module")
def scenes(little):
    return Scenes(little.shards, 7)


def test_labels_are_in_order_and_within_the_audio(scenes):
    for _ in range(60):
        scene = scenes.draw()
        assert len(scene.audio) <= MAX_SAMPLES
        assert np.abs(scene.audio).max() <= 1
        assert all(one.end <= two.start for one, two in pairwise(scene.words))
        assert all(0 <= word.start < word.end <= len(scene.audio) for word in scene.words)
        assert all(first < last <= len(scene.words) for first, last in scene.utterances)
        assert all(one[1] == two[0] for one, two in pairwise(scene.utterances))


def test_the_same_seed_draws_the_same_scenes(little):
    one, two = (Scenes(little.shards, 3) for _ in range(2))
    for _ in range(10):
        first, second = one.draw(), two.draw()
        assert first.words == second.words
        assert np.array_equal(first.audio, second.audio)


def test_a_window_keeps_words_that_are_mostly_heard_and_marks_the_rest(scenes):
    for _ in range(60):
        whole = scenes._joined(2)
        window = scenes._window(whole)
        heard = [word.name for word in window.words]
        names = [word.name for word in whole.words]
        assert any(names[at : at + len(heard)] == heard for at in range(len(names) + 1))
        assert all(0 <= start <= end <= len(window.audio) for start, end in window.torn)
        assert len(window.torn) <= 2
        assert len(window.audio) <= 2.2 * 16_000 + 1


def test_a_pause_between_words_moves_what_follows(scenes):
    for _ in range(40):
        speech = scenes._speech()
        paused = scenes._paused(speech)
        added = len(paused.audio) - len(speech.audio)
        moves = [after.start - before.start for before, after in zip(speech.words, paused.words, strict=True)]
        assert 0.3 * 16_000 <= added <= 1.5 * 16_000
        assert moves == sorted(moves)
        assert set(moves) <= {0, added}
        for before, after in zip(speech.words, paused.words, strict=True):
            said = paused.audio[after.start : after.end]
            assert np.array_equal(said, speech.audio[before.start : before.end])


def test_as_many_scenes_are_joined_as_are_wanted(scenes, monkeypatch):
    for share in (0.0, 1.0):
        monkeypatch.setattr(scenes, "joined_share", share)
        monkeypatch.setattr(examples, "_WINDOW_SHARE", 0.0)
        assert all((len(scenes.draw_unplaced().utterances) > 1) == bool(share) for _ in range(20))


def test_clear_speech_is_left_as_it_is(scenes, monkeypatch):
    monkeypatch.setattr(scenes, "placed_share", 0.0)
    monkeypatch.setattr(examples, "_EMPTY_SHARE", 0.0)
    scene = scenes.draw()
    silent = np.ones(len(scene.audio), bool)
    for _, phone in scene.phones:
        silent[phone.start : phone.end] = False
    assert not scene.audio[silent].any()


def test_what_is_seldom_wanted_is_passed_over_half_the_time(little):
    texts = [little.shards.text(index) for index in range(len(little.shards))]
    seldom = frozenset(texts[: len(texts) // 2])
    scenes = Scenes(little.shards, 1, seldom)
    drawn = sum(scenes._speech().text in seldom for _ in range(600))
    assert 150 < drawn < 250
