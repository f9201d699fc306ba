"""What each language says for numbers, prices, times, units, abbreviations and symbols. Pure.

A new language is a module like `en` with a subclass of `Language`, named in `_KNOWN`. Any other language has its
whole numbers in words where Unicode has rules for it; the rest is left to the phonemiser.
"""

from __future__ import annotations

from functools import lru_cache

from app.tts.languages.base import Language
from app.tts.languages.de import German
from app.tts.languages.en import English
from app.tts.languages.tr import Turkish

_KNOWN: dict[str, type[Language]] = {"de": German, "en": English, "tr": Turkish}

__all__ = ["Language", "language"]


def language(code: str) -> Language:
    """The language of an ISO 639-1 code or a tag that begins with one ("en-GB")."""
    return _language(code.replace("_", "-").partition("-")[0].lower()[:3])


@lru_cache(maxsize=64)  # the code comes from clients
def _language(code: str) -> Language:
    return _KNOWN.get(code, Language)(code)
