"""The fixed sets, spoken by the real synthesisers."""

import numpy as np
import pytest

from app.audio import level_dbfs
from app.bench.calls.call import Room
from app.bench.calls.corpus import Corpus, author
from app.bench.calls.lines import SIZES
from app.bench.texts.sentences import held_out
from app.interfaces import RATE_HZ


@pytest.fixture(scope="module")
def some(corpus):
    return {name: list(corpus.calls(name, 12)) for name in SIZES}


def near(one, two):
    """But for what espeak-ng remembers of the sentence before."""

    def edges(call):
        return [
            call.start,
            call.end,
            *(edge for span in (*call.words, *call.pauses) for edge in (span.start, span.end)),
        ]

    assert np.abs(np.subtract(edges(one), edges(two))).max() <= RATE_HZ // 80
    assert [pause.place for pause in one.pauses] == [pause.place for pause in two.pauses]


def test_words_are_where_they_sound_and_pauses_are_silent(some):
    for call in (*some["turns"], *some["pauses"]):
        loud = level_dbfs(call.audio[call.start : call.end])
        assert all(level_dbfs(call.audio[word.start : word.end]) > loud - 30 for word in call.words), call.text
        for pause in call.pauses:
            assert 0.299 < (pause.end - pause.start) / RATE_HZ < 1.501
            assert level_dbfs(call.audio[pause.start : pause.end]) < loud - 20
        # flite's softest voice breathes up to 0.2 s before what it calls its first word.
        assert level_dbfs(call.audio[: max(0, call.start - RATE_HZ // 5)]) < loud - 40
        assert not call.audio[call.end + RATE_HZ // 10 :].any()
        assert len(call.audio) - call.end == pytest.approx(RATE_HZ, abs=RATE_HZ // 10)


def test_people_keep_their_voice_in_all_sets(some):
    for number in range(12):
        assert {some[name][number].person for name in some} == {number // 4}
        assert len({some[name][number].language for name in some}) == 1
    voices = [call.voice for call in some["pauses"][:4] if call.voice.startswith("espeak")]
    assert len(set(voices)) <= 2  # where flite cannot read a text another voice does


def test_voices_are_held_out(some):
    for calls in some.values():
        for call in calls:
            known = held_out(call.language).voices
            assert call.voice.split("+")[-1].removeprefix("flite ") in known


def test_any_item_can_be_made_alone(corpus, some):
    for name in SIZES:
        again, first = corpus.call(name, 9), some[name][9]
        assert (again.text, again.voice, again.asked, again.reply) == (
            first.text,
            first.voice,
            first.asked,
            first.reply,
        )
        near(again, first)


@pytest.mark.usefixtures("corpus")
def test_a_room_changes_sounds_and_no_labels():
    plain, noisy = (Corpus(5, {"tr": 1.0}, room) for room in (Room(), Room(0.3, noise="hum", noise_dbfs=-45)))
    one, two = plain.call("pauses", 2), noisy.call("pauses", 2)
    assert one.language == "tr"
    near(one, two)
    assert level_dbfs(two.audio[-RATE_HZ // 4 :]) == pytest.approx(-45, abs=3)


def test_sets_have_their_sizes(corpus):
    assert [number for number, _ in enumerate(corpus.calls("backchannels"), 1)][-1] == SIZES["backchannels"]
    with pytest.raises(KeyError):
        next(corpus.calls("songs"))


def test_a_language_without_texts_is_an_error():
    with pytest.raises(OSError, match="xx"):
        author("xx")
