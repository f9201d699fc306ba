"""Things that are on no menu, from the dictionary: a few hundred of our own are learned by heart, and then what else a
caller may name becomes the dish that sounds most like it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from app.bench.dialogue.menu import Menu
from app.errors import SetupError

_NOUNS = Path("/usr/share/wordnet/data.noun")
_FOOD = "13"
"""WordNet's file of foods and drinks (lexnames(5WN))."""
_NAME = re.compile(r"[a-z]+(_[a-z]+)?")


def things(menu: Menu, held: frozenset[str]) -> tuple[str, ...]:
    """Patterns of English foods that `menu` does not have and whose words are not `held` out; nothing in others.

    Raises `SetupError` without the dictionary.
    """
    if menu.language != "en":
        return ()
    if not _NOUNS.is_file():
        raise SetupError("no WordNet in /usr/share/wordnet", fix="sudo apt install wordnet-base")
    ours = {f" {name} " for item in menu.items for name in (item.name, item.plural, *item.also)}
    known = ours | {f" {name} " for name in held}
    names = sorted(name for name in set(_foods()) if not any(each in f" {name} " for each in known))
    return tuple(f"({'an' if name[0] in 'aeiou' else 'a'} |){name}" for name in names)


def _foods() -> Iterator[str]:
    """The words of a line: offset, file, kind, how many words (hexadecimal), then each with a number (wndb(5WN))."""
    for line in _NOUNS.read_text("utf-8").splitlines():
        fields = line.split()
        if not line.startswith(" ") and fields[1] == _FOOD:
            words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
            yield from (word.replace("_", " ") for word in words if _NAME.fullmatch(word))
