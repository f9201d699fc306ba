"""What a transcription server writes (OpenAI's `verbose_json`), in our form. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from statistics import fmean
from typing import Any

from app.interfaces import Word
from app.spacing import units

LANGUAGES = {
    "afrikaans": "af", "albanian": "sq", "amharic": "am", "arabic": "ar", "armenian": "hy", "assamese": "as",
    "azerbaijani": "az", "bashkir": "ba", "basque": "eu", "belarusian": "be", "bengali": "bn", "bosnian": "bs",
    "breton": "br", "bulgarian": "bg", "cantonese": "yue", "catalan": "ca", "chinese": "zh", "croatian": "hr",
    "czech": "cs", "danish": "da", "dutch": "nl", "english": "en", "estonian": "et", "faroese": "fo", "finnish": "fi",
    "french": "fr", "galician": "gl", "georgian": "ka", "german": "de", "greek": "el", "gujarati": "gu",
    "haitian creole": "ht", "hausa": "ha", "hawaiian": "haw", "hebrew": "he", "hindi": "hi", "hungarian": "hu",
    "icelandic": "is", "indonesian": "id", "italian": "it", "japanese": "ja", "javanese": "jw", "kannada": "kn",
    "kazakh": "kk", "khmer": "km", "korean": "ko", "lao": "lo", "latin": "la", "latvian": "lv", "lingala": "ln",
    "lithuanian": "lt", "luxembourgish": "lb", "macedonian": "mk", "malagasy": "mg", "malay": "ms", "malayalam": "ml",
    "maltese": "mt", "maori": "mi", "marathi": "mr", "mongolian": "mn", "myanmar": "my", "nepali": "ne",
    "norwegian": "no", "nynorsk": "nn", "occitan": "oc", "pashto": "ps", "persian": "fa", "polish": "pl",
    "portuguese": "pt", "punjabi": "pa", "romanian": "ro", "russian": "ru", "sanskrit": "sa", "serbian": "sr",
    "shona": "sn", "sindhi": "sd", "sinhala": "si", "slovak": "sk", "slovenian": "sl", "somali": "so", "spanish": "es",
    "sundanese": "su", "swahili": "sw", "swedish": "sv", "tagalog": "tl", "tajik": "tg", "tamil": "ta", "tatar": "tt",
    "telugu": "te", "thai": "th", "tibetan": "bo", "turkish": "tr", "turkmen": "tk", "ukrainian": "uk", "urdu": "ur",
    "uzbek": "uz", "vietnamese": "vi", "welsh": "cy", "yiddish": "yi", "yoruba": "yo",
}  # fmt: skip
"""Some servers write Whisper's name of a language, others its code.
https://github.com/openai/whisper/blob/v20250625/whisper/tokenizer.py"""


@dataclass(frozen=True, slots=True)
class Told:
    """A transcript, and what the server said of it."""

    text: str
    language: str
    """A code; empty where none was told."""
    no_speech_prob: float
    avg_log_prob: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """Some of the text, and when it was said."""

    letters: int
    start_ms: float
    end_ms: float
    p: float


def read(told: Any, duration_ms: int) -> Told:  # noqa: ANN401 - whatever the server wrote
    """Raises `ValueError`, `TypeError`, `KeyError`, `AttributeError` or `OverflowError` for what is no such document.

    Words are placed by their letters, for every server cuts them in its own way; where it places none, within its
    segments, or evenly.
    """
    text = " ".join(told["text"].split())
    segments = told.get("segments") or []
    avg = fmean(_number(each, "avg_logprob", 0.0) for each in segments) if segments else 0.0
    named = told.get("words") or [word for each in segments for word in each.get("words") or []]
    p = min(1.0, math.exp(avg))
    spans = list(_spans(named, "word", p, duration_ms)) or list(_spans(segments, "text", p, duration_ms))
    return Told(
        text=text,
        language=_code(told.get("language")),
        no_speech_prob=min((_number(each, "no_speech_prob", 0.0) for each in segments), default=0.0),
        avg_log_prob=avg,
        words=tuple(_placed(units(text.split()), spans or [_Span(_letters(text), 0.0, duration_ms, 1.0)])),
    )


def _code(told: object) -> str:
    name = told.lower() if isinstance(told, str) else ""
    return LANGUAGES.get(name, name if 2 <= len(name) <= 3 else "")


def _letters(text: str) -> int:
    """What counts: punctuation belongs to the word before it, as some servers leave it out."""
    return sum(map(str.isalnum, text)) if isinstance(text, str) else 0


def _spans(told: Iterable[Mapping[str, Any]], name: str, p: float, duration_ms: int) -> Iterator[_Span]:
    at = 0.0
    for each in told:
        letters = _letters(each[name])
        if letters and each.get("start") is not None and each.get("end") is not None:
            start_ms = min(duration_ms, max(at, 1000 * float(each["start"])))
            at = min(duration_ms, max(start_ms, 1000 * float(each["end"])))
            yield _Span(letters, start_ms, at, _number(each, "probability", p))


def _number(told: Mapping[str, Any], name: str, default: float) -> float:
    """Some servers leave out what they do not know, others write null."""
    found = told.get(name)
    return default if found is None else float(found)


def _placed(words: Iterable[str], spans: list[_Span]) -> Iterator[Word]:
    ends = list(accumulate(span.letters for span in spans))
    at = 0
    for word in words:
        letters = _letters(word)
        if not letters:
            continue
        first = min(bisect_right(ends, at), len(ends) - 1)
        last = min(bisect_left(ends, at + letters), len(ends) - 1)
        start_ms, end_ms = _moment(spans[first], ends[first] - at), _moment(spans[last], ends[last] - at - letters)
        yield Word(word, round(start_ms), round(end_ms), min(span.p for span in spans[first : last + 1]))
        at += letters


def _moment(span: _Span, letters: int) -> float:
    """When so many letters of it were still to be said."""
    share = min(1.0, max(0.0, letters / span.letters)) if span.letters else 0.0
    return span.end_ms - (span.end_ms - span.start_ms) * share
