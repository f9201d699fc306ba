"""English: which questions, orders and statements are complete. Pure."""

from __future__ import annotations

from app.vad.cues import en
from app.vad.cues.english_end import at_the_end, counts, is_no_verb
from app.vad.cues.words import Cue, Judgement, Words, complete, likely, opened, unknown, unlikely

_POINTING = frozenset({"this", "that", "these", "those", "next", "last"})
_SAYING = frozenset({"know", "ask", "say", "tell"})
FEW = 4
"""Words of a text that may be a name of something."""


def excused(sentence: list[str]) -> Judgement | None:
    """Judge a sentence whose last word leans on nothing after all, or wants no object; None for all others."""
    if len(sentence) < 2:
        return None
    if sentence[-1] in en.OBJECTLESS and is_no_verb(sentence[-1], sentence[-2]):
        return grammar(sentence)
    return at_the_end(sentence)


def grammar(sentence: list[str]) -> Judgement:
    """Judge a sentence whose last word does not lean on the next."""
    first, rest = sentence[0], sentence[1:]
    if first == "no" and len(rest) > 1 and rest[0] in en.PRONOUN | en.HEADLESS | en.MARKERS:
        return grammar(rest)
    if rest and (found := _cut_short(sentence)):
        return found
    if first in en.WH | en.WH_IS:
        return _question(sentence)
    if first in en.CONJUNCTIONS | {"instead"}:
        return _subordinate(sentence)
    if first in en.BE:
        return _being(rest, Cue.QUESTION)
    if first == "don't" and rest[0] in en.VERBS:
        return _noun(rest[1:], complete(Cue.ORDER)) if rest[1:] else likely(Cue.ORDER)
    if first in en.DO - {"don't"} or (first in en.AUXILIARY and rest and rest[0] not in en.ARTICLE | {"not"}):
        return _doing(rest, Cue.QUESTION)
    return _told(sentence)


def _cut_short(sentence: list[str]) -> Judgement | None:
    """Two last words after which more comes."""
    *before, last = sentence
    if last in en.PERSON and before[-1] in en.INDIRECT:
        return opened(Cue.OBJECTLESS)  # "give me"
    if sentence[0] in en.AUXILIARY and last in en.WH - {"why"}:
        return opened(Cue.OBJECTLESS)  # "can you tell me how"
    if last in en.WH - {"why"} and before[-1] in en.ASKING_VERBS and len(before) > 1 and not _denied(before):
        return opened(Cue.OBJECTLESS)  # "i want to know how", not "i don't know how"
    if last == "that" and before[-1] in en.THAT_VERBS:
        return opened(Cue.CONJUNCTION)
    if last in en.OPINION and before[-1] in en.PRONOUN and sentence[0] not in en.WH:
        return opened(Cue.OBJECTLESS)
    if sentence == ["make", "that"]:
        return opened(Cue.OBJECTLESS)
    if len(before) > 1 and last in _POINTING and before[-1] not in en.VERBS | en.HEADLESS | en.OBJECTLESS:
        return unlikely(Cue.HEADLESS)  # "i met her this ..."
    return None


def _asks_by_its_verb(rest: list[str]) -> bool:
    """What follows "what": "comes with the soup"."""
    return len(rest) > 1 and (rest[0].endswith(("s", "ed")) or rest[0] in en.PAST) and rest[0] not in en.CONJUNCTIONS


def _question(sentence: list[str]) -> Judgement:
    """With a question word."""
    first, rest = sentence[0], sentence[1:]
    if not rest:
        return unlikely(Cue.QUESTION)
    if rest[0] == "about":
        return complete(Cue.QUESTION)  # how about two soups
    if first in en.WH_IS:
        return _noun(rest, complete(Cue.QUESTION))
    at = next((i for i, word in enumerate(rest) if word in en.AUXILIARY), None)
    if at is None:
        if rest[:2] == ["much", "for"]:
            return _noun(rest[2:], complete(Cue.QUESTION))
        if first in {"who", "what", "which"} and _asks_by_its_verb(rest):
            return complete(Cue.QUESTION)
        return opened(Cue.VERBLESS)
    if at and rest[at - 1] in en.PRONOUN:
        again = not en.SUBJECT.isdisjoint(rest[at + 1 :])  # "when i was young i wanted a dog"
        return likely(Cue.STATEMENT) if again else unknown(Cue.STATEMENT)
    after = rest[at + 1 :]
    if rest[at] in en.BE:
        return _being(after, Cue.QUESTION) if first == "why" else _noun(after, complete(Cue.QUESTION))
    return _doing(after, Cue.QUESTION)


