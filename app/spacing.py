"""Scripts that are written without spaces between words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

_RANGES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x2E80, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF))
"""Thai, Lao, Burmese, Chinese and Japanese, in Unicode."""


def unspaced(character: str) -> bool:
    """Whether it belongs to such a script."""
    return any(low <= ord(character) <= high for low, high in _RANGES)


def units(words: Iterable[str]) -> list[str]:
    """Words; where a script has no spaces its characters, since no two recognisers agree where its words end."""
    made = list[str]()
    for word in words:
        for apart, run in groupby(word, unspaced):
            together = "".join(run)
            made += together if apart else [together]
    return made
