"""A caller's speech, taken apart and joined to other words."""

import random
from itertools import islice, pairwise, repeat

import numpy as np
import pytest

from app.bench.score import Errors, word_errors
from app.bench.speech.callers import Studio, callers
from app.bench.starter.ears import Ears
from app.bench.texts import sentences
from app.config import ROOT, load
from scripts.starter.ears import corpus
from scripts.starter.ears.diphones import Diphones, units
from tests.support.packages import needing_packages


@pytest.fixture(scope="module", params=["flite", "espeak-ng"])
def said(request):
    """Forty sentences by one caller."""
    studio, rng, grammar = needing_packages(Studio), random.Random(1), sentences.training()
    who = callers(rng, sentences.held_out(), unseen=False)
    caller = next(each for each in who if each.name.startswith(request.param))
    texts = (grammar.sentence(rng) for _ in repeat(None))
    return list(islice(corpus.speeches(studio, texts, repeat(caller)), 40))


@pytest.fixture(scope="module")
def joined(said):
    voice, rng = Diphones(said[10:]), random.Random(2)
    return [voice.joined(speech, rng) for speech in said[:10]]


def test_units_are_all_of_the_speech_once(said):
    for speech in said:
        parts = [unit for _, unit in units(speech)]
        assert (parts[0].start, parts[-1].end) == (0, len(speech.audio))
        assert all(one.end == two.start for one, two in pairwise(parts))
        assert all(0 <= unit.border <= unit.end - unit.start for unit in parts)


def test_what_is_joined_has_the_same_words_and_phones_in_order(said, joined):
    for before, after in zip(said, joined, strict=False):
        assert [word.name for word in after.words] == before.text.split()
        assert [phone.name for phone in after.phones] == [phone.name for phone in before.phones]
        assert all(one.end == two.start for one, two in pairwise(after.phones))
        assert all(0 <= word.start < word.end <= len(after.audio) for word in after.words)
        assert all(one.end <= two.start for one, two in pairwise(after.words))
        assert not np.array_equal(after.audio, before.audio)


def test_ears_hear_the_words_where_they_are_told_to_be(said, joined):
    ears = Ears(ROOT / "models/starter/ears", load(None, {}, ()).stt, "en", 1, 1.0)
    errors, off = Errors(), list[float]()
    for speech in joined:
        text, words = ears.hear(speech.audio)
        errors += word_errors(speech.text, text)
        if text == speech.text:
            off += [abs(told.start / 16 - word.start_ms) for told, word in zip(speech.words, words, strict=True)]
    assert errors.rate < 35
    assert np.median(off) < 80


def test_a_pair_never_said_is_the_speech_s_own(said):
    alone = Diphones([]).joined(said[0], random.Random(1))
    assert abs(len(alone.audio) - len(said[0].audio)) <= 200 * len(said[0].phones)
    assert [word.name for word in alone.words] == said[0].text.split()
