"""What all languages share: numbers in words, and rules made from a language's tables. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from app.tts.languages.abbreviations import NEVER_LAST
from app.tts.mapped import NEXT, Rule, rule
from app.tts.numerals import Numerals

AT_START = r"(?<![\w.,:/-])"
"""Nothing before the number that could belong to it."""
RANGE = r"[-–—]"
ORDINAL_DOT = {
    "tr", "az", "de", "da", "nb", "nn", "no", "fi", "cs", "sk", "sl", "hr", "sr", "bs", "hu", "pl", "et", "lv",
    "is", "lb", "fo",
}  # fmt: skip
"""Languages in which "2." means "second"."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A noun after a number, and its hundredth if it is money."""

    one: str
    many: str
    part_one: str = ""
    part_many: str = ""
    before: str = ""
    """Said before the number: Turkish "saatte elli kilometre"."""


class Language:
    """Whole numbers only; a subclass adds what its speakers say for all the rest."""

    number = r"\d+"
    """Pattern of one number as this language writes it, grouped and with decimals; no groups of its own."""
    minus = ""
    plus = ""
    to = ""
    """Between the two ends of a range."""
    powers = ("", "", "")
    """Behind a number that is squared, that is cubed, and between it and another power."""
    url_signs: Mapping[str, str] = {}
    """Words for the signs in addresses."""
    readable_signs = "€$£¥%°+=&@/#-"
    """Signs without rules here, which the phonemiser reads in its own way."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.to = self.to or _TO.get(code, "")
        self.numerals = Numerals(code)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of the language, in the order in which they apply."""
        # What has a letter close behind it the phonemiser knows: "1er", "2e".
        whole = r"(?<![\d.,:/])\d{1,15}(?![.,:/]?\d|[a-zà-ÿ])"
        return (
            *self.abbreviation_rules(NEVER_LAST.get(self.code, {})),
            rule(r"(?<![\w.,:/+-])(?<!\d\s)[1-9]\d{0,2}(?: \d{3})+(?! ?\d)", _ungrouped),
            rule(r"(?<![\w.,:/+-])(\d+)(?:[-–]|(\s)[-–]\s)(?=(\d+)(?![\w:/-]|[.,]\d))", self._range),
            rule(whole, self._whole),
        )

    def _range(self, found: re.Match[str]) -> str | None:
        low, high = found[1], found[3]
        like_a_phone = max(len(low), len(high)) > 3 and len(low) != len(high)
        if like_a_phone or int(low) >= int(high) or is_sum(found):
            return None
        if not found[2]:
            return f"{low} {self.to} " if self.to else f"{low}, "
        return f"{low}{NEXT}{self.to or ','}{NEXT}"

    def _whole(self, found: re.Match[str]) -> str | None:
        if self.code in ORDINAL_DOT and _ORDINAL.match(found.string, found.end()):
            return None  # the phonemiser knows that "3. sınıf" is the third
        return spaced(found, self.say(found[0]))

    def say(self, number: str) -> str:
        """A number as written, in words."""
        return self.numerals.cardinal(number)

    def is_one(self, number: str) -> bool:
        """Whether the noun after the number is singular."""
        return number == "1"

    def abbreviation_rules(self, table: Mapping[str, str]) -> tuple[Rule, ...]:
        """Abbreviations as written -> words. One that ends the text with its dot keeps the dot."""

        def say(found: re.Match[str]) -> str:
            ends = found[0].endswith(".") and found.end() == len(found.string)
            return table[found[0]] + ("." if ends else "")

        return (rule(rf"(?<![\w.])(?:{either(table)})(?![\w@/])", say),) if table else ()

    def url_rules(self) -> tuple[Rule, ...]:
        """Web and mail addresses: host and a short path, their signs in words; scheme and query are not said."""

        def say(found: re.Match[str]) -> str:
            path = found["path"] or ""
            kept = found["host"] + (path if len(path) <= _MAX_PATH_CHARS else "")
            return "".join(f" {self.url_signs[c]} " if c in self.url_signs else c for c in kept)

        return (
            rule(_MAIL, say),
            rule(_URL, say, re.IGNORECASE),
            rule(_BARE_HOST, say),
            rule(r"(?<=[a-z0-9])\.(?=[a-z])", f" {self.url_signs['.']} "),
        )

    def phone_rules(self) -> tuple[Rule, ...]:
        """Telephone numbers, digit by digit, with a pause between the groups."""

        def say(found: re.Match[str]) -> str | None:
            if not 7 <= sum(c.isdigit() for c in found[0]) <= 15:
                return None
            words = [", ".join(map(self.numerals.spelled, re.findall(r"\d+", w))) for w in found[0].split()]
            return (f"{self.plus} " if found[0][0] == "+" else "") + f",{NEXT}".join(words)

        return tuple(rule(rf"{AT_START}{pattern}(?!\d|[-.,]\d)", say) for pattern in _PHONES)

    def unit_rules(self, units: Mapping[str, Counted]) -> tuple[Rule, ...]:
        """Number and unit."""

        def say(found: re.Match[str]) -> str:
            unit = units[found["unit"]]
            noun = unit.one if found["hyphen"] or self.is_one(found["number"]) else unit.many
            before = f"{unit.before} " if unit.before else ""
            return f"{before}{self.say(found['number'])}{NEXT if found['gap'] else ' '}{noun}"

        pattern = rf"(?<![\w.,])(?P<number>{self.number})(?P<gap>\s)?(?P<hyphen>-)?(?P<unit>{either(units)})(?!\w)"
        return (rule(pattern, say),)

    def power_rules(self) -> tuple[Rule, ...]:
        """ "5²", which comes as "5^2"."""
        square, cube, power = self.powers
        return (
            rule(r"(?<=\d)\^2(?!\d)", f" {square}"),
            rule(r"(?<=\d)\^3(?!\d)", f" {cube}"),
            rule(r"(?<=\d)\^(?=\d)", f" {power} "),
        )

    def sign_rules(self) -> tuple[Rule, ...]:
        """Signs of numbers, and dashes between two prices, times or percentages."""
        halves = r"(?<=\d[AaPp][Mm])|(?<=\d\s[AaPp][Mm])"
        ends = rf"(?:(?<=[%°€£$₺])|(?<=:\d\d)|{halves}|(?<=\dTL)|(?<=\d\sTL)|(?<=\d)(?=\s?{RANGE}\s?[€£$₺]))"
        return (
            rule(r"(?<![\w.])\.(?=\d)", "0."),
            rule(rf"{ends}\s?{RANGE}\s?(?=[€£$₺]?\d)", f" {self.to} "),
            rule(r"(?<![\w.,:)])[-−](?=\d)", f"{self.minus} "),
        )


