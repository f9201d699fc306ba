"""Numbers at the end: one that counts nothing yet, half a telephone number, one that we asked for. Pure."""

from __future__ import annotations

import re

from app.vad.cues.words import Asked, Completeness, Cue, Judgement, Words, complete, likely, opened, unknown

SHORT_TELEPHONE = 7
"""Digits of the shortest telephone numbers that people say, without an area."""
LONG_TELEPHONE = 10
"""Digits of most national numbers."""
LIST = 3
"""So many single digits in a row are a telephone number, a code, or counting."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNTED = (Asked.NUMBER, Asked.TIME, Asked.SIZE)


def by_number(words: list[str], lists: Words, asked: Asked) -> Judgement | None:
    """Judge a text by the number at its end; None if it ends with none."""
    run = _run(words, lists)
    if not run:
        return None
    if asked is Asked.TELEPHONE:
        return _telephone(_digits(words, lists))
    if asked in _COUNTED:
        return _may_go_on(run, lists, complete(Cue.ANSWER))
    if asked is Asked.ADDRESS:
        return unknown(Cue.NUMBER)
    if asked is Asked.OTHER and run == words:
        return _may_go_on(run, lists, likely(Cue.ANSWER))
    if asked is Asked.YES_NO and run[-1] not in lists.headless:
        return _may_go_on(run, lists, likely(Cue.ANSWER))
    return _unasked(words, run, lists)


def _unasked(words: list[str], run: list[str], lists: Words) -> Judgement:
    """A number that nothing of ours asked for."""
    before = words[len(words) - len(run) - 1 : len(words) - len(run)]
    short = len(run) <= LIST or not lists.hundreds.isdisjoint(run)
    if short and not lists.numbered.isdisjoint(before):
        return _may_go_on(run, lists, likely(Cue.NUMBER))
    single = not any(word in lists.numbers for word in run)
    if not lists.telephone.isdisjoint(words) and (single or not short):
        return _telephone(_digits(words, lists))
    if len(run) == 1 and _YEAR.fullmatch(run[0]):
        return likely(Cue.NUMBER)
    if short and not lists.copulas.isdisjoint(before):
        return _may_go_on(run, lists, likely(Cue.NUMBER))
    if single and _digits(run, lists) >= LIST:
        return _telephone(_digits(run, lists))
    return opened(Cue.NUMBER)


def is_number(word: str, lists: Words) -> bool:
    """Whether a word is a number or a part of one."""
    return word in lists.digits or word in lists.numbers or word.isdecimal()


def _run(words: list[str], lists: Words) -> list[str]:
    """The number at the end: "two hundred and five" is one."""
    first = len(words)
    while first and is_number(words[first - 1], lists):
        first -= 1
        joins = first > 0 and words[first - 1] in lists.joining
        if joins and (words[first] in lists.hundreds or (first > 1 and words[first - 2] in lists.hundreds)):
            first -= 1
    return words[first:]


def _may_go_on(run: list[str], lists: Words, judgement: Judgement) -> Judgement:
    """After "twenty" a "five" may follow."""
    going = run[-1] in lists.hundreds or (run[-1] in lists.tens and (len(run) == 1 or run[-2] in lists.hundreds))
    return Judgement(Completeness(judgement.completeness - 1), Cue.NUMBER) if going else judgement


def _digits(words: list[str], lists: Words) -> int:
    """How many digits of a telephone number these words say, about: "thirty two" is two, "five hundred" three."""
    count = 0
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word.isdecimal():
            count += len(word)
        elif word in lists.digits or (word in lists.tens and following in lists.digits):
            count += 1
        elif word in lists.numbers - lists.hundreds:
            count += 2
    return count


def _telephone(digits: int) -> Judgement:
    if digits >= LONG_TELEPHONE:
        return complete(Cue.NUMBER)
    return unknown(Cue.NUMBER) if digits >= SHORT_TELEPHONE else opened(Cue.NUMBER)
