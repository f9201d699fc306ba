"""Turkish words as templates need them: nouns in their cases, verbs in their tenses and persons. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from app.bench.dialogue import turkish
from app.bench.dialogue.turkish import narrow, wide
from app.bench.texts.grammar import Choices

PERSONS = (1, 2, 3, 4, 5, 6)
"""ben, sen, o, biz, siz, onlar."""
_VOWELS = "aıoueiöü"
_HARD = "fstkçşhp"
_LAST_SLOT = re.compile(r"\{(\w+)\}$")


@dataclass(frozen=True, slots=True)
class Words:
    """What the sound of a word does not tell."""

    compound: Collection[str]
    """Last words of names that end with a possessive suffix: "çorbası"."""
    stems: Mapping[str, str]
    """What stands for a word before a suffix that begins with a vowel, where it is not the usual: "simit", "simid"."""

    def noun(self, name: str, case: str) -> str:
        """`name` in a case of `CASES`. Raises `KeyError` for others."""
        return CASES[case](self, name)

    def ends(self, name: str) -> bool:
        """Whether `name` ends with a possessive suffix."""
        return name.rsplit(" ", 1)[-1] in self.compound

    def stem(self, name: str) -> str | None:
        """What stands before a vowel, if it is not the usual."""
        first, last = ("", name) if " " not in name else name.rsplit(" ", 1)
        return f"{first} {self.stems[last]}".strip() if last in self.stems else None


def _accusative(words: Words, name: str) -> str:
    stem = words.stem(name)
    return stem + narrow(stem) if stem else turkish.accusative(name, compound=words.ends(name))


def _dative(words: Words, name: str) -> str:
    stem = words.stem(name)
    return stem + wide(stem) if stem else turkish.dative(name, compound=words.ends(name))


def _genitive(words: Words, name: str) -> str:
    stem = words.stem(name)
    return f"{stem}{narrow(stem)}n" if stem else turkish.genitive(name, compound=words.ends(name))


def _mine(words: Words, name: str) -> str:
    """ "arabam", "kitabım"."""
    return name + "m" if name[-1] in _VOWELS else _accusative(words, name) + "m"


def _proper(name: str, suffix: str) -> str:
    """A name of a person or a place never changes: "zeynep'i"."""
    ends = name[-1] in _VOWELS
    d = "t" if name[-1] in _HARD else "d"
    joint, genitive = ("y", "n") if ends else ("", "")
    letters = {"I": narrow(name), "A": wide(name), "Y": joint, "N": genitive, "D": d}
    return f"{name}'{''.join(letters.get(letter, letter) for letter in suffix)}"


CASES: Mapping[str, Callable[[Words, str], str]] = {
    "acc": _accusative,
    "dat": _dative,
    "gen": _genitive,
    "loc": lambda words, name: turkish.locative(name, compound=words.ends(name)),
    "abl": lambda words, name: turkish.ablative(name, compound=words.ends(name)),
    "ile": lambda words, name: f"{name}{'y' * (name[-1] in _VOWELS)}l{wide(name)}",
    "li": lambda words, name: f"{name}l{narrow(name)}",
    "siz": lambda words, name: f"{name}s{narrow(name)}z",
    "pl": lambda words, name: f"{name}l{wide(name)}r",
    "mi": lambda words, name: f"{name} m{narrow(name)}",
    "my": _mine,
    "p_acc": lambda words, name: _proper(name, "YI"),
    "p_dat": lambda words, name: _proper(name, "YA"),
    "p_gen": lambda words, name: _proper(name, "NIn"),
    "p_loc": lambda words, name: _proper(name, "DA"),
    "p_abl": lambda words, name: _proper(name, "DAn"),
    "p_ile": lambda words, name: _proper(name, "YlA"),
}
"""p_: of proper names, behind an apostrophe. The verb "to be" is `being`."""

_COPULA = ("Im", "sIn", "", "Iz", "sInIz", "lAr")
_SHORT = ("m", "n", "", "k", "nIz", "lAr")
_NOT_OFTEN = ("m", "zsIn", "z", "yIz", "zsInIz", "zlAr")
_ASKED = ("yIm", "sIn", "", "yIz", "sInIz")


def _with(word: str, suffix: str) -> str:
    """`suffix` with its I and A in harmony, letter by letter."""
    for letter in suffix:
        word += narrow(word) if letter == "I" else wide(word) if letter == "A" else letter
    return word


def being(word: str, person: int) -> str:
    """ "yorgunum", "hastayım", "öğretmensiniz"."""
    return _ended(word, _COPULA[person - 1])


def _ended(word: str, ending: str) -> str:
    """With a y between two vowels."""
    return _with(word, f"{'y' * (word[-1] in _VOWELS and ending.startswith('I'))}{ending}")


def _asked(word: str, person: int) -> str:
    """ "yorgun musun", "gelecek misiniz"."""
    return _with(word, f" mI{_ASKED[person - 1]}")


def _open(stem: str) -> str:
    """A verb before a suffix that begins with a vowel: "gid", "okuy", "yiy"."""
    if stem in ("ye", "de"):
        return f"{stem[0]}iy"
    if stem[-1] in _VOWELS:
        return f"{stem}y"
    return f"{stem[:-1]}d" if stem.rsplit(" ", 1)[-1] in ("git", "et") else stem


def _now(stem: str) -> str:
    if stem in ("ye", "de"):
        return f"{stem[0]}iyor"
    return _with(stem[:-1] if stem[-1] in _VOWELS else _open(stem), "Iyor")


def _often(stem: str) -> str:
    """The aorist; -ır after one syllable is listed in every grammar."""
    last = stem.rsplit(" ", 1)[-1]
    if stem[-1] in _VOWELS:
        return f"{stem}r"
    single = sum(letter in _VOWELS for letter in last) == 1
    listed = last in ("al", "bil", "bul", "dur", "gel", "gör", "kal", "ol", "öl", "san", "var", "ver", "vur")
    return _with(_open(stem), "Ir" if listed or not single else "Ar")


def _d(stem: str) -> str:
    return "t" if stem[-1] in _HARD else "d"


_BASES: Mapping[str, tuple[Callable[[str], str], tuple[str, ...]]] = {
    "past": (lambda stem: _with(stem, f"{_d(stem)}I"), _SHORT),
    "pastn": (lambda stem: _with(stem, "mAdI"), _SHORT),
    "now": (_now, _COPULA),
    "nown": (lambda stem: _with(stem, "mIyor"), _COPULA),
    "will": (lambda stem: _with(_open(stem), "AcAk"), _COPULA),
    "willn": (lambda stem: _with(stem, "mAyAcAk"), _COPULA),
    "often": (_often, _COPULA),
    "oftenn": (lambda stem: _with(stem, "mA"), _NOT_OFTEN),
    "said": (lambda stem: _with(stem, "mIş"), _COPULA),
    "can": (lambda stem: _with(_open(stem), "Abilir"), _COPULA),
    "must": (lambda stem: _with(stem, "mAlI"), _COPULA),
    "if": (lambda stem: _with(stem, "sA"), _SHORT),
}
"""Tenses with their third person and the endings of all; n at the end denies."""
_QUESTIONS = ("past", "now", "will", "often", "can")
_WHOLE: Mapping[str, Callable[[str], str]] = {
    "to": lambda stem: _with(stem, "mAk"),
    "lets": lambda stem: _with(_open(stem), "AlIm"),
    "before": lambda stem: _with(stem, "mAdAn önce"),
    "after": lambda stem: _with(stem, f"{_d(stem)}IktAn sonra"),
    "when": lambda stem: _with(_open(stem), "IncA"),
}
"""Forms without a person: "gitmek", "gidelim", "gitmeden önce", "gittikten sonra", "gidince"."""


def _finite(stem: str, tense: str, person: int) -> str:
    base, endings = _BASES[tense]
    third, ending = base(stem), endings[person - 1]
    if tense in ("will", "willn") and ending.startswith("I"):
        third = f"{third[:-1]}ğ"
    return _ended(third, ending)


def _question(stem: str, tense: str, person: int) -> str:
    if tense == "past" or person == PERSONS[-1]:
        return _asked(_finite(stem, tense, person), 3)
    return _asked(_finite(stem, tense, 3), person)


def conjugated(stem: str) -> dict[str, str]:
    """All forms of a verb: "past_1", "nown_3", "pastq_2" (a question), "to"."""
    forms = {f"{tense}_{person}": _finite(stem, tense, person) for tense in _BASES for person in PERSONS}
    asked = {f"{tense}q_{person}": _question(stem, tense, person) for tense in _QUESTIONS for person in PERSONS}
    return {**forms, **asked, **{name: make(stem) for name, make in _WHOLE.items()}}


def grown(raw: Mapping[str, Any], slots: Mapping[str, Choices]) -> dict[str, Choices]:
    """The slots that `raw` asks for in [cases], being, [verbs] and [done], made of `slots`.

    Raises:
        KeyError: there is no such slot or case.
    """
    words = Words(frozenset(raw["compound"]), raw["stems"])
    made = dict[str, Choices]()
    for name, cases in raw["cases"].items():
        made.update({f"{name}_{case}": _in_case(slots[name], case, words) for case in cases})
    for name in raw["being"]:
        for person in PERSONS:
            made[f"{name}_{person}"] = _each(slots[name], partial(being, person=person))
        for person in PERSONS[:-1]:
            made[f"{name}q_{person}"] = _each(slots[name], partial(_asked, person=person))
    verbs = {name: Choices.of(stems) for name, stems in raw["verbs"].items()}
    return {**made, **_conjugated(verbs), **_done(raw["done"], verbs)}


def _each(choices: Choices, change: Callable[[str], str]) -> Choices:
    return replace(choices, texts=tuple(change(text) for text in choices.texts))


def _in_case(choices: Choices, case: str, words: Words) -> Choices:
    def changed(text: str) -> str:
        if _LAST_SLOT.search(text):
            return f"{text[:-1]}_{case}}}"
        return words.noun(text, case)

    return _each(choices, changed)


def _conjugated(verbs: Mapping[str, Choices]) -> dict[str, Choices]:
    """Each list of verbs in all forms: "acc_past_1"."""
    made = dict[str, Choices]()
    for name, choices in verbs.items():
        forms = [conjugated(stem) for stem in choices.texts]
        for form in forms[0]:
            made[f"{name}_{form}"] = replace(choices, texts=tuple(each[form] for each in forms))
    return made


def _done(done: Mapping[str, list[str]], verbs: Mapping[str, Choices]) -> dict[str, Choices]:
    """What people do in all forms: "do_past_1", whose lines end with "{acc_past_1}"."""
    verb = re.compile(rf"\{{({'|'.join(verbs)})\}}")
    return {
        f"{name}_{form}": Choices.of(verb.sub(rf"{{\1_{form}}}", line) for line in lines)
        for name, lines in done.items()
        for form in conjugated("gel")
    }
