"""Full-context labels: how HTS is told what to say, and with which prosody. Pure.

The format is festival's (hts.scm); an "accent" there is any pitch event, so the last syllable of a phrase has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.starter.voice.reading import Phone, Phrase, Syllable, Word

_TONES = {".": "L-L%", "!": "L-L%", ",": "L-H%", ";": "L-H%", ":": "L-L%", "?": "L-H%"}


@dataclass(frozen=True, slots=True)
class Label:
    """One segment: `phone` is None for a pause, which belongs to the mark at `place` (-1: the utterance's ends)."""

    text: str
    phone: Phone | None
    place: int


@dataclass(frozen=True, slots=True)
class _At:
    """A syllable with its whereabouts."""

    phrase: int
    word: int
    syllable: int
    """Within its phrase."""
    in_word: int
    value: Syllable


def labels(said: Sequence[Phrase]) -> list[Label]:
    """The segments of an utterance of at least one phrase, from its first pause to its last."""
    return _Utterance(said).labels()


class _Utterance:
    def __init__(self, said: Sequence[Phrase]) -> None:
        self.phrases = said
        self.syllables = list(_whereabouts(said))
        self.per_phrase = [[at for at in self.syllables if at.phrase == index] for index in range(len(said))]
        self.total = f"{len(self.syllables)}+{sum(len(phrase.words) for phrase in said)}-{len(said)}"

    def labels(self) -> list[Label]:
        segments = self._segments()
        names = ["x", "x", *("pau" if phone is None else phone.name for phone, *_ in segments), "x", "x"]
        found = []
        for index, (phone, place, rest) in enumerate(segments):
            p2, p1, name, n1, n2 = names[index : index + 5]
            found.append(Label(f"{p2}^{p1}-{name}+{n1}={n2}{rest}/J:{self.total}", phone, place))
        return found

    def _segments(self) -> list[tuple[Phone | None, int, str]]:
        found: list[tuple[Phone | None, int, str]] = [(None, -1, self._pause(0))]
        done = 0
        for index, phrase in enumerate(self.phrases):
            for at in self.per_phrase[index]:
                phones = at.value.phones
                rest = self._sounding(done, at)
                found += [(p, -1, f"@{i + 1}_{len(phones) - i}{rest}") for i, p in enumerate(phones)]
                done += 1
            found.append((None, phrase.mark, self._pause(done)))
        return found

    def _sounding(self, index: int, at: _At) -> str:
        around = self._syllable(index - 1, "_"), self._syllable(index + 1, "+")
        word, word_before, word_after = self._words(at)
        here = self.per_phrase[at.phrase]
        size, count = len(here), len(self.phrases[at.phrase].words)
        stress = _counts([each.value.stress > 0 for each in here], at.syllable)
        accent = _counts([_accented(here, place) for place in range(size)], at.syllable)
        content = _counts([each.part == "content" for each in self.phrases[at.phrase].words], at.word)
        value = at.value
        return (
            f"/A:{around[0]}/B:{value.stress}-{int(_accented(here, at.syllable))}-{len(value.phones)}"
            f"@{at.in_word + 1}-{len(word.syllables) - at.in_word}&{at.syllable + 1}-{size - at.syllable}"
            f"#{stress.before + 1}-{stress.after + 1}${accent.before + 1}-{accent.after + 1}"
            f"!{stress.since}-{stress.until};{accent.since}-{accent.until}|{value.vowel}/C:{around[1]}"
            f"/D:{word_before}/E:{word.part}+{len(word.syllables)}@{at.word + 1}+{count - at.word}"
            f"&{content.before}+{content.after}#{content.since}+{content.until}/F:{word_after}"
            f"/G:{self._phrase(at.phrase - 1, '_')}/H:{size}={count}@{at.phrase + 1}={len(self.phrases) - at.phrase}"
            f"|{_TONES.get(self.phrases[at.phrase].ends, 'L-L%')}/I:{self._phrase(at.phrase + 1, '=')}"
        )

    def _pause(self, index: int) -> str:
        """A pause before the syllable `index`."""
        before = self.syllables[index - 1] if index else None
        after = self.syllables[index] if index < len(self.syllables) else None
        phrase = before.phrase if before else 0
        return (
            f"@x_x/A:{self._syllable(index - 1, '_')}/B:x-x-x@x-x&x-x#x-x$x-x!x-x;x-x|x/C:{self._syllable(index, '+')}"
            f"/D:{self._word_of(before)}/E:x+x@x+x&x+x#x+x/F:{self._word_of(after)}"
            f"/G:{self._phrase(before.phrase if before else -1, '_')}"
            f"/H:x=x@{phrase + 1}={len(self.phrases) - phrase}|0/I:{self._phrase(after.phrase if after else -1, '=')}"
        )

    def _syllable(self, index: int, join: str) -> str:
        if not 0 <= index < len(self.syllables):
            return join.join("000")
        at = self.syllables[index]
        here = self.per_phrase[at.phrase]
        return join.join(map(str, (at.value.stress, int(_accented(here, at.syllable)), len(at.value.phones))))

    def _words(self, at: _At) -> tuple[Word, str, str]:
        index = self.syllables.index(at)
        first = index - at.in_word
        word = self.phrases[at.phrase].words[at.word]
        last = first + len(word.syllables)
        before = self.syllables[first - 1] if first else None
        after = self.syllables[last] if last < len(self.syllables) else None
        return word, self._word_of(before), self._word_of(after)

    def _word_of(self, at: _At | None) -> str:
        if at is None:
            return "0_0"
        word = self.phrases[at.phrase].words[at.word]
        return f"{word.part}_{len(word.syllables)}"

    def _phrase(self, index: int, join: str) -> str:
        if not 0 <= index < len(self.phrases):
            return join.join("00")
        return f"{len(self.per_phrase[index])}{join}{len(self.phrases[index].words)}"


@dataclass(frozen=True, slots=True)
class _Counts:
    """Marked ones before and after a place, and the steps since the last and until the next (0: none)."""

    before: int
    after: int
    since: int
    until: int


def _counts(marked: Sequence[bool], place: int) -> _Counts:
    before = [at for at in range(place) if marked[at]]
    after = [at for at in range(place + 1, len(marked)) if marked[at]]
    return _Counts(len(before), len(after), place - before[-1] if before else 0, after[0] - place if after else 0)


def _accented(here: Sequence[_At], place: int) -> bool:
    return here[place].value.accent or place == len(here) - 1


def _whereabouts(said: Sequence[Phrase]) -> list[_At]:
    found = []
    for number, phrase in enumerate(said):
        place = 0
        for index, word in enumerate(phrase.words):
            for in_word, syllable in enumerate(word.syllables):
                found.append(_At(number, index, place, in_word, syllable))
                place += 1
    return found
