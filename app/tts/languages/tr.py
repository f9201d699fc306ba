"""What Turkish says for numbers, prices, times, dates, units, abbreviations and symbols. Pure."""

from __future__ import annotations

import re
from functools import cached_property

from app.tts.languages.base import AT_START, RANGE, Language, either, is_sum, spaced
from app.tts.languages.money import money_rules
from app.tts.languages.tr_words import (
    ABBREVIATIONS,
    COUNTED_NAMES,
    EACH,
    IN_PARTS,
    MONEY,
    MONTHS,
    SCALES,
    SYMBOLS,
    UNITS,
    URL_SIGNS,
)
from app.tts.mapped import NEXT, Rule, rule

_NUMBER = r"(?:\d{1,3}(?:\.\d{3})+(?!\d)|\d+)(?:,\d+)?"
_AMOUNT = r"(?:\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?)"
"""Beside a unit or currency a dot may stand for the comma: "12.50 TL"."""
_ORDINAL_END = r"(?:[ıiuü]nc[ıiuü]|nc[ıiuü])(?![^\W\d_])"
_FRACTION = r"(\d{1,3})[/⁄](\d{1,3})(?![\d/⁄])"
_BACK_VOWELS = str.maketrans("eiöü", "aıou")
"""Written "TL'ye" (te-le-ye), said "liraya"."""
_ROUND_VOWELS = str.maketrans("ıiüe", "uuua")
_PART = r"[.,](?!0+(?!\d))\d\d?"
"""Hundredths, so that the price ends in "kuruş"."""
_BARE_ORDINAL = r"(?<![\w.,])(\d{1,3})\.(?=[a-zçğıöşü]{2})(?!(?:[\w-]+\.)*(?:com|net|org|tr)\b)"
"""No space behind it, and no address: "3.kat"."""
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")


