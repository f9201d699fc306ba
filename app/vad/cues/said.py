"""A text as its words, its last sentence and its last mark, however a recogniser writes it. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

LONGEST = 1_000
"""Characters from the end that are read: what was said a minute ago does not tell if this sentence is over."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_END = re.compile(r"[.!?…]+[\"')\]]*\s+|[。！？]+")
_ABBREVIATED = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]\b\.?")
"""One word, not two letters that are spelt: "p.m.", "U.S."."""
_TRAILING = re.compile(r"[^\w]*$")
_CAPITALS = {"tr": str.maketrans("Iİâîû", "ıiaiu"), "az": str.maketrans("Iİ", "ıi")}
"""Python knows no Turkish capitals: its lower İ has a dot of its own; circumflexes are written by few."""


class Mark(Enum):
    """What stands behind the last word."""

    NONE = auto()
    STOP = auto()
    QUESTION = auto()
    EXCLAMATION = auto()
    MORE = auto()
    """A comma, a colon, a dash, an ellipsis."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller said so far."""

    words: list[str]
    sentence: list[str]
    """The words of the last sentence."""
    mark: Mark

    @classmethod
    def of(cls, text: str, language: str) -> Said:
        """Lower case, without punctuation but apostrophes inside words."""
        text = unicodedata.normalize("NFC", text[-LONGEST:]).replace("\u2019", "'")
        text = _ABBREVIATED.sub(lambda found: found.group().replace(".", ""), text)
        text = text.translate(_CAPITALS.get(language, {})).lower().replace("\u0307", "")
        body = text[: len(text) - len(_trailing(text))]
        words = _WORD.findall(text)
        return cls(words, _WORD.findall(_END.split(body)[-1]) or words, _mark(_trailing(text)))


def _trailing(text: str) -> str:
    found = _TRAILING.search(text)
    return found.group() if found else ""


def _mark(trailing: str) -> Mark:
    marks = "".join(c for c in trailing if not c.isspace() and c not in "\"')]»”")
    if "?" in marks or "？" in marks or "؟" in marks:
        return Mark.QUESTION
    if marks.endswith(("..", "…", ",", "，", "、", ":", ";", "-", "–", "—")):
        return Mark.MORE
    if marks.endswith(("!", "！")):
        return Mark.EXCLAMATION
    return Mark.STOP if marks.endswith((".", "。")) else Mark.NONE
