"""English texts whose last word leans on the next, or wants an object: when it may stand last after all. Pure."""

from __future__ import annotations

from app.vad.cues import en
from app.vad.cues.words import Cue, Judgement, complete, likely, unknown

_EMBEDDING = en.WH | {"as"}
_CHOOSING = frozenset({"the", "a", "this", "that"})
_WHAT = frozenset({"what", "who", "which"})
_DEGREES = frozenset({"too", "so", "that", "very"})
_ENDING = {
    "much": _DEGREES,
    "many": _DEGREES,
    "may": frozenset({"in", "of", "since", "until", "last", "next"}),  # the month
}
"""Behind which words these lean on nothing more."""
_NO_COUNT = frozenset({"oh", "double", "triple", "half", "quarter"})


def at_the_end(sentence: list[str]) -> Judgement | None:
    """Judge a text of two words or more: "what time is it", "where are you from", "turn it on". None: it leans."""
    *before, last = sentence
    if sentence[0] in en.WH and (found := _asked_to_the_end(sentence)):
        return found
    if before[-1] == "to" and last in en.OBJECTLESS | en.DO and not _WHAT.isdisjoint(before[-2:-1]):
        return likely(Cue.STATEMENT)  # "i don't know what to say"
    return _behind(before, last)


def _behind(before: list[str], last: str) -> Judgement | None:
    """By the word before the last."""
    if before[-1] == "how" and last == "much":
        return likely(Cue.QUESTION)
    if last in {"am", "pm"} and counts(before[-1]):
        return likely(Cue.NUMBER)
    if last in en.PARTICLES and not en.PARTICLE_VERBS.isdisjoint((before[0], *before[-3:])):
        return likely(Cue.ORDER)  # "turn the kitchen lights on"
    if last in en.RELATIVE and _is_relative(before):
        return likely(Cue.STATEMENT)
    if last in en.AUXILIARY and before[-1] in en.PRONOUN and not _EMBEDDING.isdisjoint(before[1:]):
        return likely(Cue.STATEMENT)  # "do you know where it is"
    if before[-1] in _ENDING.get(last, ()):
        return likely(Cue.STATEMENT)
    if last in en.OBJECTLESS and not en.BE.isdisjoint(before[:1]):
        return likely(Cue.QUESTION) if last in en.DONE | en.PREDICATE else None  # "is breakfast included"
    if last == "more" and before[-1] in en.ENDED_BY_MORE:
        return unknown(Cue.FRAGMENT)
    if last == "one" and _is_chosen(before):
        return likely(Cue.FRAGMENT)
    return likely(Cue.QUESTION) if last in {"it", "you", "they"} and before[-1].endswith("n't") else None


def _is_chosen(before: list[str]) -> bool:
    """ "the spicy [one]", "this [one]"."""
    named = before[-1] in en.MODIFIERS | (en.DETERMINER - en.ARTICLE) | {"which"}
    return named or not _CHOOSING.isdisjoint(before[-3:-1])


def is_no_verb(word: str, before: str) -> bool:
    """ "a strange [show]", "it is very [clean]"."""
    return (
        before in en.MODIFIERS | en.DETERMINER
        or (word in en.PREDICATE | en.NEEDS_OBJECT and before in en.BE)
        or (word in en.PREDICATE and before in en.DEGREE)
    )


def _asked_to_the_end(sentence: list[str]) -> Judgement | None:
    """Of a question with a question word, whose last word may stand last for that."""
    *before, last = sentence
    named = before[-1] in en.RELATIONAL or not en.ARTICLE.isdisjoint(before[-2:-1])
    if last == "of" and named and not en.ARTICLE.isdisjoint(before[2:3]):
        return None  # "what is the meaning of", not "what are you a fan of", "what is the soup made of"
    if last in en.PRONOUN and before[-1] in en.BE:  # how are you, who is he, what is this; but: what are you
        what_are = before[0] == "what" and len(before) == 2 and last in en.SUBJECT | {"you"}
        return None if sentence[0] == "why" or what_are else complete(Cue.QUESTION)
    verbal = len(sentence) > 3 and not en.AUXILIARY.isdisjoint(before) and sentence[1] not in en.PRONOUN
    if not verbal:
        return None
    for_object = sentence[0] in en.WH_OBJECT or sentence[1] in {"many", "much", "long"}
    if for_object and last in (en.OBJECTLESS & en.VERBS) | {"have", "do", "like"} and before[-1] not in en.DO:
        return complete(Cue.QUESTION)
    return likely(Cue.QUESTION) if last in en.STRANDED else None


def _is_relative(before: list[str]) -> bool:
    """ "this is not what i [ordered]", "the food i [ordered]"."""
    return len(before) > 2 and before[-1] in en.SUBJECT | {"you"} and before[-2] not in en.CONJUNCTIONS | {"that"}


def counts(word: str) -> bool:
    """Whether a word is a number that counts things."""
    return word in (en.DIGITS | en.NUMBERS) - _NO_COUNT or word.isdecimal()