class Turkish(Language):
    """Turkish: comma before decimals, day before month, "yüzde" before the number, an ordinal's dot."""

    number = _AMOUNT
    minus, plus, to = "eksi", "artı", "ila"
    powers = ("kare", "küp", "üzeri")
    url_signs = URL_SIGNS
    readable_signs = ""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return (
            *self.abbreviation_rules(ABBREVIATIONS),
            rule(r"\b[Nn]o[.:](\s?)(\d{1,4})/(?=\d)", lambda m: f"numara{NEXT if m[1] else ' '}{m[2]} bölü "),
            rule(r"\b[Nn]o[.:](?=\s?\d)|#(?=\d)", "numara "),
            rule(_BARE_ORDINAL, lambda m: f"{self.numerals.ordinal(m[1])} "),
            *self.url_rules(),
            *self.power_rules(),
            rule(rf"(?<=[\dL₺])\s?/\s?({either(EACH)})(?![^\W\d_])", lambda m: f" {EACH[m[1]]}"),
            *self._date_rules(),
            *self.phone_rules(),
            *self.sign_rules(),
            rule(r"(?<=\d)\s?[x×*]\s?(?=[$€£₺]?\d)", " çarpı "),
            rule(rf"({_PART}\s?(?:TL|₺)|₺\s?\d[\d.]*{_PART})'([a-zçğıöşü]+)(?![^\W\d_])", _on_kurus),
            rule(r"(TL|\d\s?₺|₺\s?\d[\d.,]*)('[a-zçğıöşü]+)", _on_lira),
            *money_rules(self, MONEY, SCALES, joint=" "),
            *self._percent_rules(),
            *self._fraction_rules(),
            *self._range_rules(),
            *self.unit_rules(UNITS),
            *self._time_rules(),
            *self._number_rules(),
            *(rule(pattern, f" {said} ") for pattern, said in SYMBOLS),
            rule(r"(?<![^\W\d_])dört'(?=[aeıioöuü])", "dörd"),  # "4'e" is "dörde"
            rule(r"(?<=[^\W\d_])'(?=[^\W\d_])", ""),  # "on'da" is said as one word
        )

    def is_one(self, number: str) -> bool:
        return True  # Turkish nouns stay singular after any number

    def say(self, number: str) -> str:
        """ "1.250,5" -> "bin iki yüz elli virgül beş"; a dot before other than three digits is said."""
        whole, comma, fraction = number.partition(",")
        if _GROUPED.fullmatch(whole):
            whole = whole.replace(".", "")
        elif not comma:
            whole, _, fraction = number.partition(".")
        said = self.numerals.cardinal(whole)
        if not fraction:
            return said
        point = "virgül" if comma else "nokta"
        return f"{said} {point} {self._fraction(fraction)}"

    def _fraction(self, digits: str) -> str:
        return self.numerals.cardinal(digits) if len(digits) <= 2 else self.numerals.spelled(digits)

    def _date_rules(self) -> tuple[Rule, ...]:
        def date(year: str, month: str, day: str) -> str | None:
            if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
                return None
            full = year if len(year) == 4 else f"20{year}"
            return f"{self.say(str(int(day)))} {MONTHS[int(month) - 1]} {self.say(str(int(full)))}"

        return (
            rule(AT_START + r"(\d{4})-(\d\d)-(\d\d)(?!\d)", lambda m: date(m[1], m[2], m[3])),
            rule(AT_START + r"(\d{1,2})([./])(\d{1,2})\2(\d{4})(?!\d)", lambda m: date(m[4], m[3], m[1])),
            rule(AT_START + r"(\d{1,2})/(\d{1,2})/(\d\d)(?![\d/])", lambda m: date(m[3], m[2], m[1])),
        )

    def _percent_rules(self) -> tuple[Rule, ...]:
        def say(m: re.Match[str], gap: str) -> str:
            word = "yüzde" if "%" in m[0] else "binde"
            low = f"{self.say(m['low'])} ila " if m["low"] else ""
            return f"{word}{gap}{low}{self.say(m['high'])}"

        amount = rf"(?:(?P<low>{_AMOUNT}){RANGE})?(?P<high>{_AMOUNT})"
        return (
            rule(rf"(?<!\w)[%‰](\s)?{amount}", lambda m: say(m, NEXT if m[1] else " ")),
            rule(rf"(?<![\w.,]){amount}\s?[%‰]", lambda m: say(m, " ")),
        )

    def _fraction_rules(self) -> tuple[Rule, ...]:
        def part(top: str, bottom: str) -> str | None:
            if (top, bottom) == ("1", "2"):
                return "yarım"
            if (top, bottom) == ("1", "4"):
                return "çeyrek"
            return f"{IN_PARTS[bottom]} {self.say(top)}" if bottom in IN_PARTS and int(top) < int(bottom) else None

        def mixed(m: re.Match[str]) -> str | None:
            said = part(m[2], m[3])
            return said and f"{self.say(m[1])}{NEXT}{'buçuk' if said == 'yarım' else f'tam {said}'}"

        return (
            rule(rf"{AT_START}(\d{{1,3}})\s{_FRACTION}", mixed),
            rule(rf"{AT_START}{_FRACTION}", lambda m: part(m[1], m[2])),
            rule(r"(?<=\d)\s?[/⁄]\s?(?=\d)", " bölü "),
        )

    def _range_rules(self) -> tuple[Rule, ...]:
        def say(m: re.Match[str]) -> str:
            joint = "eksi" if is_sum(m) else "ila"
            return f"{self._plain(m[1])}{NEXT}{joint}{NEXT}" if m[2] else f"{self._plain(m[1])} {joint} "

        dash = rf"(?:{RANGE}|(\s){RANGE}\s)"
        return (
            rule(rf"(?<=\d[.:]\d\d)\s?{RANGE}\s?(?=\d{{1,2}}[.:]\d\d(?!\d))", " ila "),
            rule(rf"{AT_START}({_NUMBER}){dash}(?={_NUMBER}(?![\d-]))", say),
        )

    def _time_rules(self) -> tuple[Rule, ...]:
        def clock(m: re.Match[str]) -> str:
            hour, minute = self.say(str(int(m[1]))), m[2]
            if minute == "00":
                return hour
            low = f"{self.say('0')} " if minute[0] == "0" else ""
            return f"{hour} {low}{self.say(str(int(minute)))}"

        hour = r"(2[0-4]|[01]?\d)"
        return (
            rule(rf"{AT_START}{hour}:([0-5]\d)(?![:\d])", clock),
            rule(rf"{AT_START}{hour}\.([0-5]\d)(?![\d]|[.,:]\d)", clock),
            rule(r"(?<=\d):(?=\d)", " "),
        )

    def _number_rules(self) -> tuple[Rule, ...]:
        def chain(m: re.Match[str]) -> str:
            return spaced(m, " nokta ".join(map(self.numerals.cardinal, m[0].split("."))))

        def ordinal(m: re.Match[str]) -> str | None:
            ends = m.start() and m[2][0].isupper() and m[2] not in COUNTED_NAMES  # "numaranız 42. Afiyet olsun"
            return None if ends else self.numerals.ordinal(m[1])

        return (
            rule(rf"(?<=\d){RANGE}(?=\d)", " "),
            rule(rf"(?<![\w.,])(\d+)'?{_ORDINAL_END}", lambda m: self.numerals.ordinal(m[1])),
            rule(r"(?<![\w.,])(\d{1,3})\.(?=\s+([^\W\d_]+))", ordinal),
            rule(r"(?<!\d)(?!\d{1,3}(?:\.\d{3})+(?!\d))\d+(?:\.\d+){2,}", chain),
            rule(_AMOUNT, lambda m: spaced(m, self._plain(m[0]))),
        )

    def _plain(self, number: str) -> str:
        """A number without a unit: perhaps a code of many digits."""
        if number.isdecimal() and len(number) >= 7 and not number.endswith("000"):
            return self.numerals.spelled(number)
        return self.say(number)


def _on_lira(found: re.Match[str]) -> str:
    """ "100 ₺'ye" with the vowels of "liraya"."""
    return NEXT.join(found[1].split()) + found[2].translate(_BACK_VOWELS)


def _on_kurus(found: re.Match[str]) -> str:
    """ "12,50 TL'ye" with what follows "kuruş": "kuruşa", "kuruştan", "kuruştu"."""
    suffix = found[2].translate(_ROUND_VOWELS)
    if suffix[0] == "y" or (suffix[0] in "nş" and suffix[1:2] in ("u", "a")) or suffix.startswith("su"):
        suffix = suffix[1:]  # it kept two vowels apart
    hardened = f"t{suffix[1:]}" if suffix[:1] == "d" else suffix
    return f"{NEXT.join(found[1].split())}'{hardened}"
