"""What a text can be judged to be, and the words of a language that tell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto


class Completeness(IntEnum):
    """How sure it is that a text is all that the caller had to say: more is surer."""

    OPEN = auto()
    """Something must follow."""
    UNLIKELY = auto()
    """It may stand alone, but rarely does: "my brother", "iki çorba" without a verb."""
    UNKNOWN = auto()
    LIKELY = auto()
    """It may stand alone, and may go on."""
    COMPLETE = auto()


class Cue(Enum):
    """What a text was judged by."""

    NOTHING = auto()
    PUNCTUATION = auto()
    PHRASE = auto()
    """A fixed phrase that is a whole text: "never mind"."""
    YES_NO = auto()
    THANKS = auto()
    GOODBYE = auto()
    GREETING = auto()
    QUESTION = auto()
    ORDER = auto()
    STATEMENT = auto()
    FRAGMENT = auto()
    """No sentence, but it may be meant as one: "two burgers"."""
    ANSWER = auto()
    """It is what we asked for."""
    CONJUNCTION = auto()
    FILLER = auto()
    SPELLING = auto()
    NUMBER = auto()
    """It ends with a number that may go on, or that counts nothing yet."""
    REPEAT = auto()
    """The caller began again."""
    HEADLESS = auto()
    """It ends with a word that leans on the next: an article, a preposition, an auxiliary, a case."""
    VERBLESS = auto()
    """The verb is still to come."""
    OBJECTLESS = auto()
    """The verb still wants its object."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a text was judged to be, and why."""

    completeness: Completeness
    cue: Cue


def complete(cue: Cue) -> Judgement:
    """Nothing more is to come."""
    return Judgement(Completeness.COMPLETE, cue)


def likely(cue: Cue) -> Judgement:
    """It may be complete."""
    return Judgement(Completeness.LIKELY, cue)


def unknown(cue: Cue = Cue.NOTHING) -> Judgement:
    """It does not tell."""
    return Judgement(Completeness.UNKNOWN, cue)


def unlikely(cue: Cue) -> Judgement:
    """More is probably to come."""
    return Judgement(Completeness.UNLIKELY, cue)


def opened(cue: Cue) -> Judgement:
    """More is to come."""
    return Judgement(Completeness.OPEN, cue)


class Asked(Enum):
    """What our last sentence asked for."""

    NOTHING = auto()
    YES_NO = auto()
    NUMBER = auto()
    TIME = auto()
    TELEPHONE = auto()
    SPELLING = auto()
    ADDRESS = auto()
    NAME = auto()
    SIZE = auto()
    ORDER = auto()
    """What the caller would like, or if there is anything else."""
    REASON = auto()
    OTHER = auto()
    """A question for anything else."""


def words(text: str) -> frozenset[str]:
    """The words of a text between spaces."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """The texts between commas and line ends."""
    return frozenset(phrase.strip() for phrase in text.replace("\n", ",").split(",") if phrase.strip())


Grammar = Callable[[list[str]], Judgement]
"""Judges what no word list could: the words of the last sentence, without the markers at its start, never empty."""
Excuse = Callable[[list[str]], Judgement | None]
"""Judges a sentence whose last word leans on the next or wants an object, where that word may stand last after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A language, as far as it tells whether a text is complete. All lower case, no punctuation but apostrophes."""

    grammar: Grammar
    excused: Excuse
    yes_no: frozenset[str]
    """Phrases that are a yes or a no wherever they stand alone."""
    agreeing: frozenset[str]
    """Phrases that are an answer after our question, and otherwise may begin anything: "okay"."""
    echoes: frozenset[str] = frozenset()
    """Phrases that are an answer after our question, and otherwise a beginning: "i am"."""
    thanks: frozenset[str]
    goodbyes: frozenset[str]
    greetings: frozenset[str]
    phrases: frozenset[str]
    """Other phrases that are whole texts."""
    closers: frozenset[str]
    """Phrases after which a text is over: "please"."""
    markers: frozenset[str]
    """Words at the start that are no part of the sentence."""
    postposed: frozenset[str] = frozenset()
    """What may stand behind the verb of a whole sentence, and otherwise leans on the next word."""
    pointing: frozenset[str] = frozenset()
    """The same, behind a question only: "acı mı bu", but "pizza istiyorum şu [büyük olandan]"."""
    fillers: frozenset[str]
    conjunctions: frozenset[str]
    headless: frozenset[str]
    """Words that lean on the next one: articles, prepositions, possessives, auxiliaries."""
    objectless: frozenset[str]
    """Verbs that want an object behind them."""
    digits: frozenset[str]
    """Zero to nine."""
    numbers: frozenset[str]
    """All other words that numbers are made of."""
    tens: frozenset[str] = frozenset()
    """Those after which a digit may follow."""
    hundreds: frozenset[str] = frozenset()
    """Those among them that add no digit: "three hundred two" is three digits."""
    joining: frozenset[str] = frozenset()
    """Words inside a number: "two hundred and five"."""
    telephone: frozenset[str] = frozenset()
    """Words of a sentence whose number is a telephone number: "my number is"."""
    copulas: frozenset[str] = frozenset()
    """Words before a number that may be a telephone number's beginning: "my number is"."""
    numbered: frozenset[str] = frozenset()
    """Words before a number that it completes: "table two", "at eight"."""
    sizes: frozenset[str] = frozenset()
    asked: Mapping[Asked, frozenset[str]] = field(default_factory=dict)
    """Phrases in our sentence that tell what it asks for; the first kind that has one counts."""
    polar: frozenset[str] = frozenset()
    """Words that a question for yes or no begins with, or that stand anywhere in one."""
    wh: frozenset[str] = frozenset()
    """Question words."""
    asking: frozenset[str] = frozenset()
    """Verbs behind which "if you can" begins what is asked for, and closes nothing."""
    agents: frozenset[str] = frozenset()
    """Those that ask who does it: "i do" answers them."""
