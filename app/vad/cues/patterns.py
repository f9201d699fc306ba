"""What Russian, German and Spanish share: questions and orders are known by how they begin. Pure."""

from __future__ import annotations

from app.vad.cues.words import Cue, Excuse, Grammar, Judgement, complete, likely, opened, unknown

ENOUGH = 3
"""Words of the shortest question that is surely whole: "wo ist das"."""
LONG = 5
"""From so many words on, a statement may be over."""
LONGEST_START = 4
"""Words that an order begins with, at most."""
_INFINITIVE = "n"
_NONE: frozenset[str] = frozenset()


def patterns(
    *,
    wh: frozenset[str],
    polar: frozenset[str],
    orders: frozenset[str],
    modals: frozenset[str] = _NONE,
    enough: int = ENOUGH,
) -> Grammar:
    """Questions by their first word, orders by their first words.

    A question that begins with one of `modals` ends in a German infinitive. One with a question word is whole from
    `enough` words on.
    """

    def grammar(sentence: list[str]) -> Judgement:
        first, count = sentence[0], len(sentence)
        start = next((n for n in range(LONGEST_START, 0, -1) if " ".join(sentence[:n]) in orders), 0)
        if start:
            return complete(Cue.ORDER) if count > start else opened(Cue.OBJECTLESS)
        if first in wh:
            return complete(Cue.QUESTION) if count >= enough else likely(Cue.QUESTION)
        if first in polar and count >= ENOUGH:
            waits = first in modals and not sentence[-1].endswith(_INFINITIVE)
            return unknown(Cue.VERBLESS) if waits else complete(Cue.QUESTION)
        return likely(Cue.STATEMENT) if count >= LONG else unknown(Cue.FRAGMENT)

    return grammar


def ending_in(pronouns: frozenset[str], wh: frozenset[str]) -> Excuse:
    """Questions that may end in a word that otherwise leans on the next: "wie viel kostet das"."""

    def excused(sentence: list[str]) -> Judgement | None:
        whole = len(sentence) >= ENOUGH and sentence[0] in wh and sentence[-1] in pronouns
        return complete(Cue.QUESTION) if whole else None

    return excused
