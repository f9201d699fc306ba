"""Which shards there are, and one of Parlor's own voice."""

from collections import Counter
from itertools import islice
from random import Random

from app.audio import level_dbfs
from app.bench.texts.sentences import STARTER
from app.tts.voice import load
from scripts.starter.ears import corpus, ours

VOICE = STARTER / "voice/starter-voice.onnx"


def test_the_second_round_hears_other_sentences_by_more_joined_voices_and_our_own(tmp_path):
    first = corpus.first(tmp_path, 134, "en")
    again = corpus.again(tmp_path, 64, "en", VOICE)
    assert Counter(order.kind for order in first) == {"plain": 86, "joined": 20, "diphones": 28}
    assert Counter(order.kind for order in again) == {"plain": 16, "joined": 24, "diphones": 16, "ours": 8}
    assert not {order.seed for order in first} & {order.seed for order in again}


def test_only_english_callers_are_joined(tmp_path):
    assert {order.kind for order in corpus.first(tmp_path, 134, "tr")} == {"plain"}


def test_our_own_voice_comes_with_the_times_of_its_words():
    said = ["can i have two cokes please", "the lentil soup", "it costs 3 dollars"]
    speeches = list(islice(ours.speeches(load(VOICE, 1), iter(said), Random(1)), 3))
    assert [speech.text for speech in speeches][:2] == said[:2]
    for speech in speeches:
        assert [word.name for word in speech.words] == speech.text.split()
        assert speech.words[0].start < len(speech.audio) // 8
        assert all(level_dbfs(speech.audio[word.start : word.end]) > -40 for word in speech.words)
        assert speech.phones == ()


def test_a_sentence_that_is_spoken_in_other_words_is_left_out():
    class Wordy:
        rate_hz = 24_000

        def say(self, text, pace):
            del text, pace
            return load(VOICE, 1).say("two words", 1.0)

    assert list(ours.speeches(Wordy(), iter(["one"]), Random(1))) == []
