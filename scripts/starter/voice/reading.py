"""espeak's phonemes as phrases, words, syllables and phones of a teacher's set. Pure.

A unit is what becomes whole phones: "aɪ" is `ay`, "n̩" is `ax n`. It remembers where its letters stand, so that the
frames of its phones can be handed back to the phonemes that Piper will ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

PRIMARY, SECONDARY = "ˈ", "ˌ"
BREAKS = frozenset(",;:.?!")
SILENT = frozenset("ˈˌːʲ'̩")
"""They change how a neighbour sounds and take no time of their own."""
_MARKS = frozenset("ˈˌʲ")
"""The spelling of a word without them says which word it is ("ðɪʲ" is "the" before a vowel)."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a language's phonemes are in the teacher's phones."""

    pairs: Mapping[str, str]
    """Two phonemes that make one unit, and its phones, separated by spaces."""
    letters: Mapping[str, str]
    lone: frozenset[str]
    """Pairs of which only the first phoneme has frames."""
    vowels: frozenset[str]
    """Phones that make a syllable."""
    weak: str
    """The vowel that is never stressed."""
    onsets: str
    """Clusters that begin a syllable, between bars."""
    classes: Mapping[str, str]
    """Words without stress by their spelling, and their closed class."""
    article: str
    """A word that espeak joins to the one before it."""


@dataclass(frozen=True, slots=True)
class Phone:
    """`name` in the CMU set; `letters` are the places of the phonemes that share its unit's frames."""

    name: str
    letters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Syllable:
    """`stress` 0 or 1; `accent` where the pitch moves; `vowel` is "novowel", as festival says, where there is none."""

    phones: tuple[Phone, ...]
    stress: int
    accent: bool
    vowel: str


@dataclass(frozen=True, slots=True)
class Word:
    """`part` is festival's guess at the part of speech: a closed class or "content"."""

    syllables: tuple[Syllable, ...]
    part: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands between two pauses; `mark` is the place of the punctuation that ends it, -1 for none."""

    words: tuple[Word, ...]
    ends: str
    mark: int


def phrases(phonemes: Sequence[str], inventory: Inventory) -> tuple[Phrase, ...]:
    """The phrases of a sentence of espeak's phonemes, one character each as Piper gives them.

    Raises:
        ValueError: a phoneme is not of the inventory.
    """
    reader = _Reader(phonemes, inventory)
    found, words, start = list[Phrase](), list[Word](), 0
    for at, phoneme in enumerate([*phonemes, "."]):
        if phoneme != " " and phoneme not in BREAKS:
            continue
        words += [reader.word(*piece) for piece in reader.pieces(start, at)]
        if words and phoneme in BREAKS:
            found.append(Phrase(tuple(words), phoneme, at if at < len(phonemes) else -1))
            words = []
        start = at + 1
    return tuple(found)


class _Reader:
    def __init__(self, phonemes: Sequence[str], inventory: Inventory) -> None:
        self.phonemes = phonemes
        self.inventory = inventory

    def pieces(self, start: int, end: int) -> list[tuple[int, int]]:
        """The words in a group: espeak joins unstressed ones ("ɪnðə")."""
        group, article = "".join(self.phonemes[start:end]), self.inventory.article
        if article and group.endswith(article) and group != article and PRIMARY not in group:
            return [(start, end - len(article)), (end - len(article), end)]
        return [(start, end)] if any(letter not in SILENT for letter in group) else []

    def word(self, start: int, end: int) -> Word:
        letters = self.phonemes[start:end]
        spelling = "".join(letter for letter in letters if letter not in _MARKS)
        part = "content" if PRIMARY in letters else self.inventory.classes.get(spelling, "content")
        stressed = self._phones(start, end)
        groups = self._split([phone.name for phone, _ in stressed])
        alone = len(groups) == 1 and all(phone.name != self.inventory.weak for phone, _ in stressed)
        return Word(tuple(self._syllable(stressed[first:last], alone) for first, last in groups), part)

    def _syllable(self, stressed: Sequence[tuple[Phone, str]], alone: bool) -> Syllable:
        """A word of one full syllable is stressed in the CMU dictionary, whatever espeak says."""
        marks = {mark for _, mark in stressed} - {""}
        phones = tuple(phone for phone, _ in stressed)
        vowel = next((phone.name for phone in phones if phone.name in self.inventory.vowels), "novowel")
        return Syllable(phones, int(alone or bool(marks)), PRIMARY in marks, vowel)

    def _phones(self, start: int, end: int) -> list[tuple[Phone, str]]:
        """The phones, and at each vowel the stress mark before it (espeak writes it there, not before the onset)."""
        found, mark, at = list[tuple[Phone, str]](), "", start
        while at < end:
            letter = self.phonemes[at]
            pair = "".join(self.phonemes[at : min(at + 2, end)])
            mark = letter if letter in (PRIMARY, SECONDARY) else mark
            known = self.inventory.pairs.get(pair)
            size = 1 if known is None else 2
            names = known or self.inventory.letters.get(letter, "")
            if not names and letter not in SILENT:
                raise ValueError(f"{letter!r} is no phoneme of this language")
            sounding = tuple(range(at, at + size)) if pair not in self.inventory.lone else (at,)
            for name in names.split():
                vowel = name in self.inventory.vowels
                found.append((Phone(name, sounding), mark if vowel else ""))
                mark = "" if vowel else mark
            at += size
        return found

    def _split(self, names: Sequence[str]) -> list[tuple[int, int]]:
        """Syllables, with the longest onset that the language allows."""
        vowels = [at for at, name in enumerate(names) if name in self.inventory.vowels]
        starts = [0]
        for last, vowel in pairwise(vowels):
            onsets = (at for at in range(last + 1, vowel) if f"|{' '.join(names[at:vowel])}|" in self.inventory.onsets)
            starts.append(next(onsets, vowel))
        return list(zip(starts, [*starts[1:], len(names)], strict=True))
