"""What German says for ordinals, beside what all languages share. Pure."""

from __future__ import annotations

import re
from functools import cached_property

from app.tts.languages.base import Language
from app.tts.mapped import Rule, rule

_MONTHS = "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_NOUNS = "Stock|Etage|Klasse|Platz|Gang|Tag|Woche|Mal|Teil|Kapitel|Lektion|Person"
_WEAK = re.compile(r"\b(?:der|die|das)\s+", re.IGNORECASE)
"""After these an ordinal ends in -e, after other words in -en: "der dritte Mai", "am dritten Mai"."""


class German(Language):
    """German: the phonemiser takes a number's dot for the end of a sentence where a capital follows."""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        return (
            rule(rf"(?<![\w.,:/-])(\d{{1,2}})\.(?=\s(?:{_MONTHS}|{_NOUNS})\b)", self._ordinal),
            rule(r"(?<=[a-zäöü])str\.(?=\s\d)", "straße"),
            *super().rules,
        )

    def _ordinal(self, found: re.Match[str]) -> str:
        said = self.numerals.ordinal(found[1])
        before = found.string[: found.start()].split()[-1:]
        return said if before and _WEAK.fullmatch(f"{before[0]} ") else f"{said}n"
