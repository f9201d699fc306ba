"""Both teachers speak, where their Debian packages are installed."""

import numpy as np
import pytest

from scripts.starter.voice.espeaker import Espeaker
from scripts.starter.voice.languages import LANGUAGES
from scripts.starter.voice.shape import BANDS, ESPEAK, SLT, Utterance
from scripts.starter.voice.teacher import Teacher
from tests.support.packages import needing_packages


def whole(utterance: Utterance) -> bool:
    frames = int(utterance.frames.sum())
    arrays = (utterance.envelope, utterance.pitch, utterance.voiced, utterance.breath)
    return all(len(each) == frames and np.isfinite(each).all() for each in arrays)


def test_hts_says_every_phoneme() -> None:
    (utterance,) = needing_packages(Teacher).say("Would you like a little salad?")
    assert whole(utterance)
    assert (utterance.speaker, utterance.envelope.shape[1]) == (SLT, BANDS)
    assert 1.0 < len(utterance.voiced) / 200 < 3.0
    assert 0.5 < utterance.voiced.mean() < 0.95


@pytest.mark.parametrize(
    ("voice", "text"), [("en-us", "Would you like a little salad?"), ("tr", "Günün çorbası hazır.")]
)
def test_espeak_says_every_phoneme(voice: str, text: str) -> None:
    (utterance,) = needing_packages(lambda: Espeaker(voice)).say(text)
    assert whole(utterance)
    assert utterance.speaker == ESPEAK
    assert 0.5 < utterance.voiced.mean() < 0.95
    assert 120 < np.exp(np.median(utterance.pitch)) < 300


def test_several_sentences_are_refused_by_espeak() -> None:
    with pytest.raises(ValueError, match="more than one"):
        needing_packages(lambda: Espeaker("tr")).say("Tamam. Olur.")


def test_the_shares_of_a_languages_sources_are_all_of_it() -> None:
    for language in LANGUAGES.values():
        assert sum(source.share for source in language.sources) == pytest.approx(1)
