"""Turkish: numbers, and suffixes by vowel harmony."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from app.bench.dialogue.menu import Item

_ONES = ("", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz")
_TENS = ("", "on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan")
_VOWELS = "aıoueiöü"
_HARMONY = {"a": "ı", "ı": "ı", "o": "u", "u": "u", "e": "i", "i": "i", "ö": "ü", "ü": "ü"}
"""The narrow vowel that follows each vowel."""
_SOFTENED = {"p": "b", "ç": "c", "k": "ğ"}
_IRREGULAR = {"su": "suy"}
"""Words that take a y where others take an n or nothing."""
_SERVED_IN = {
    "soğuk içecekler": ("bardak", "şişe"),
    "sıcak içecekler": ("fincan",),
    "çorbalar": ("kase", "tabak"),
    "tatlılar": ("porsiyon",),
    "kebaplar": ("porsiyon",),
    "yan ürünler": ("porsiyon", "tabak"),
}

_DRUNK = ("soğuk içecekler", "sıcak içecekler", "çorbalar")


def narrow(word: str) -> str:
    """The vowel of a suffix such as the accusative's after `word`: ı, i, u or ü."""
    return _HARMONY[next(letter for letter in reversed(word) if letter in _VOWELS)]


def wide(word: str) -> str:
    """The vowel of a suffix such as the dative's after `word`: a or e."""
    return "a" if narrow(word) in "ıu" else "e"


def accusative(name: str, *, compound: bool) -> str:
    """ "kolayı", "kebabı", "mercimek çorbasını"."""
    return _joint(name, "n" if compound else "y") + narrow(name)


def dative(name: str, *, compound: bool) -> str:
    """ "kolaya", "kebaba", "mercimek çorbasına"."""
    return _joint(name, "n" if compound else "y") + wide(name)


def genitive(name: str, *, compound: bool) -> str:
    """ "kolanın", "kebabın", "mercimek çorbasının"."""
    return f"{_joint(name, 'n')}{narrow(name)}n"


def locative(name: str, *, compound: bool) -> str:
    """ "kolada", "kebapta", "mercimek çorbasında"."""
    return f"{name}{'n' if compound else ''}{_d(name)}{wide(name)}"


def ablative(name: str, *, compound: bool) -> str:
    """ "koladan", "kebaptan", "mercimek çorbasından"."""
    return f"{locative(name, compound=compound)}n"


def _d(name: str) -> str:
    return "t" if name[-1] in "fstkçşhp" else "d"


def _joint(name: str, buffer: str) -> str:
    """`name` as it is before a suffix that begins with a vowel, with the letter between them."""
    last = name.rsplit(" ", 1)[-1]
    if last in _IRREGULAR:
        return name.removesuffix(last) + _IRREGULAR[last]
    if name[-1] in _VOWELS:
        return name + buffer
    syllables = sum(letter in _VOWELS for letter in last)
    return name[:-1] + _SOFTENED[name[-1]] if syllables > 1 and name[-1] in _SOFTENED else name


class Turkish:
    """See `Language`. Nothing has a plural after a number."""

    code = "tr"

    def number(self, value: int) -> str:
        if not 0 <= value < 100_000:
            raise ValueError(f"{value} is beyond what callers order")
        thousands, rest = divmod(value, 1000)
        parts = []
        if thousands:
            parts += [self.number(thousands)] * (thousands > 1) + ["bin"]
        if hundreds := rest // 100:
            parts += [_ONES[hundreds]] * (hundreds > 1) + ["yüz"]
        parts += [word for word in (_TENS[rest % 100 // 10], _ONES[rest % 10]) if word]
        return " ".join(parts) or "sıfır"

    def counted(self, item: Item, quantity: int) -> str:
        return f"{self.number(quantity)} {item.name}"

    def counted_more(self, item: Item, quantity: int) -> str:
        return f"{self.number(quantity)} {item.name} daha"

    def asked(self, item: Item, quantity: int, rng: random.Random) -> str:
        name = self._called(item, rng)
        if quantity == 1 and rng.random() < 0.2:
            return name
        number = str(quantity) if rng.random() < 0.05 else self.number(quantity)
        return f"{number} {self._measure(item, rng)}{name}"

    def more(self, item: Item, quantity: int, rng: random.Random) -> str:
        name, number = self._called(item, rng), self.number(quantity)
        return rng.choice((f"{number} {name} daha", f"{number} {name} daha", f"{number} tane daha {name}"))

    def joined(self, parts: Sequence[str]) -> str:
        *first, last = parts
        return f"{', '.join(first)} ve {last}" if first else last

    def strung(self, parts: Sequence[str], rng: random.Random) -> str:
        *first, last = parts
        between = rng.choice((" ", " ve ", " "))
        return f"{between.join(first)}{rng.choice((' ve ', ' ve ', ' bir de ', ' '))}{last}" if first else last

    def forms(self, item: Item, quantity: int) -> Mapping[str, str]:
        cases = {"acc": accusative, "dat": dative, "gen": genitive, "loc": locative, "abl": ablative}
        eat = "içebilir" if item.category in _DRUNK else "yiyebilir"
        inflected = {name: case(item.name, compound=item.compound) for name, case in cases.items()}
        return {"item": item.name, "plural": item.name, "the": inflected["acc"], "eat": eat, **inflected}

    def capital(self, text: str) -> str:
        return {"i": "İ", "ı": "I"}.get(text[:1], text[:1].upper()) + text[1:]

    def lower(self, text: str) -> str:
        return text.replace("İ", "i").replace("I", "ı").lower()

    def _called(self, item: Item, rng: random.Random) -> str:
        return rng.choice(item.also) if item.also and rng.random() < 0.12 else item.name

    def _measure(self, item: Item, rng: random.Random) -> str:
        chance = rng.random()
        if chance < 0.12:
            return "tane "
        return f"{rng.choice(_SERVED_IN[item.category])} " if chance < 0.2 and item.category in _SERVED_IN else ""
