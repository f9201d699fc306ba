"""What our ears made of what callers said, as a channel that says it again of other sentences. Pure."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LONGEST = 3
"""Words that are misheard together; of more nothing is learned."""
DOUBT = 2.0
"""So many more times than it was said a phrase counts as heard well: what was misheard once is not always misheard."""

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Faults:
    """Phrases of up to LONGEST words, how often each was said, and what was heard instead."""

    said: dict[Words, int]
    heard: dict[Words, dict[Words, int]]
    flawless: float
    """Share of the sentences without any fault; in the others they come together."""

    def sentence(self, text: str, rng: random.Random) -> str:
        """`text`, in small letters without punctuation, as the ears might hear it; something is always left."""
        words = text.split()
        if not self.heard or rng.random() < self.flawless:
            return text
        return " ".join(self._words(words, rng)) or text

    def _words(self, words: Sequence[str], rng: random.Random) -> Iterator[str]:
        at = 0
        while at < len(words):
            phrase = self._misheard(words, at, rng)
            yield from self._instead(phrase, rng) if phrase else words[at : at + 1]
            at += max(1, len(phrase))

    def _misheard(self, words: Sequence[str], at: int, rng: random.Random) -> Words:
        """The phrase there that is misheard this time; empty where none is."""
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            phrase = tuple(words[at : at + length])
            if phrase in self.heard and rng.random() < self._rate(phrase):
                return phrase
        return ()

    def _rate(self, phrase: Words) -> float:
        wrong = sum(self.heard[phrase].values())
        return min(1.0, wrong / (self.said[phrase] + DOUBT) / max(0.05, 1 - self.flawless))

    def _instead(self, phrase: Words, rng: random.Random) -> Words:
        heard = self.heard[phrase]
        return rng.choices(list(heard), list(heard.values()))[0]


def learned(pairs: Iterable[tuple[str, str]]) -> Faults:
    """From sentences that were said, and what was heard of each."""
    said, heard = Counter[Words](), defaultdict[Words, Counter[Words]](Counter)
    flawless, count = 0, 0
    for text, other in pairs:
        words, others = text.split(), other.split()
        said.update(_phrases(words))
        flawless, count = flawless + (words == others), count + 1
        for phrase, instead in _faults(words, others):
            heard[phrase][instead] += 1
    kept = {phrase: said[phrase] for phrase in heard}
    return Faults(kept, {phrase: dict(found) for phrase, found in heard.items()}, flawless / max(1, count))


def _phrases(words: Sequence[str]) -> Iterator[Words]:
    for length in range(1, LONGEST + 1):
        for at in range(len(words) - length + 1):
            yield tuple(words[at : at + length])


def _faults(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[Words, Words]]:
    """Phrases and what was heard instead; what was added belongs to the word before it, or to the one behind."""
    for kind, first, last, start, end in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind == "equal" or not words:
            continue
        begin, finish = first, last
        if kind == "insert":
            begin = max(0, first - 1)
            finish = begin + 1
        if finish - begin <= LONGEST:
            before, behind = words[begin:first], words[last:finish]
            yield tuple(words[begin:finish]), (*before, *others[start:end], *behind)
