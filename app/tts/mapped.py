"""Text that remembers of each character which written word it came from. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

NEXT = "\x1f"
"""In a replacement: what follows belongs to the next written word of the match. `str.split` splits at it."""

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]]
"""What to look for, and what to say instead (None: leave it)."""

_WRITTEN = re.compile(r"\S+")


def rule(pattern: str, say: str | Callable[[re.Match[str]], str | None], flags: int = 0) -> Rule:
    """A rule from its source; a fixed `say` is taken as it is, not as a template."""
    if isinstance(say, str):
        fixed = say
        return re.compile(pattern, flags), lambda _: fixed
    return re.compile(pattern, flags), say


class Mapped:
    """A text in the course of being rewritten. Word indices count in `written.split()`."""

    def __init__(self, written: str, clean: Callable[[str], str]) -> None:
        """`clean` is applied to each written word; line breaks between words stay, other gaps become a space."""
        self.text = ""
        self.count = 0
        self._owner: list[int] = []
        end = 0
        for index, found in enumerate(_WRITTEN.finditer(written)):
            gap = "" if not index else "\n" if "\n" in written[end : found.start()] else " "
            piece = gap + clean(found[0])
            self.text += piece
            self._owner += [index] * len(piece)
            end = found.end()
            self.count += 1

    def apply(self, rules: tuple[Rule, ...]) -> None:
        """Apply each rule once, in order, to the whole text."""
        for pattern, say in rules if self.text else ():
            self._sub(pattern, say)

    def spoken(self) -> list[str]:
        """The text of each written word that owns any, without outer spaces, by index."""
        words = [""] * self.count
        for char, index in zip(self.text, self._owner, strict=True):
            words[index] += char
        return [" ".join(word.split()) for word in words]

    def _sub(self, pattern: re.Pattern[str], say: Callable[[re.Match[str]], str | None]) -> None:
        text: list[str] = []
        owner: list[int] = []
        end = 0
        for found in pattern.finditer(self.text):
            said = say(found)
            if said is None:
                continue
            start = found.start()
            text.append(self.text[end:start])
            owner += self._owner[end:start]
            replaced = self._owner[start : found.end()] or self._owner[:start][-1:] or [0]
            owners = list(dict.fromkeys(replaced))
            for part_index, part in enumerate(said.split(NEXT)):
                piece = part if not part_index else " " + part
                text.append(piece)
                owner += [owners[min(part_index, len(owners) - 1)]] * len(piece)
            end = found.end()
        if text:
            self.text = "".join(text) + self.text[end:]
            self._owner = owner + self._owner[end:]
