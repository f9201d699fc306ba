"""espeak's phonemes as words, syllables and phones."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.starter.voice import reading
from scripts.starter.voice.english import ENGLISH
from scripts.starter.voice.reading import Phrase

PHONEMES = ["aɪ", "ɐ", "iː", "ɑːɹ", "ə", "ɚ", "t", "d", "n", "s", "tʃ", "dʒ", "ŋ", "ɡ", "ɹ", "l", "ˈoʊ", "ˌɛ", "n̩", "ð"]


def phrases(phonemes: Sequence[str]) -> tuple[Phrase, ...]:
    return reading.phrases(phonemes, ENGLISH)


def read(said: tuple[Phrase, ...]) -> list[str]:
    words = [word for phrase in said for word in phrase.words]
    return [
        ".".join(" ".join(phone.name for phone in each.phones) + str(each.stress) for each in word.syllables)
        for word in words
    ]


@pytest.mark.parametrize(
    ("phonemes", "words"),
    [
        ("lˈaɪk", ["l ay k1"]),
        ("lˌɛmənˈeɪd", ["l eh1.m ax0.n ey d1"]),
        ("tʃˈiːz", ["ch iy z1"]),
        ("bˈʌʔn̩", ["b ah1.t ax n0"]),
        ("ɐ pˈiːtsə", ["ax0", "p iy t1.s ax0"]),
        ("wɪð", ["w ih dh1"]),
        ("ˈɛkstɹə", ["eh k1.s t r ax0"]),
        ("sˈɪŋɪŋ", ["s ih ng1.ih ng0"]),
    ],
)
def test_words_have_the_syllables_of_the_cmu_dictionary(phonemes: str, words: list[str]) -> None:
    assert read(phrases(phonemes)) == words


def test_an_article_that_espeak_joined_to_its_preposition_is_a_word() -> None:
    (phrase,) = phrases("ɪnðə sˈæləd")
    assert [word.part for word in phrase.words] == ["in", "det", "content"]


def test_punctuation_ends_phrases() -> None:
    said = phrases("jˈɛs, plˈiːz?")
    assert [(phrase.ends, phrase.mark) for phrase in said] == [(",", 4), ("?", 12)]


def test_a_phrase_without_punctuation_ends_like_a_statement() -> None:
    (phrase,) = phrases("jˈɛs")
    assert (phrase.ends, phrase.mark) == (".", -1)


def test_lone_punctuation_is_no_phrase() -> None:
    assert phrases("?!") == ()


def test_foreign_sounds_are_refused() -> None:
    with pytest.raises(ValueError, match="no phoneme"):
        phrases("bœf")


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from(PHONEMES), min_size=1, max_size=6).map("".join), min_size=1, max_size=5))
def test_every_sounding_phoneme_belongs_to_exactly_one_unit(words: list[str]) -> None:
    text = " ".join(words) + "."
    units = {
        phone.letters
        for phrase in phrases(text)
        for word in phrase.words
        for syllable in word.syllables
        for phone in syllable.phones
    }
    letters = sorted(letter for unit in units for letter in unit)
    assert letters == [at for at, phoneme in enumerate(text) if phoneme not in "ˈˌː̩ ."]
