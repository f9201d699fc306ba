"""Every text can be filled and spoken."""

import re

import pytest

from app.bench.calls.phrases import load_phrases, parse_phrases
from app.bench.texts.grammar import Grammar
from app.bench.texts.sentences import plain


def templates(phrases):
    choices = [phrases.long, phrases.interrupting, phrases.backchannels, phrases.answers, phrases.fillers]
    return [text for each in (*choices, *(talk.said for talk in phrases.talk)) for text in each.texts]


def test_every_slot_can_be_filled(any_author):
    phrases = any_author.phrases
    used = {slot for text in templates(phrases) for slot in re.findall(r"\{(\w+)\}", text)}
    assert used <= set(phrases.grammar.slots)


def test_texts_are_as_the_starter_ears_write(any_author):
    language = any_author.language
    for text in templates(any_author.phrases):
        if "{" not in text and "-" not in text:
            assert plain(text, language) == text


def test_a_language_without_texts_is_an_error():
    with pytest.raises(OSError, match="xx"):
        load_phrases("xx")


def test_what_is_missing_is_named():
    with pytest.raises(KeyError, match="slots"):
        parse_phrases("fillers = []", Grammar({}, {}, {}))
