"""What the ears are measured on is what it is called, and the same each time."""

from itertools import islice

import numpy as np
import pytest

from app.audio import level_dbfs
from app.bench.speech import rooms
from app.bench.starter import sets as module
from app.bench.starter.ears import BARS
from app.bench.texts import sentences
from app.interfaces import RATE_HZ


def voices(speech):
    return speech.voice.split("+")[-1].removeprefix("flite ")


def test_every_set_has_its_bar(sets):
    assert set(sets.names) == set(BARS)


@pytest.mark.parametrize(
    ("name", "held"),
    [("voices seen", {False}), ("voices never heard", {True}), ("templates never seen", {False, True})],
)
def test_voices_are_those_that_the_set_names(sets, name, held):
    known = sentences.held_out().voices
    assert {voices(speech) in known for speech in islice(sets.speeches(name), 12)} == held


def test_a_set_is_the_same_each_time(sets):
    one, two = (
        [(speech.text, speech.voice) for speech in islice(sets.speeches("open vocabulary"), 6)] for _ in range(2)
    )
    assert one == two


def test_words_stand_between_silence(sets):
    speech = next(sets.speeches("voices seen"))
    assert not speech.audio[: RATE_HZ // 8].any()
    assert speech.words[0].start >= RATE_HZ // 4
    assert speech.words[-1].end <= len(speech.audio) - RATE_HZ // 5


def test_noise_is_10_db_below_the_words(sets):
    clear = next(sets.speeches("voices seen"))
    made = module.noisy(clear, np.random.default_rng(1))
    inner = slice(RATE_HZ // 4, -RATE_HZ // 4)
    under = (made.audio - clear.audio)[inner]
    assert abs(level_dbfs(clear.audio[inner]) - level_dbfs(under) - 10) < 1
    assert made.audio[: RATE_HZ // 8].any()


def test_nothing_is_silence_and_every_noise():
    made = list(islice(module.nothings(1, 0.5), 1 + len(rooms.NOISES)))
    assert [bool(audio.any()) for audio in made] == [False] + [True] * len(rooms.NOISES)
    assert {len(audio) for audio in made} == {RATE_HZ // 2}


def test_joined_utterances_keep_their_times(sets):
    speech = module.joined(sets.speeches("voices seen"), 6.0)
    assert len(speech.audio) >= 6 * RATE_HZ
    assert speech.text.split() == [word.name for word in speech.words]
    loud = level_dbfs(speech.audio)
    assert all(level_dbfs(speech.audio[word.start : word.end]) > loud - 30 for word in speech.words)
