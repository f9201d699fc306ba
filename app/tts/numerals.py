"""Numbers in words, by the rules of Unicode CLDR (rule-based number format). Pure.

Rules: https://cldr.unicode.org, through the package unicode-rbnf.
"""

from __future__ import annotations

from unicode_rbnf import FormatPurpose, RbnfEngine
from unicode_rbnf.engine import RbnfError

MAX_DIGITS = 15
"""Longer numbers are said digit by digit; past 10^15 some languages' rules write digits."""


class Numerals:
    """One language's number words."""

    def __init__(self, code: str) -> None:
        """`code` is an ISO 639-1 code; of a language without rules, numbers stay digits."""
        try:
            self._engine: RbnfEngine | None = RbnfEngine.for_language(code)
        except ValueError:
            self._engine = None

    def cardinal(self, digits: str) -> str:
        """ "21" -> "twenty one"; digit by digit with a leading zero or more than `MAX_DIGITS` digits."""
        if len(digits) > MAX_DIGITS or (len(digits) > 1 and digits[0] == "0"):
            return self.spelled(digits)
        return self._say(digits, FormatPurpose.CARDINAL)

    def ordinal(self, digits: str) -> str:
        """ "21" -> "twenty first"."""
        return self._say(digits, FormatPurpose.ORDINAL) if len(digits) <= MAX_DIGITS else self.spelled(digits)

    def year(self, digits: str) -> str:
        """ "1984" -> "nineteen eighty four"."""
        return self._say(digits, FormatPurpose.YEAR)

    def spelled(self, digits: str) -> str:
        """ "205" -> "two zero five"."""
        return " ".join(self._say(digit, FormatPurpose.CARDINAL) for digit in digits)

    def _say(self, digits: str, purpose: FormatPurpose) -> str:
        if self._engine is None:
            return digits
        try:
            return self._engine.format_number(int(digits), purpose).text.replace("-", " ")
        except (RbnfError, ValueError):  # a gap in this language's rules
            return digits
