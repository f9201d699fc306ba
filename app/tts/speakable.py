"""Text as written made into text that can be spoken, word by word. Pure.

Markup, emoji and addresses are the same in all languages and are handled here; the rest is the language's.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from app.tts.languages import language
from app.tts.mapped import Mapped, Rule, rule


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word of `text.split()` and what is said for it: one word, several, or none ("")."""

    written: str
    spoken: str


def speakable(text: str, code: str) -> tuple[SpokenWord, ...]:
    """What to say for `text` in the language `code` (ISO 639-1), one entry per written word.

    Never raises; English and Turkish come out without digits. `joined` gives the whole.
    """
    mapped = Mapped(text, _clean)
    mapped.apply(_MARKUP)
    spoken_by = language(code)
    mapped.apply(spoken_by.rules)
    mapped.apply((*_LEFTOVERS, _scrub(spoken_by.readable_signs), *_SPACING))
    spoken = mapped.spoken()
    if not any(c.isalnum() for said in spoken for c in said):
        spoken = [""] * len(spoken)
    return tuple(SpokenWord(written, said) for written, said in zip(text.split(), spoken, strict=True))


def joined(words: tuple[SpokenWord, ...]) -> str:
    """The spoken text as a whole; lone punctuation goes to the word before."""
    return _LONE_MARKS.sub(r"\1", " ".join(word.spoken for word in words if word.spoken)).lstrip(" ,;:")


def _clean(word: str) -> str:
    """One written word without emoji, with plain digits, apostrophes and letters."""
    bare = _EMOJI.sub("", _POWER.sub("^", _MIXED_FRACTION.sub(" ", html.unescape(word))))
    plain = unicodedata.normalize("NFKC", bare.translate(_PLAIN))
    return "".join(map(_plain_char, plain))


def _plain_char(char: str) -> str:
    """A digit of any script in ASCII; no pictures, no control characters."""
    if char.isascii():
        return char if char >= " " else ""
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    return "" if unicodedata.category(char) in _UNSAID and char not in _KEPT else char


_PLAIN = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "™": None, "®": None, "©": None, "℠": None, "\xad": None})
_UNSAID = {"So", "Sk", "Cc", "Cf", "Co", "Cs", "Cn", "Me"}
_JOINER = "\u200c"
"""Without it, Persian words change."""
_KEPT = "°" + _JOINER
_EMOJI = re.compile(r"[^\w\s]?\ufe0f\u20e3?|[^\W\d]\ufe0f|\u20e3")
"""A sign that is asked to look like a picture; a digit on a key stays a digit."""
_MIXED_FRACTION = re.compile(r"(?<=\d)(?=[¼-¾⅐-⅞])")
_POWER = re.compile(r"(?<=\d)(?=[⁰¹²³⁴-⁹])")
_LONE_MARKS = re.compile(r"\s+([.,;:!?…])")

_MARKUP: tuple[Rule, ...] = (
    rule(r"^[ \t]*(?:```|~~~)\w*", "", re.MULTILINE),
    rule(r"^ ?(?:[-*_] ?){3,}$", "", re.MULTILINE),
    rule(r"(?<![^\W_])_{3,}(?![^\W_])|(?<!\S)__(?![^\s.,;:!?])", "…"),  # a gap to fill in: "She ___ to school."
    rule(r"(?<![\w/.])/([^\s/\d<>]{1,20})/(?![\w/])", lambda m: m[1]),  # how a word sounds: "/θ/"
    rule(r"^(?=[^\n]*-{3})[|: -]+$", "", re.MULTILINE),
    rule(r"^(?: ?>)+ ?", "", re.MULTILINE),
    rule(r"^ ?#{1,6}(?= )", "", re.MULTILINE),
    rule(r"^ ?[-*+•◦‣](?= )(?: \[[ xX]?\])?", "", re.MULTILINE),
    rule(r"</?[A-Za-z][^<>\n]{0,200}>", lambda m: None if "://" in m[0] else ""),
    rule(r"!?\[(?=[^\[\]\n]{0,300}\]\()", ""),
    rule(r"\]\([^()\n]{0,500}\)", ""),
    rule(r"\*\*|__|~~|`", ""),
    rule(r"(?<!\S)[*_](?=\S)|(?<=[^\s\d])\*|(?<=\S)[*_](?!\w)|(?<=\W)_(?=\w)", ""),
    rule(r" ?\| ?", ", "),
)

_LEFTOVERS: tuple[Rule, ...] = (
    rule(r"(?<![^\W_])(?:[^\W\d_]\.){2,}", lambda m: m[0].replace(".", " ").rstrip() + _last_dot(m)),
    rule(r"(?<![\w'])([^\W\d_])\.(?=\s+[^\W\d_])", lambda m: m[1] if m[1].isupper() else None),
    rule(r"\s[-–—]+(?=\s)|\s?—\s?|(?<=\w)–(?=\w)", ", "),
    rule(r"(?<!\w)'+|'+(?!\w)", ""),
)
_SPACING: tuple[Rule, ...] = (
    rule(r"(?<=[,;:!?])(?=[^\W\d_])|(?<=\w\.)(?=[^\W\d_])", " "),
    rule(r"([,;:])(?:\s*[,;:])+", lambda m: m[1]),
)
_NOT_SAID = re.compile(r"[^\w\s.,;:!?…'。，！？、；：؟،؛।]|_")


def _scrub(readable: str) -> Rule:
    """Drop all signs but punctuation, hyphens inside words and those in `readable`."""

    def say(found: re.Match[str]) -> str:
        char, text, at = found[0], found.string, found.start()
        inside = 0 < at < len(text) - 1 and text[at - 1].isalpha() and text[at + 1].isalpha()
        is_mark = unicodedata.category(char)[0] == "M"  # `re` takes them for signs; Hindi cannot do without
        return char if is_mark or char in readable or char == _JOINER or (char == "-" and inside) else " "

    return _NOT_SAID, say


def _last_dot(found: re.Match[str]) -> str:
    return "." if found.end() == len(found.string) else ""