def _noun(words: list[str], judgement: Judgement) -> Judgement:
    """`judgement`, unless what it rests on may be half a noun: "the difference", "a small"."""
    if len(words) == 1 and words[0] in en.DETERMINER - en.PRONOUN:
        return unlikely(Cue.HEADLESS)  # "remember her ..."
    before = words[-2] if len(words) > 1 else ""
    if words[-1] in en.MODIFIERS and (before in en.DETERMINER | en.MODIFIERS | {"of"} or counts(before)):
        return unlikely(Cue.FRAGMENT)
    if words[-1] in en.NOUN_MODIFIERS and (before in {"a", "an", "another"} or counts(before)):
        return unknown(Cue.FRAGMENT)
    if counts(before) and before != "one" and not words[-1].endswith("s") and words[-1] not in en.PLURALS:
        return unknown(Cue.FRAGMENT)  # two cheese ...
    if words[-1] in en.CONTAINERS and (before in en.DETERMINER or before in en.MODIFIERS or counts(before)):
        return unlikely(Cue.FRAGMENT)
    if words[-1] in en.RELATIONAL and before in en.DETERMINER:
        return likely(judgement.cue)
    return judgement


def _being(words: list[str], cue: Cue) -> Judgement:
    """Behind "is", "are" and the like at the start: a subject, and what is asked of it."""
    subject, rest = words[0], words[1:]
    if subject in en.PRONOUN and (subject not in en.DETERMINER or not rest or rest[0] not in en.VERBS):
        return _noun(rest, complete(cue)) if rest else opened(Cue.VERBLESS)
    if words[-1] in en.PREDICATE | en.CLOSING or not en.PREPOSITION.isdisjoint(rest):
        return complete(cue) if len(rest) > (subject in en.DETERMINER) else opened(Cue.VERBLESS)
    return opened(Cue.VERBLESS) if len(rest) <= (subject in en.DETERMINER) else unknown(cue)


def _doing(words: list[str], cue: Cue) -> Judgement:
    """Behind "do", "can", "have" and the like at the start: a subject, a verb, and its object."""
    at = next((i for i, word in enumerate(words) if i and (word in en.VERBS or word in en.DONE)), None)
    if at is None:
        subject_only = len(words) <= 1 + (not en.DETERMINER.isdisjoint(words[:1]))
        return opened(Cue.VERBLESS) if subject_only else unknown(cue)
    return _noun(words[at + 1 :], complete(cue)) if words[at + 1 :] else likely(cue)


def _subordinate(sentence: list[str]) -> Judgement:
    """ "if it rains", "because i was tired"."""
    if sentence[0] == "because" and sentence[1:2] != ["of"]:
        return unknown(Cue.STATEMENT) if len(sentence) > 2 else opened(Cue.CONJUNCTION)
    subjects = sum(word in en.PRONOUN or word in en.CONTRACTED for word in sentence[1:])
    if subjects > (sentence[0] == "if") and len(sentence) > 5:
        return likely(Cue.STATEMENT)
    return unlikely(Cue.STATEMENT) if len(sentence) > 5 else opened(Cue.CONJUNCTION)


def _told(sentence: list[str]) -> Judgement:
    """A statement, an order, or a fragment."""
    first = sentence[0]
    if sentence == [first] and first in en.PRONOUN:
        return unlikely(Cue.FRAGMENT)
    if first in en.CONTRACTED - {"let's"} or (first in en.PRONOUN and first not in en.DETERMINER):
        return _stated(sentence[1:], first)
    if first in en.IMPERATIVE and (len(sentence) > 1 or first not in en.OBJECTLESS):
        only = len(sentence) == 1 or (len(sentence) == 2 and sentence[1] in en.VERBS | en.PARTICLES)
        return likely(Cue.ORDER) if only else _noun(sentence[1:], complete(Cue.ORDER))
    at = next((i for i, word in enumerate(sentence) if i and _is_finite(word, sentence[i - 1])), None)
    if at is not None and (first not in en.PREPOSITION or at > 2):
        return _stated(sentence[at:], first)
    return _fragment(sentence)


