"""Finds in a waiter's answer what it does to the order: by the patterns it may be made of, in any language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.bench.dialogue.moves import MAX_QUANTITY, World
from app.bench.dialogue.order import NOTHING, Change, Line, Lines

ORDERING = ("add_partly", "both", "swap", "remove_some", "remove", "set", "clear", "repeat", "done", "add")
"""Answers that name parts of the order; those whose pattern is the narrowest first."""
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer says about the order."""

    change: Change = NOTHING
    cart: Lines | None = None
    """The whole order, where it was read back."""


class Reader:
    """Reads answers in a world's language."""

    def __init__(self, world: World) -> None:
        self._lower = world.language.lower
        self._mentions = _mentions(world)
        self._gone = {self._lower(item.plural): Line(item, 0) for item in world.menu.items}
        """A line that is given up is named without its number, which need not be looked up then."""
        longest_first = sorted(self._mentions, key=len, reverse=True)
        self._mention = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
        answers = world.phrases.answer
        self._patterns = [(kind, _regex(pattern, self._lower)) for kind in ORDERING for pattern in answers[kind]]

    def read(self, answer: str) -> Meaning:
        """The meaning of an answer in plain words."""
        text = self._lower(answer.strip())
        for kind, pattern in self._patterns:
            found = pattern.fullmatch(text)
            if found is None:
                continue
            parts = {name: self._part(name, part) for name, part in found.groupdict().items()}
            if all(lines is not None for lines in parts.values()):
                return _meaning(kind, {name: lines or () for name, lines in parts.items()})
        return Meaning()

    def _part(self, name: str, text: str) -> Lines | None:
        if name != "gone":
            return self.lines(text)
        return (self._gone[text],) if text in self._gone else None

    def lines(self, text: str) -> Lines | None:
        """The items that a part of an answer lists; None when it holds anything else than items, commas and "and"."""
        found = list(self._mention.finditer(text))
        rest = self._mention.sub("", text)
        if not found or len(re.findall(r"\w+", rest)) > len(found) - 1:
            return None
        return tuple(self._mentions[match[0]] for match in found)


def _mentions(world: World) -> Mapping[str, Line]:
    """Each way of saying an item with its number."""
    language = world.language
    return {
        say(item, count).lower(): Line(item, count)
        for item in world.menu.items
        for count in range(1, MAX_QUANTITY + 1)
        for say in (language.counted, language.counted_more)
    }


def _regex(pattern: str, lower: Callable[[str], str]) -> re.Pattern[str]:
    """What fits a pattern, in small letters; slots, whose names are no words of the language, become groups."""
    words = _SLOT.split(pattern)
    words[::2] = [re.escape(lower(text)) for text in words[::2]]
    words[1::2] = [f"(?P<{name.lower()}>.+?)" for name in words[1::2]]
    return re.compile("".join(words))


def _meaning(kind: str, parts: Mapping[str, Lines]) -> Meaning:
    items = parts.get("items", ())
    if kind == "clear":
        return Meaning(Change(clear=True))
    if "cart" in parts:
        return Meaning(cart=parts["cart"])
    if kind == "set":
        return Meaning(Change(set=items))
    return Meaning(Change(add=items, remove=parts.get("removed", ()), set=parts.get("gone", ())))
