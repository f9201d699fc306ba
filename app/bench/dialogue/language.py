"""What a language must know so that the same dialogues can be held in it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Protocol

from app.bench.dialogue.menu import Item


class Language(Protocol):
    """Words for numbers, items and lists. All texts are lower case."""

    code: str
    """ISO 639-1."""

    def number(self, value: int) -> str:
        """A number from 0 to 99,999 in words. Raises `ValueError` beyond."""

    def counted(self, item: Item, quantity: int) -> str:
        """An item and its number, the one way the waiter says it."""

    def asked(self, item: Item, quantity: int, rng: random.Random) -> str:
        """An item and its number, in one of the ways callers say it."""

    def more(self, item: Item, quantity: int, rng: random.Random) -> str:
        """So many more of an item, as callers say it."""

    def counted_more(self, item: Item, quantity: int) -> str:
        """So many more of an item, as the waiter says it."""

    def joined(self, parts: Sequence[str]) -> str:
        """A list as the waiter says it."""

    def strung(self, parts: Sequence[str], rng: random.Random) -> str:
        """A list as callers say it: without commas."""

    def forms(self, item: Item, quantity: int) -> Mapping[str, str]:
        """What fills a pattern's slots about an item of which there are `quantity`; all languages have `item`."""

    def capital(self, text: str) -> str:
        """`text` with a capital letter first."""

    def lower(self, text: str) -> str:
        """`text` in small letters."""
