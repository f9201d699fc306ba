"""Real synthesisers: what they say is where its labels are."""

import gc
import random
from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

from app.audio import level_dbfs
from app.bench.speech.callers import Caller, callers, diphones
from app.bench.speech.espeak import Espeak
from app.bench.speech.festival import Festival
from app.bench.speech.flite import VOICES, Flite
from app.bench.speech.labels import PAUSE
from app.bench.texts.sentences import held_out
from app.errors import SetupError
from app.interfaces import RATE_HZ

TEXT = "could we have two lentil soups and the greek salad please"
PLAIN = Caller("m1", "en-US", 1.0, 0.5, 0.5, 1.0)
EVERYONE = [
    PLAIN,
    replace(PLAIN, voice="f2", accent="en-GB-scotland", pace=1.3, throat=0.9),
    replace(PLAIN, voice="klatt2", accent="en", pace=0.75, pitch=0.8, throat=1.12),
    *(
        replace(PLAIN, voice=voice, accent="", throat=throat)
        for voice, throat in zip(VOICES, (1, 1, 0.9, 1.1, 1), strict=True)
    ),
    replace(PLAIN, voice="ked", accent="", pace=1.2, throat=0.95),
]


@pytest.mark.parametrize("caller", EVERYONE, ids=lambda caller: caller.name)
def test_labels_are_in_order_and_sound_is_where_they_are(studio, caller):
    speech = studio.record(TEXT, caller)
    assert " ".join(word.name for word in speech.words) == TEXT
    assert all(word.start < word.end for word in speech.words)
    assert all(one.end <= two.start for one, two in pairwise(speech.words))
    assert all(one.end == two.start for one, two in pairwise(speech.phones))
    assert speech.words[-1].end <= len(speech.audio)
    assert 1.5 < len(speech.audio) / RATE_HZ < 6
    assert abs(level_dbfs(speech.audio) + 23) < 1.5  # clipping keeps some below
    loud = level_dbfs(speech.audio)
    assert all(level_dbfs(speech.audio[word.start : word.end]) > loud - 25 for word in speech.words)


@pytest.mark.parametrize("voice", ["en-US+m1", "slt"])
def test_a_word_said_alone_is_where_it_is_said_in_a_sentence(studio, voice):
    """The gap that a synthesiser leaves at a comma lies between the words that its labels name."""
    say = studio._espeak.say if "+" in voice else studio._flite.say
    speech = say("yes please, a lemonade", voice)
    please, article = speech.words[1], speech.words[2]
    gap = speech.audio[please.end : article.start]
    assert len(gap) > 0.05 * studio._espeak.rate_hz
    assert level_dbfs(gap[len(gap) // 4 : -len(gap) // 4]) < level_dbfs(speech.audio) - 25
    assert PAUSE in {phone.name for phone in speech.phones if please.end <= phone.start < article.start}


def test_the_same_seed_calls_with_the_same_people(studio):
    held = held_out()
    one, two = (list(islice(callers(random.Random(5), held, unseen=False), 20)) for _ in range(2))
    assert one == two
    first, again = (studio.record("a coke please", one[0]) for _ in range(2))
    # espeak-ng's breath is noise that goes on from one sentence to the next: all else is the same.
    assert first.words == again.words
    assert np.corrcoef(first.audio, again.audio)[0, 1] > 0.99


@pytest.mark.parametrize("language", ["en", "tr"])
def test_voices_are_held_out(language):
    held, rng = held_out(language), random.Random(6)
    for caller in islice(callers(rng, held, language, unseen=False), 500):
        assert caller.voice not in held.voices + held.twins
        assert caller.accent not in held.accents
    for caller in islice(callers(rng, held, language, unseen=True), 500):
        assert caller.voice in held.voices
    assert next(diphones(rng)).voice not in held.voices


def test_a_text_that_is_read_as_other_words_is_refused(studio):
    with pytest.raises(ValueError, match="reads"):
        studio.record("it costs $5", replace(PLAIN, voice="rms", accent=""))


def test_voices_that_are_not_there_are_named(studio):
    with pytest.raises(SetupError, match="espeak-ng has no voice xx-nowhere"):
        studio._espeak.say("yes", "xx-nowhere")
    with pytest.raises(SetupError, match="flite has no voice bob"):
        studio._flite.say("yes", "bob")


@pytest.mark.usefixtures("studio")
def test_one_espeak_outlives_another():
    first = Espeak()
    length = len(first.say("yes", "en").audio)
    Espeak().say("no", "en")
    gc.collect()
    # It keeps something of what it said last: a second "yes" is up to 9 ms longer or shorter.
    assert abs(len(first.say("yes", "en").audio) - length) < 0.02 * first.rate_hz


@pytest.mark.parametrize(("make", "looks"), [(Espeak, "find_library"), (Flite, "find_library"), (Festival, "which")])
def test_a_missing_synthesiser_is_named_with_its_package(monkeypatch, make, looks):
    monkeypatch.setattr(f"{make.__module__}.{looks}", lambda name: None)
    with pytest.raises(SetupError, match="is missing") as caught:
        make()
    assert "apt install" in caught.value.fix
