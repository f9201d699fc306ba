"""What a starter voice is made to say."""

import pytest

from app.bench.starter.said import KNOWN, unseen
from app.bench.texts.sentences import plain, training


@pytest.mark.parametrize("language", ["en", "tr"])
def test_sentences_are_always_the_same_and_differ(language: str) -> None:
    said = unseen(language)
    assert unseen(language) is said
    assert sum(each.known for each in said) == KNOWN
    assert sum(not each.known for each in said) == 30
    assert len({plain(each.text, language) for each in said}) == len(said)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_what_is_known_the_ears_were_trained_on(language: str) -> None:
    words = training(language).words()
    for each in unseen(language):
        assert not each.known or set(plain(each.text, language).split()) <= words


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("I can't, sorry!", "en", "i can't sorry"),
        ("İyi akşamlar, IRMAK nasıl?", "tr", "iyi akşamlar ırmak nasıl"),
        ("Où est-elle ?", "fr", "où est elle"),
    ],
)
def test_what_is_said_is_compared_as_ears_write(text: str, language: str, written: str) -> None:
    assert plain(text, language) == written