def either(words: Mapping[str, object]) -> str:
    """A pattern that matches any of the keys, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def is_sum(found: re.Match[str]) -> bool:
    """Whether its dash is a minus: "12-5=7"."""
    return "=" in found.string[found.end() :][:_SUM_CHARS]


def _ungrouped(found: re.Match[str]) -> str | None:
    groups = found[0].split()
    return None if [len(group) for group in groups] == _LIKE_A_PHONE else "".join(groups)


def spaced(found: re.Match[str], said: str) -> str:
    """`said` with a space where the match touches a letter: "B12" is two words."""
    text = found.string
    before = " " if found.start() and text[found.start() - 1].isalpha() else ""
    after = " " if found.end() < len(text) and text[found.end()].isalpha() else ""
    return before + said + after


_TO = {"de": "bis", "fr": "à", "es": "a", "it": "a", "pt": "a", "nl": "tot", "ru": "до", "uk": "до", "pl": "do"}
_LIKE_A_PHONE = [3, 3, 3]
_ORDINAL = re.compile(r"\.\s+[^\W\d_A-ZÀ-ÖØ-Þ]")
"""A dot and a word that begins no sentence."""
_SUM_CHARS = 12
"""Within so many the equals sign follows."""
_MAX_PATH_CHARS = 24
"""Longer paths are not said; nobody remembers them."""
_TOP = "com|org|net|edu|gov|io|ai|app|dev|info|co|uk|de|fr|es|it|nl|tr|eu|us|ca|at|ch|me|tv|jp|cn|ru|in|br|au"
_HOST = r"(?:[\w-]+\.)+[^\W\d]{2,}"
_PATH = r"(?::\d+)?(?P<path>(?:/[\w.~%-]*\w)*)/?(?:[?#][\w=&%.;+/~-]*[\w=/])?"
_MAIL = r"(?<![\w.+-])(?P<host>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)(?P<path>)"
_URL = rf"(?:https?://|ftp://)(?:www\.)?(?P<host>localhost|[\d.]+\d|{_HOST}){_PATH}"
_BARE_HOST = rf"(?<![\w@.-])(?:www\.)?(?P<host>(?:[a-z0-9-]+\.)+(?:{_TOP}))(?!\w|\.\w){_PATH}"
_PHONES = (
    r"1-\d{3}-\d{3}-\d{4}",
    r"(?:0\s?)?\(\d{3}\)\s?\d{3}[ -]\d\d[ -]\d\d",
    r"444 (?:\d \d{3}|\d{3} \d)",
    r"0\d{3} \d{3} \d \d{3}",
    r"\+\d{1,3}(?:[ -]?\(?\d{2,4}\)?){2,5}",
    r"(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}",
    r"\(?0\d{2,4}\)?(?:[ -]\d{2,4}){1,4}",
    r"\d{3} \d{3} \d\d \d\d",
    r"\d{3}-\d{4}",
)
"""North American with its prefix, Turkish ones in three usual forms, international; North American; with a trunk zero;
Turkish; local."""
