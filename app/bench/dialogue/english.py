"""English: numbers, plurals, articles."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from app.bench.dialogue.menu import Item

_SMALL = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SERVED_IN = {
    "cold drinks": ("glass", "bottle"),
    "hot drinks": ("cup",),
    "soups": ("bowl",),
    "pasta": ("plate",),
    "desserts": ("piece", "slice", "portion"),
    "sides": ("portion", "side"),
}


class English:
    """See `Language`."""

    code = "en"

    def number(self, value: int) -> str:
        if not 0 <= value < 100_000:
            raise ValueError(f"{value} is beyond what callers order")
        if value < 20:
            return _SMALL[value]
        if value < 100:
            return _TENS[value // 10] + (f" {_SMALL[value % 10]}" if value % 10 else "")
        unit, name = (100, "hundred") if value < 1000 else (1000, "thousand")
        rest = value % unit
        return f"{self.number(value // unit)} {name}" + (f" {self.number(rest)}" if rest else "")

    def counted(self, item: Item, quantity: int) -> str:
        return f"{self.number(quantity)} {item.name if quantity == 1 else item.plural}"

    def counted_more(self, item: Item, quantity: int) -> str:
        return f"{self.number(quantity)} more {item.name if quantity == 1 else item.plural}"

    def asked(self, item: Item, quantity: int, rng: random.Random) -> str:
        name, plural = self._called(item, rng)
        if item.category in _SERVED_IN and rng.random() < 0.08:
            return self._served(name, rng.choice(_SERVED_IN[item.category]), quantity)
        if quantity == 1:
            return self._single(item, name, rng)
        if quantity == 2 and rng.random() < 0.12:
            return f"a couple of {plural}"
        number = str(quantity) if rng.random() < 0.06 else self.number(quantity)
        return f"{number} {plural}"

    def more(self, item: Item, quantity: int, rng: random.Random) -> str:
        name, plural = self._called(item, rng)
        if quantity == 1:
            return f"{rng.choice(('another', 'one more'))} {name}"
        return (
            f"{rng.choice(('', 'another '))}{self.number(quantity)} {plural}"
            if rng.random() < 0.2
            else (f"{self.number(quantity)} more {plural}")
        )

    def joined(self, parts: Sequence[str]) -> str:
        *first, last = parts
        return f"{', '.join(first)} and {last}" if first else last

    def strung(self, parts: Sequence[str], rng: random.Random) -> str:
        *first, last = parts
        between = rng.choice((" ", " and ", " "))
        return f"{between.join(first)}{rng.choice((' and ', ' and ', ' and ', ' with ', ' '))}{last}" if first else last

    def forms(self, item: Item, quantity: int) -> Mapping[str, str]:
        many = item.plural == item.name and item.plural.endswith("s")
        name = item.name if quantity == 1 else item.plural
        return {
            "item": item.name,
            "plural": item.plural,
            "the": f"the {name}",
            "is": "are" if many else "is",
            "does": "do" if many else "does",
            "contains": "contain" if many else "contains",
            "one": "some" if many else "one",
            "a": self._article(item.name, many=many),
        }

    def capital(self, text: str) -> str:
        return text[:1].upper() + text[1:]

    def lower(self, text: str) -> str:
        return text.lower()

    def _called(self, item: Item, rng: random.Random) -> tuple[str, str]:
        """A name for one and for several: mostly the menu's, at times another."""
        if not item.also or rng.random() > 0.12:
            return item.name, item.plural
        name = rng.choice(item.also)
        return name, name if name.endswith("s") else f"{name}s"

    def _single(self, item: Item, name: str, rng: random.Random) -> str:
        many = item.plural == item.name and name.endswith("s")
        chance = rng.random()
        if chance < 0.5:
            return self._article(name, many=many)
        if chance < 0.75:
            return f"one {name}"
        return f"the {name}" if chance < 0.8 else name

    def _served(self, name: str, vessel: str, quantity: int) -> str:
        if quantity == 1:
            return f"a {vessel} of {name}"
        return f"{self.number(quantity)} {vessel}{'es' if vessel.endswith('s') else 's'} of {name}"

    def _article(self, name: str, *, many: bool) -> str:
        if many:
            return f"some {name}"
        return f"{'an' if name[0] in 'aeio' else 'a'} {name}"
