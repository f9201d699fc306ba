"""The sentences that the voice learns to read."""

import random
from itertools import islice

import pytest

from app.bench.starter.said import unseen
from app.bench.texts.sentences import plain
from scripts.starter.voice import texts


@pytest.fixture(autouse=True)
def _no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotations and definitions come from packages that tests do without."""
    words = list("abcdefghijklmnop")
    made = tuple(" ".join(random.Random(seed).sample(words, 6)) for seed in range(500))
    monkeypatch.setattr(texts.pool, "quotations", lambda **_: made)
    monkeypatch.setattr(texts.pool, "glosses", lambda _: made[::-1])


@pytest.mark.parametrize(("said", "mark"), [("what is this", "?"), ("bu acı mı", "?"), ("alabilir misiniz", "?")])
def test_questions_get_their_mark(said: str, mark: str) -> None:
    assert texts.dressed(said, random.Random(1)) == said + mark


@pytest.mark.parametrize("seed", range(20))
def test_a_dressed_sentence_says_the_same(seed: int) -> None:
    said = "the cat sat on the mat and looked at me"
    assert plain(texts.dressed(said, random.Random(seed)), "en") == said


@pytest.mark.parametrize("language", ["en", "tr"])
def test_training_never_says_what_evaluation_does(language: str) -> None:
    held = {plain(each.text, language) for each in unseen(language)}
    made = texts.sentences(language, 3, 200)
    assert len(made) == len(set(made)) == 200
    assert not held & {plain(text, language) for text in made}


def test_the_same_seed_gives_the_same_sentences() -> None:
    assert texts.sentences("en", 4, 20) == texts.sentences("en", 4, 20)
    assert texts.sentences("en", 4, 20) != texts.sentences("en", 5, 20)


def test_made_up_words_keep_to_one_kind_of_vowel() -> None:
    for text in islice(texts.invented(random.Random(1)), 50):
        for word in plain(text, "tr").split():
            assert not (set(word) & set("aıou") and set(word) & set("eiöü"))
