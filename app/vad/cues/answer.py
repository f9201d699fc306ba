"""What our last sentence asked for, and whether the caller's text is that. Pure."""

from __future__ import annotations

from app.vad.cues.number import is_number
from app.vad.cues.said import Mark, Said
from app.vad.cues.words import Asked, Completeness, Cue, Judgement, Words, complete, likely, unknown

_TELLING = frozenset({Mark.STOP, Mark.EXCLAMATION})
"""Behind a sentence of ours, which is written with care, they are no question's: "When we talk, we use it."."""

NAME_WORDS = 4
"""A name has at most so many words."""
FEW_WORDS = 2
SHORT_WORDS = 5
"""An answer of so many words or fewer is mostly a phrase, not the beginning of a story."""


def asked_for(asked: str, language: str, lists: Words) -> Asked:
    """What our last sentence asks for: by its words, else by its question mark."""
    said = Said.of(asked, language)
    if not said.sentence:
        return Asked.NOTHING
    if said.mark in _TELLING and said.sentence[-1] not in lists.polar - lists.headless:
        return Asked.NOTHING
    asks = said.sentence[0] in lists.polar | lists.wh or said.sentence[-1] in lists.polar - lists.headless
    if said.mark is not Mark.QUESTION and not asks:
        return Asked.NOTHING
    padded = f" {' '.join(said.sentence)} "
    for kind, phrases in lists.asked.items():
        if any(f" {phrase} " in padded for phrase in phrases):
            return kind
    polar = said.sentence[0] in lists.polar or said.sentence[-1] in lists.polar - lists.headless
    return Asked.YES_NO if polar or lists.wh.isdisjoint(said.sentence) else Asked.OTHER


def echoed(asked: str, language: str, lists: Words) -> frozenset[str]:
    """Of the phrases that echo a question, those that answer `asked`: "i am" is none to "where are you from"."""
    said = Said.of(asked, language).sentence
    yes_no = lists.wh.isdisjoint(said) or said[0] in lists.polar | lists.agents
    return lists.echoes if yes_no else frozenset(phrase for phrase in lists.echoes if " " not in phrase)


def by_answer(judged: Judgement, words: list[str], lists: Words, asked: Asked) -> Judgement:
    """What was `judged` of a text, as an answer to what we asked."""
    if judged.completeness is Completeness.OPEN:
        return _opened(judged, words, lists, asked)
    match asked:
        case Asked.NOTHING | Asked.TELEPHONE | Asked.SPELLING:
            return judged
        case Asked.ADDRESS:
            return judged if judged.completeness is Completeness.COMPLETE else unknown()
        case _ if judged.cue is Cue.NUMBER:
            return judged
        case Asked.NAME:
            return complete(Cue.ANSWER) if len(words) <= NAME_WORDS else _raised(judged)
        case Asked.NUMBER | Asked.TIME if any(is_number(word, lists) for word in words):
            return complete(Cue.ANSWER)
        case Asked.SIZE if not lists.sizes.isdisjoint(words):
            return complete(Cue.ANSWER)
        case _:
            return _raised(judged) if len(words) <= SHORT_WORDS or asked is Asked.ORDER else judged


def _opened(judged: Judgement, words: list[str], lists: Words, asked: Asked) -> Judgement:
    """What lacks a verb may be all that was asked for: "kredi kartıyla"."""
    if judged.cue is not Cue.VERBLESS:
        return judged
    if _is_noun_asked_for(words, lists, asked):
        return complete(Cue.ANSWER)
    if asked in (Asked.NUMBER, Asked.TIME) and _ends_in_number(words, lists):
        return likely(Cue.ANSWER)
    short = len(words) <= FEW_WORDS and lists.polar.isdisjoint(words) and lists.wh.isdisjoint(words)
    return likely(Cue.ANSWER) if short and asked is Asked.OTHER else judged


def _ends_in_number(words: list[str], lists: Words) -> bool:
    """A number in a case, or before the last word: "akşam 8'de", "iki kişilik"."""
    counted = (word for word in words[-2:-1] if word not in lists.headless)  # "bir" is an article too
    return is_number(words[-1].partition("'")[0], lists) or any(is_number(word, lists) for word in counted)


def _is_noun_asked_for(words: list[str], lists: Words, asked: Asked) -> bool:
    """A size, or a name that looks like another case: "orta boy", "derya"."""
    return (asked is Asked.SIZE and words[-1] in lists.sizes) or (asked is Asked.NAME and len(words) <= 2)


def _raised(judged: Judgement) -> Judgement:
    """A part of what is missing may be in the question."""
    if judged.completeness < Completeness.LIKELY:
        return Judgement(Completeness(judged.completeness + 1), Cue.ANSWER)
    return judged
