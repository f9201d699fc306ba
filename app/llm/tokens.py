"""What a sequence holds, as segments of text with their token ids, and how much of it a new prompt can keep.

A tokeniser cuts text at control tokens before it does anything else, so the text from one control token to the next
has ids of its own. Two prompts share the ids of all segments whose texts are equal, whoever made the ids: an answer
keeps those that the model chose. Only the first segment that differs is tokenised anew and compared id by id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a prompt and its token ids."""

    text: bytes
    """UTF-8; empty when the ids are only a part of a segment's, whose text is then not known."""
    ids: tuple[int, ...]


def any_of(texts: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of `texts`, the longest first, as tokenisers do; nothing when there are none."""
    longest_first = sorted({t for t in texts if t}, key=lambda t: (-len(t), t))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def neutralise(text: str, controls: re.Pattern[str]) -> str:
    """`text` with every control token broken up, so that it is read as plain text.

    A zero-width space goes after its first character; `controls` must not find that character itself.
    """
    while controls.search(text):
        text = controls.sub(lambda found: found[0][0] + ZERO_WIDTH_SPACE + found[0][1:], text)
    return text


def split(text: str, controls: re.Pattern[str]) -> tuple[bytes, ...]:
    """`text` cut before each control token, in UTF-8. Lone surrogates become question marks."""
    cuts = [0, *(found.start() for found in controls.finditer(text) if found.start()), len(text)]
    return tuple(text[a:b].encode("utf-8", "replace") for a, b in pairwise(cuts) if a < b)


def flat(segments: Iterable[Segment]) -> list[int]:
    """All token ids, in order."""
    return [token for segment in segments for token in segment.ids]


def shared(a: Sequence[int], b: Sequence[int]) -> int:
    """How many leading ids are the same in both."""
    for i, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return i
    return min(len(a), len(b))


def cut(segments: Iterable[Segment], count: int) -> tuple[Segment, ...]:
    """The first `count` ids; a segment cut in two keeps its ids but not its text."""
    kept: list[Segment] = []
    for segment in segments:
        if len(segment.ids) > count:
            return (*kept, Segment(b"", segment.ids[:count])) if count else tuple(kept)
        kept.append(segment)
        count -= len(segment.ids)
    return tuple(kept)


def grow(segments: Sequence[Segment], text: bytes, ids: Iterable[int]) -> tuple[Segment, ...]:
    """`segments`, the last one longer by an answer."""
    *before, last = segments
    return (*before, Segment(last.text + text, (*last.ids, *ids)))