def _is_finite(word: str, before: str) -> bool:
    if word in en.AUXILIARY | en.PAST | (en.OBJECTLESS - en.VERBS):
        return before not in en.PREPOSITION  # "in may"
    if word in en.VERBS:
        return before in en.PRONOUN or before in en.PLURALS or (before.endswith("s") and before not in en.DETERMINER)
    bases = {
        word.removesuffix("s"),
        word.removesuffix("es"),
        word.removesuffix("ed"),
        word.removesuffix("d"),
        word.replace("ied", "y"),
        word.replace("ies", "y"),
    }
    return not bases.isdisjoint(en.VERBS) and before not in en.DETERMINER | en.PREPOSITION


def _intended(words: list[str]) -> Judgement:
    """What an "i want" or "i'd like" is about: a thing, or a verb that may want more ("to know ...")."""
    if len(words) > 1 and words[-2] == "to" and words[-1] in en.VERBS:
        return opened(Cue.OBJECTLESS) if words[-1] in _SAYING else likely(Cue.ORDER)
    return _noun(words, complete(Cue.ORDER))


def _denied(words: list[str]) -> bool:
    return any(word.endswith("n't") or word in en.DENIALS for word in words)


def _is_begun_again(words: list[str], subject: str) -> bool:
    """A learner's second try: "i go i went"; "i think i know" is none."""
    thought = words[0] in en.THAT_VERBS and len(words) < FEW
    return len(words) > 2 and words[1] == subject and subject in en.SUBJECT and not thought


def _stated(words: list[str], subject: str) -> Judgement:
    """Behind a subject: the verb and the rest."""
    while _is_begun_again(words, subject):
        words = words[2:]
    me = subject.split("'")[0] in {"i", "we"}
    ordering = me and (words[0] in en.ORDERING or (words[0] in en.MODAL and not en.ORDERING.isdisjoint(words[1:3])))
    if (ordering or subject in {"i'd", "i'll", "we'd", "we'll"}) and len(words) > 1:
        return _intended(words[1:])
    if words[-1] in en.CLOSING and len(words) > 1:
        return complete(Cue.STATEMENT)
    if words[0] in en.BE or "'" in subject:
        return _noun(words, likely(Cue.STATEMENT))
    return _noun(words, likely(Cue.STATEMENT)) if len(words) > 1 else unknown(Cue.STATEMENT)


def _fragment(sentence: list[str]) -> Judgement:
    """No verb: a thing with its number, or some words."""
    first = sentence[0]
    if first == "for" and sentence[1] in en.PERSON | {"my"} and len(sentence) > 2 + (sentence[1] == "my"):
        return _noun(sentence[2:], likely(Cue.ORDER))
    if first in en.TIME_STARTS and first not in en.FRAGMENT_STARTS:
        return unknown(Cue.FRAGMENT)
    counted = counts(first) or first in {"a", "an", "one", "some"} or first in en.FRAGMENT_STARTS
    if counted and len(sentence) > 1:
        return _noun(sentence, likely(Cue.FRAGMENT))
    if first in en.DETERMINER and len(sentence) <= FEW:
        return unlikely(Cue.FRAGMENT)  # "my brother ..."
    return unknown(Cue.FRAGMENT)


ENGLISH = Words(
    grammar=grammar,
    excused=excused,
    yes_no=en.YES_NO,
    agreeing=en.AGREEING,
    echoes=en.ECHOES,
    thanks=en.THANKS,
    goodbyes=en.GOODBYES,
    greetings=en.GREETINGS,
    phrases=en.PHRASES,
    closers=en.CLOSERS,
    markers=en.MARKERS,
    fillers=en.FILLERS,
    conjunctions=en.CONJUNCTIONS,
    headless=en.HEADLESS,
    objectless=en.OBJECTLESS,
    digits=en.DIGITS,
    numbers=en.NUMBERS,
    tens=en.TENS,
    hundreds=en.HUNDREDS,
    joining=frozenset({"and", "a"}),
    telephone=en.TELEPHONE,
    copulas=en.COPULAS,
    numbered=en.NUMBERED,
    sizes=en.SIZES,
    asked=en.ASKED,
    polar=en.AUXILIARY,
    wh=en.WH | en.WH_IS,
    asking=en.ASKING_VERBS | {"wonder", "wondering"},
    agents=frozenset({"who", "who's"}),
)
