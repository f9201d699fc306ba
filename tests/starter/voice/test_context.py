"""HTS's full-context labels, against festival's own for the same words."""

from scripts.starter.voice.context import labels
from scripts.starter.voice.english import ENGLISH
from scripts.starter.voice.reading import Phrase
from scripts.starter.voice.reading import phrases as read

SENTENCE = "aɪ ɹˌɛkəmˈɛnd, plˈiːz."


def phrases(phonemes: str) -> tuple[Phrase, ...]:
    return read(phonemes, ENGLISH)


def test_segments_are_the_phones_between_pauses() -> None:
    found = labels(phrases(SENTENCE))
    names = [label.phone.name if label.phone else "pau" for label in found]
    assert names == ["pau", "ay", "r", "eh", "k", "ax", "m", "eh", "n", "d", "pau", "p", "l", "iy", "z", "pau"]
    assert [label.place for label in found if label.phone is None] == [-1, 13, 21]


def test_labels_are_festivals() -> None:
    first, second, *_ = labels(phrases("ˈaɪ sˈɪŋ."))
    assert first.text == (
        "x^x-pau+ay=s@x_x/A:0_0_0/B:x-x-x@x-x&x-x#x-x$x-x!x-x;x-x|x/C:1+1+1/D:0_0/E:x+x@x+x&x+x#x+x/F:content_1"
        "/G:0_0/H:x=x@1=1|0/I:2=2/J:2+2-1"
    )
    assert second.text == (
        "x^pau-ay+s=ih@1_1/A:0_0_0/B:1-1-1@1-1&1-2#1-2$1-2!0-1;0-1|ay/C:1+1+3/D:0_0/E:content+1@1+2&0+1#0+1"
        "/F:content_1/G:0_0/H:2=2@1=1|L-L%/I:0=0/J:2+2-1"
    )


def test_the_last_syllable_of_a_phrase_has_an_accent() -> None:
    last = [label.text for label in labels(phrases("sˈɑːftɚ.")) if label.phone][-1]
    assert "/B:0-1-2@2-1" in last


def test_a_pause_between_phrases_knows_both() -> None:
    pause = labels(phrases(SENTENCE))[10].text
    assert "/G:4_2/H:x=x@1=2|0/I:1=1" in pause
