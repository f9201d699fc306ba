"""Prices, in any language that has a table of its currencies. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.tts.languages.base import RANGE, Counted, Language, either
from app.tts.mapped import NEXT, Rule, rule

_HUNDREDTHS = re.compile(r"(.*)[.,](\d{1,2})")


def money_rules(
    language: Language, money: Mapping[str, Counted], scales: Mapping[str, str], joint: str
) -> tuple[Rule, ...]:
    """Rules for amounts with the currency's sign or code before or behind them, and for a sign alone.

    `scales` are the words and letters for thousands and millions; `joint` stands between the whole and its
    hundredths.
    """
    number = language.number
    scale = rf"(?:(?P<scale_gap>\s(?=\w\w))?(?P<scale>{either(scales)})(?!\w))?"
    amount = rf"(?P<low>{number})(?:{RANGE}(?P<high>{number}))?{scale}"
    minus = r"(?P<minus>(?<!\w)[-−])?"
    sign = rf"(?P<sign>{either(money)})"
    taken = rf"(?<=\d\s)(?:{either(money)})\s"  # "3 TL 50 kuruş": the sign of the number before it
    alone = {s: c.many for s, c in money.items() if not s.isalpha() or s == "TL"}

    def say(found: re.Match[str]) -> str:
        counted = money[found["sign"]]
        leads = found.start("sign") < found.start("low")
        first = (f"{language.minus} " if found["minus"] else "") + (NEXT if leads and found["gap"] else "")
        after = NEXT if found["gap"] and not leads else " "
        low = f"{language.say(found['low'])} {language.to} " if found["high"] else ""
        last = found["high"] or found["low"]
        if found["scale"]:
            scaled = (NEXT if found["scale_gap"] else " ") + scales[found["scale"]]
            return f"{first}{low}{language.say(last)}{scaled}{after}{counted.many}"
        return f"{first}{low}{_amount(language, last, counted, after, joint)}"

    return (
        rule(rf"{minus}(?<!\w)(?!{taken}){sign}(?P<gap>\s)?{amount}(?!\d)", say),
        rule(rf"{minus}(?<![\w.,]){amount}(?P<gap>\s)?{sign}(?!\w)", say),
        rule(rf"(?<!\w)(?:{either(alone)})(?!\w)", lambda m: alone[m[0]]),
    )


def _amount(language: Language, number: str, counted: Counted, after: str, joint: str) -> str:
    """ "12.50" of dollars -> "twelve dollars and fifty cents"."""
    split = _HUNDREDTHS.fullmatch(number) if counted.part_one else None
    whole, part = (split[1], int(split[2].ljust(2, "0"))) if split else (number, 0)
    said = f"{language.say(whole)}{after}{counted.one if language.is_one(whole) else counted.many}"
    if not part:
        return said
    parts = f"{language.say(str(part))} {counted.part_one if part == 1 else counted.part_many}"
    return parts if not whole.strip("0") else f"{said}{joint}{parts}"
