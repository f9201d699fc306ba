"""Is it the caller who speaks, and does the caller want the turn? By whose sound it is, and by its words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, auto
from itertools import pairwise
from math import inf
from typing import Final

from app.vad.backchannels import content_words, is_answerable, is_backchannel, spoken_words

FIRST_PROBE_MS: Final = 240
"""From the onset until what was said is looked at: less holds no word, and levels show an onset some 60 ms late."""
PROBE_EVERY_MS: Final = 100
"""At most: the last look must be back. There are few doubts, and 600 ms are few looks."""
OVER_MS: Final = 250
"""Silence after which a sound is over: longer than the gap within "uh-huh", or between two coughs."""
LONG_MS: Final = 1_200
"""Who speaks so long says more than a backchannel, whatever is understood; three coughs are shorter."""
UNSURE_MS: Final = 400
"""From then on words that the recogniser is not sure of prove a caller too: most backchannels are over before."""
ALIKE: Final = 0.85
"""Share of letters from which a word is taken for one of ours that was misheard."""
VAGUELY_ALIKE: Final = 0.5
"""The same, where nothing but the words tells: the recogniser errs on the echo of a room."""
WORDS_ALONE: Final = 4
"""Foreign words that prove a caller where the levels prove nothing yet. With 2 we interrupted ourselves in 2 of 32
replies: the starter ears misheard our echo."""


class Verdict(Enum):
    """Whose sound it is."""

    UNSURE = auto()
    """Not ours: play softer, and look again."""
    OURS = auto()
    NOTHING = auto()
    """A cough, a noise: it is over and held no word."""
    BACKCHANNEL = auto()
    """It is over and asked for nothing: go on."""
    CALLER = auto()


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is known of a sound that came while we speak."""

    excess_db: float
    """The greatest since its onset (`OwnVoice.excess_db`)."""
    sounding_ms: int
    """From its onset to the newest sound of it."""
    silent_ms: int
    """Since then."""
    language: str
    learned: bool = True
    """Whether it is known how our own sound arrives: then its levels alone tell what is ours."""
    unlike: bool = False
    """What arrives while we sound goes like nothing of ours (`OwnVoice.unlike`)."""
    heard: str = ""
    """The newest transcript of it, from its onset on; empty before the first, and where no word is certain."""
    guessed: str = ""
    """The same, with the words that are not certain."""
    heard_whole: bool = False
    """That transcript was made of all of it."""
    playing: tuple[str, ...] = ()
    """Our words that can be in that sound (`OwnVoice.words`)."""
    asked: str = ""
    """Our last sentence, if all but its end was heard."""
    afterwards: bool = False
    """It began when ours had sounded to its end: an "okay" then does not tell us to go on."""

    @property
    def goes_on(self) -> bool:
        return self.silent_ms < OVER_MS


def judge(doubt: Doubt) -> Verdict:
    """Whose sound it is, as far as can be told."""
    words = spoken_words(doubt.heard, doubt.language)
    if doubt.excess_db == -inf:
        return Verdict.OURS if doubt.learned else _by_words_alone(doubt, words)
    strange = strange_words(words, doubt.playing, doubt.language, ALIKE)
    heard = spoken_words(doubt.guessed or doubt.heard, doubt.language)
    guessed = strange_words(heard, doubt.playing, doubt.language, ALIKE)
    meant = content_words(guessed, doubt.language)  # of all of them: a certain "see" may belong to an "i see"
    lasting = doubt.goes_on and doubt.sounding_ms >= UNSURE_MS
    certain = frozenset(content_words(strange, doubt.language))
    if meant if lasting else not certain.isdisjoint(meant):
        return Verdict.CALLER
    if guessed and _answers(doubt):
        return Verdict.CALLER
    if not doubt.goes_on:
        return _over(doubt, strange)
    return Verdict.CALLER if doubt.sounding_ms >= LONG_MS else Verdict.UNSURE


def is_open(doubt: Doubt) -> bool:
    """Whether it had words that are not ours, and knowing how our own sound arrives would tell whose they are."""
    words = spoken_words(doubt.heard, doubt.language)
    strange = strange_words(words, doubt.playing, doubt.language, ALIKE)
    return not (doubt.learned or doubt.unlike) and bool(content_words(strange, doubt.language))


def _over(doubt: Doubt, strange: Sequence[str]) -> Verdict:
    if strange:
        return Verdict.BACKCHANNEL
    return Verdict.NOTHING if doubt.heard_whole else Verdict.UNSURE


def _answers(doubt: Doubt) -> bool:
    """Whether any word would be said to us."""
    return doubt.afterwards or is_answerable(doubt.asked, doubt.language)


def _by_words_alone(doubt: Doubt, words: Sequence[str]) -> Verdict:
    strange = strange_words(words, doubt.playing, doubt.language, ALIKE if doubt.unlike else VAGUELY_ALIKE)
    if doubt.unlike and strange and _answers(doubt):
        return Verdict.CALLER
    enough = len(strange) >= (1 if doubt.unlike else WORDS_ALONE) and 2 * len(strange) > len(words)
    return Verdict.CALLER if enough and not is_backchannel(" ".join(strange), doubt.language) else Verdict.OURS


def strange_words(words: Sequence[str], playing: Sequence[str], language: str, alike: float) -> list[str]:
    """Those of the words heard that cannot be one, or two in a row, of those we play."""
    ours = [each for text in playing for each in spoken_words(text, language)]
    sounding = frozenset((*ours, *(f"{a}{b}" for a, b in pairwise(ours))))
    strange = {word for word in set(words) - sounding if not _misheard(word, sounding, alike)}
    return [word for word in words if word in strange]


def _misheard(word: str, sounding: Iterable[str], alike: float) -> bool:
    matcher = SequenceMatcher(None, "", word, autojunk=False)
    for each in sounding:
        matcher.set_seq1(each)
        # Its bounds come first: this runs at every message of a sound in doubt.
        if all(bound() >= alike for bound in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)):
            return True
    return False
