"""Streaming text cut into clauses to be spoken: the first one early, then whole sentences. Pure.

A boundary is decided when the first character after it that is no space has come, so chunking never matters.
"""

from __future__ import annotations

import re
import unicodedata

from app.tts.languages.abbreviations import NEVER_LAST
from app.tts.languages.base import ORDINAL_DOT

_ENDS = ".!?…。！？؟।"
_WIDE_ENDS = "。！？؟।"
"""Sentence ends that need no space behind them."""
_PAUSES = ",;:،؛"
_WIDE_PAUSES = "，、；："
_CLOSERS = "\"'”’»)]}」』）】›*_`~"
_NEVER_OPENING = ")]}」』）】”’›"
_BEFORE_AMOUNTS = "$€£₺%-−"
_LINE_BREAKS = "\n\r\v\f\u2028\u2029"

_BEFORE_NAMES = {
    "mr", "mrs", "ms", "dr", "prof", "st", "mt", "gen", "capt", "lt", "sgt", "rev", "e.g", "i.e", "vs", "cf",
    "approx", "dept", "doç", "av", "sn", "hz", "örn", "bkz", "yrd", "öğr", "m.ö", "m.s", "z.b", "d.h",
}  # fmt: skip
"""Abbreviations that never end a sentence."""
_TITLES = {"Op", "Uzm", "Dt", "Ecz", "Alb", "Gör", "Arş", "Müh", "Mim"}
"""Abbreviations with a capital only: "gör." is an order."""
_BEFORE_LETTERS = {
    "cad": "Nn", "cd": "Nn", "sok": "Nn", "sk": "Nn", "mah": "Nn", "apt": "Nn", "blv": "Nn", "bulv": "Nn",
    "ltd": "Şş",
}  # fmt: skip
"""Abbreviations before a word with that letter: "Cad. No: 5", "Ltd. Şti."."""
_BEFORE_NUMBERS = {
    "no", "nr", "nos", "fig", "vol", "ch", "p", "pp", "art", "sec", "eq", "tel", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "s", "c", "m", "d", "ext", "max", "min", "ort", "ca",
    "aprox", "str", "д", "кв", "стр",
}  # fmt: skip
"""Abbreviations when a number follows, else words."""
_AFTER_WORDS = {
    "etc", "inc", "ltd", "co", "corp", "jr", "sr", "ave", "blvd", "rd", "bros", "hrs", "ft", "lb", "oz", "a.m",
    "p.m", "ph.d", "vb", "vd", "dk", "sok", "sk", "cad", "cd", "mah", "apt", "şti", "a.ş", "usw", "bzw", "mwst",
    "min", "sec", "lbs", "hr", "tsp", "tbsp", "kg", "gr", "ml", "mon", "tue", "tues", "wed", "thu", "thurs",
    "fri",
}  # fmt: skip
"""Abbreviations that end a sentence only when a capital or a number follows."""
_LEANING = {
    "a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "for", "with", "from", "by", "as",
    "that", "than", "if", "is", "are", "ve", "veya", "ya", "bir", "bu", "şu",
}  # fmt: skip
"""Words after which nobody pauses."""

_LAST_WORD = re.compile(r"[^\s(\[{\"'“‘«*_`~]+$")
_DOTTED = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_ROMAN = re.compile(r"[IVX]+")
_LIST_MARK = re.compile(r"\W*\d{1,3}[.)]")


