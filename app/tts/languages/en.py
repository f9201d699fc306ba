"""What English says for numbers, prices, times, dates, units, abbreviations and symbols. Pure."""

from __future__ import annotations

import re
from functools import cached_property

from app.tts.languages.base import AT_START, RANGE, Language, is_sum, spaced
from app.tts.languages.en_words import ABBREVIATIONS, MONEY, MONTHS, SCALES, SYMBOLS, UNITS, URL_SIGNS
from app.tts.languages.money import money_rules
from app.tts.mapped import NEXT, Rule, rule

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_MONTH = "|".join(MONTHS)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_FRACTION = r"(\d{1,3})[/⁄](\d{1,3})(?![\d/⁄])"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?"
_HALF = r"(?:(?P<gap>\s)?(?P<half>[AaPp][Mm])\b)?"
_EACH = "(?:hour|hr|day|week|month|year|night|person|minute|piece|mile|km|kg)"
_TIMES = rule(r"(?<=\d)\s?[x×*]\s?(?=[$€£₺]?\d)", " times ")
_LEADS = "the|his|her|their|our|my|your|its|low|mid|high|late|early"
_PARTS = {"2": "half", "4": "quarter"}


class English(Language):
    """English as spoken in the United States: month before day, and "point" before decimals."""

    number = _NUMBER
    minus, plus, to = "minus", "plus", "to"
    powers = ("squared", "cubed", "to the power of")
    url_signs = URL_SIGNS
    readable_signs = ""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return (
            *self.abbreviation_rules(ABBREVIATIONS),
            rule(r"\bSt\.(?=\s[A-Z])", "Saint"),
            rule(r"\bSt\.", "Street"),
            rule(r"\b[Nn]os?\.(?=\s?\d)|#(?=\d)", "number "),
            *self.url_rules(),
            *self.power_rules(),
            rule(rf"(?<=\d)\s?/\s?(?={_EACH}\b)", " per "),
            *self._date_rules(),
            *self.phone_rules(),
            *self.sign_rules(),
            *self._time_rules(),
            _TIMES,
            *money_rules(self, MONEY, SCALES, joint=" and "),
            *self._fraction_rules(),
            *self._range_rules(),
            *self._ordinal_rules(),
            *self.unit_rules(UNITS),
            *self._number_rules(),
            *(rule(pattern, f" {said} ") for pattern, said in SYMBOLS),
        )

    def say(self, number: str) -> str:
        """ "1,250.5" -> "one thousand two hundred fifty point five"."""
        whole, _, fraction = number.replace(",", "").partition(".")
        return self.numerals.cardinal(whole) + (f" point {self.numerals.spelled(fraction)}" if fraction else "")

    def _date_rules(self) -> tuple[Rule, ...]:
        def date(year: str, month: str, day: str) -> str | None:
            if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
                return None
            spoken = self.numerals.year(year if len(year) == 4 else f"20{year}")
            return f"{MONTHS[int(month) - 1]} {self.numerals.ordinal(day)}, {spoken}"

        return (
            rule(AT_START + r"(\d{4})-(\d\d)-(\d\d)(?!\d)", lambda m: date(m[1], m[2], m[3])),
            rule(AT_START + r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", lambda m: date(m[3], m[2], m[1])),
            rule(
                AT_START + r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?![\d/])",
                lambda m: date(m[3], m[1], m[2]) or date(m[3], m[2], m[1]),
            ),
            rule(rf"\b({_MONTH})\s{_DAY}(?![\w:]|[.,]\d)", lambda m: f"{m[1]}{NEXT}{self.numerals.ordinal(m[2])}"),
            rule(rf"{AT_START}{_DAY}(?=\s(?:{_MONTH})\b)", lambda m: self.numerals.ordinal(m[1])),
        )

    def _time_rules(self) -> tuple[Rule, ...]:
        def clock(m: re.Match[str]) -> str | None:
            if int(m["hour"]) > 24:
                return None
            hour, minute = self.say(str(int(m["hour"]))), self.say(str(int(m["minute"])))
            half = f"{NEXT if m['gap'] else ' '}{m['half'].upper()}" if m["half"] else ""
            seconds = f" and {self.say(str(int(m['second'])))} seconds" if m["second"] else ""
            if m["minute"] == "00":
                return (f"{hour}{seconds}" if half else f"{hour} o'clock{seconds}") + half
            return f"{hour} {'oh ' if m['minute'][0] == '0' else ''}{minute}{seconds}{half}"

        return (
            rule(rf"{AT_START}{_CLOCK}{_HALF}(?![:\d])", clock),
            rule(
                rf"{AT_START}(\d{{1,2}})(\s)?([AaPp][Mm])\b",
                lambda m: f"{self.say(m[1])}{NEXT if m[2] else ' '}{m[3].upper()}",
            ),
        )

    def _fraction_rules(self) -> tuple[Rule, ...]:
        def part(top: str, bottom: str) -> str | None:
            if not (int(top) < int(bottom) and (2 <= int(bottom) <= 20 or bottom == "100")):
                return None
            noun = _PARTS.get(bottom) or self.numerals.ordinal(bottom)
            return f"{self.say(top)} {noun if top == '1' else f'{noun}s'}"

        def mixed(m: re.Match[str]) -> str | None:
            said = part(m[2], m[3])
            return said and f"{self.say(m[1])}{NEXT}and {'a half' if said == 'one half' else said}"

        return (
            rule(rf"{AT_START}(\d{{1,3}})\s{_FRACTION}", mixed),
            rule(rf"{AT_START}{_FRACTION}", lambda m: part(m[1], m[2])),
            rule(r"(?<=\d)\s?[/⁄]\s?(?=\d)", " over "),
        )

    def _range_rules(self) -> tuple[Rule, ...]:
        def say(m: re.Match[str]) -> str:
            low, high = (float(n.replace(",", "")) for n in (m[1], m[3]))
            joint = "minus" if is_sum(m) or (m[2] and low > high) else "to"
            return f"{self._plain(m[1])}{NEXT}{joint}{NEXT}" if m[2] else f"{self._plain(m[1])} {joint} "

        return (
            rule(rf"{AT_START}({_NUMBER})(?:{RANGE}|(\s){RANGE}\s)(?=({_NUMBER})(?![\d-]))", say),
            rule(r"(?<=\d):(?=\d)", " to "),
        )

    def _ordinal_rules(self) -> tuple[Rule, ...]:
        def decade(m: re.Match[str]) -> str:
            said = self.numerals.year(m["years"])
            return said[:-1] + "ies" if said.endswith("y") else f"{said}s"

        def led(m: re.Match[str]) -> str:
            return f"{m[1]}{'-' if m[2] == '-' else NEXT}{decade(m)}"

        return (
            rule(
                rf"(?<![\w.])({_NUMBER})(?:st|nd|rd|th)\b",
                lambda m: self.numerals.ordinal(m[1].replace(",", "").partition(".")[0]),
            ),
            rule(r"(?<![\w.'])(?P<years>(?:1\d|20)\d0)'?s\b", decade),
            rule(r"(?<![\w.])'(?P<years>\d0)s\b", decade),
            rule(rf"\b({_LEADS})(\s|-)(?P<years>[2-9]0)s\b", led, re.IGNORECASE),
        )

    def _number_rules(self) -> tuple[Rule, ...]:
        def chain(m: re.Match[str]) -> str:
            return spaced(m, " point ".join(map(self.numerals.cardinal, m[0].split("."))))

        return (
            rule(rf"(?<=\d){RANGE}(?=\d)", " "),
            rule(r"(?<!\d)\d+(?:\.\d+){2,}", chain),
            rule(_NUMBER, lambda m: spaced(m, self._plain(m[0]))),
        )

    def _plain(self, number: str) -> str:
        """A number without a unit: perhaps a year, perhaps a code of many digits."""
        if not number.isdecimal():
            return self.say(number)
        if len(number) == 4 and "1100" <= number < "2100" and number != "2000":
            return self.numerals.year(number)
        if len(number) >= 7 and not number.endswith("000"):
            return self.numerals.spelled(number)
        return self.numerals.cardinal(number)