class Sentences:
    """The splitter of one reply. Feed it text as it comes, flush it at the end."""

    def __init__(self, first_clause_chars: int, max_clause_chars: int, language: str = "en") -> None:
        """`language` is an ISO 639-1 code: some languages write ordinals with a dot."""
        self._first_clause_chars = first_clause_chars
        self._max_clause_chars = max_clause_chars
        code = language.partition("-")[0].lower()
        self._ordinal_dot = code in ORDINAL_DOT
        self._german = code == "de"
        self._abbreviations = _BEFORE_NAMES | {word.lower().rstrip(".") for word in NEVER_LAST.get(code, ())}
        self._clause = ""
        self._gap = ""
        self._first = True

    def feed(self, text: str) -> list[str]:
        """The clauses that `text` completed; runs of spaces in them become one space."""
        return [clause for char in text if (clause := self._push(char))]

    def flush(self) -> list[str]:
        """Whatever is left. The next text begins a new reply."""
        left = self._clause
        self._clause, self._gap, self._first = "", "", True
        return [left] if left else []

    def _push(self, char: str) -> str:
        """Take one character; the clause it completes, if any."""
        if char.isspace():
            if self._clause:
                self._gap = "\n" if char in _LINE_BREAKS or self._gap == "\n" else " "
            return ""
        done = ""
        if self._clause and self._ends_before(char):
            done, self._clause = self._clause, char
        else:
            self._clause += (" " if self._gap else "") + char
            if len(self._clause) > self._max_clause_chars:
                cut = _best_cut(self._clause, self._max_clause_chars)
                done, self._clause = self._clause[:cut].rstrip(), self._clause[cut:].lstrip()
        self._gap = ""
        self._first = self._first and not done
        return done

    def _ends_before(self, char: str) -> bool:
        if not any(c.isalnum() for c in self._clause) or _LIST_MARK.fullmatch(self._clause):
            return False
        if self._gap == "\n":
            return True
        body = self._clause.rstrip(_CLOSERS)
        if not body or char in _ENDS or char in _NEVER_OPENING:
            return False
        if self._ends_sentence(body, char):
            return True
        return self._first and len(self._clause) >= self._first_clause_chars and self._pauses(body, char)

    def _ends_sentence(self, body: str, following: str) -> bool:
        if body[-1] not in _ENDS or not (self._gap or body[-1] in _WIDE_ENDS):
            return False
        closed = len(body) < len(self._clause)
        if following.islower() and (closed or body.endswith(("..", "…"))):
            return False
        return body[-1] != "." or body.endswith("..") or not self._abbreviated(body, following)

    def _abbreviated(self, body: str, following: str) -> bool:
        """Whether the last dot of `body` belongs to its last word."""
        found = _LAST_WORD.search(body)
        word = found[0][:-1] if found else ""
        lower = word.lower()
        if lower in self._abbreviations or word in _TITLES or following in _BEFORE_LETTERS.get(lower, ()):
            return True
        if (lower in _BEFORE_NUMBERS and following.isdigit()) or (self._ordinal_dot and _ROMAN.fullmatch(word)):
            return True
        if word.isdecimal():
            return following.islower() or (self._ordinal_dot and len(word) <= 2)
        if self._german and (following.isdigit() if lower.endswith("str") else len(word) == 1 and following.isalpha()):
            return True  # "Hauptstr. 5", "z. B."
        if len(word) == 1 or (_DOTTED.fullmatch(word) and lower not in _AFTER_WORDS):
            return word.isupper() or following.islower()
        return lower in _AFTER_WORDS and (following.islower() or following in "–-—")

    def _pauses(self, body: str, following: str) -> bool:
        """Whether a first clause may end after `body`."""
        last = body[-1]
        if last in _PAUSES:
            return bool(self._gap)
        if last in _WIDE_PAUSES:
            return not following.isdigit()
        if last in "–-—" and (following.isdigit() or following in _BEFORE_AMOUNTS):
            return False  # "10 - 5", "9 – 18"
        if last in "–-":
            return bool(self._gap) and body[-2:-1] == " "
        return last == "—" or (last in ".…" and bool(self._gap) and body.endswith(("..", "…")))


def _best_cut(clause: str, limit: int) -> int:
    """Where to cut `clause`, which is longer than `limit`: after a pause, between words, or anywhere."""
    spaces = [i for i in range(limit // 3, limit + 1) if clause[i] == " "]
    pauses = [i for i in spaces if clause[i - 1] in _PAUSES]
    pauses += [i for i in range(limit // 3, limit + 1) if clause[i - 1] in _WIDE_PAUSES]
    free = [i for i in spaces if clause[:i].rpartition(" ")[2].lower() not in _LEANING]
    cut = max(pauses or free or spaces or [limit])
    while cut > 1 and _joins(clause, cut):
        cut -= 1
    return cut if cut > 1 else limit


def _joins(clause: str, at: int) -> bool:
    """Whether a cut at `at` would split one visible character."""
    return unicodedata.category(clause[at])[0] == "M" or "\u200d" in clause[at - 1 : at + 1]
