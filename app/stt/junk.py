"""Is this transcript speech? Sound, probabilities and text judged together. Pure.

Whisper was trained on subtitles and writes some even where nobody speaks: credits, thanks, loops. No sign is enough
alone: its no-speech score misses noise, its probabilities are high for a phantom that it has seen often. What a person
may really have said ("thank you", "no") is dropped only when the sound itself is doubtful too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from app.audio import SILENCE_DBFS, samples_to_ms
from app.interfaces import FloatArray
from app.spacing import units
from app.stt.phantoms import ALONE, CALLERS, CREDITS, DIGITS, OPENINGS, OUTROS, PHRASES

_FRAME = 320
"""20 ms: short against a syllable, long against a pitch period."""
_ACTIVE_DB = 25.0
_HEARD_DB = 40.0
"""What lies further below the loudest frame is the pause, not the sound."""
_HELD = 12
"""Frames, 240 ms: a knock on the microphone is shorter."""
_OVER_DB = 15.0
"""What lasts that long so far above the background is the sound, whatever knocks are louder."""
_KNOCK_DB = 10.0
"""The loudest vowel is hardly further above the loudest 240 ms."""

SILENT_DBFS = -65.0
"""Loudest 20 ms. The quietest of 46 recordings of people peaks at -54 dBFS."""
STEADY_DB = 5.5
"""Spread of levels below which a sound does not come in syllables. Measured over 2 s pieces: kitchen and office noise
1.2 to 5.2 dB, the starter's sentences 6.4 to 12; people's utterances 6.7 to 12.6 (one beside a jackhammer: 2.9)."""
SHORT_MS = 100
"""Less sound than this is a click: the shortest words ("no", "oh") last 150 ms."""
BRIEF_MS = 250
MAX_LETTERS_PER_S = 40.0
"""People speak up to about 25 letters a second (auctioneers)."""
NO_SPEECH = 0.6
LOG_PROB = -1.0
"""Whisper's own pair for silence (ibid.)."""
LOOP_OF_ONE = 12
LOOP_OF_MORE = 6
"""Repeats in a row that no caller utters: single words ("no no no no") need more than phrases. Learners drill both."""
LONGEST_LOOP = 20
"""Words. Whisper's own threshold, text that zlib makes 2.4 times smaller (Radford et al. 2022, section 4.5), is not
used: a learner's sentence said three times reaches 2.9, and any Hindi of 400 characters 2.6."""
LONG_WORD = 30
"""Letters from which on a word may be a loop itself: "hahaha..."."""
LONG_FOR_A_PHRASE_MS = 4000
PHRASE_P = 0.5
"""Mean word probability below which a stock phrase is a phantom."""

GUESSING_P = 0.6
"""Mean word probability below which a model is guessing at steady sound. The starter ears on 58 pieces of 2 to 10 s of
kitchen and office noise: at most 0.53."""
BRIEF_P = 0.5
"""The same at brief sound, which may be a "no"."""


_UNSPACED = "\u2e80"
"""From here on in Unicode: Chinese, Japanese, and Korean, whose endings are part of the word."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What the samples say, before any model."""

    peak_dbfs: float
    """Of the loudest 20 ms."""
    active_ms: int
    """Time within 25 dB of the loudest 20 ms."""
    spread_db: float
    """Standard deviation of the levels of the frames within 40 dB of the loudest."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A transcript and its evidence."""

    text: str
    word_ps: tuple[float, ...]
    no_speech_prob: float
    avg_log_prob: float
    sound: Sound


def measure(audio: FloatArray) -> Sound:
    """`(samples,)` at 16 kHz to what `why_junk` needs."""
    whole = audio[: audio.size // _FRAME * _FRAME].reshape(-1, _FRAME)
    if not whole.size:
        return Sound(SILENCE_DBFS, 0, 0.0)
    levels = 10.0 * np.log10(np.maximum(np.mean(np.square(whole, dtype=np.float64), axis=1), 1e-10))
    levels = np.minimum(levels, _loudest(levels))
    peak = float(levels.max())
    active = int(np.count_nonzero(levels > peak - _ACTIVE_DB)) if peak > SILENCE_DBFS else 0
    return Sound(peak, samples_to_ms(active * _FRAME), float(np.std(levels[levels > peak - _HEARD_DB])))


def _loudest(levels: NDArray[np.float64]) -> float:
    """Level of the loudest frame; where something lasts, not that of a knock beside it."""
    ranked = np.sort(levels)
    held = float(ranked[-min(_HELD + 1, ranked.size)])
    lasts = held > max(float(np.percentile(levels, 10)) + _OVER_DB, SILENT_DBFS)
    return min(float(ranked[-1]), held + _KNOCK_DB) if lasts else float(ranked[-1])


def is_silent(sound: Sound) -> bool:
    """Whether it is too quiet or too short to be worth a model's time."""
    return sound.peak_dbfs < SILENT_DBFS or sound.active_ms < SHORT_MS


def why_junk(heard: Heard) -> str | None:
    """The reason (for logs and counters, without words) why it is no speech; None when it is."""
    words = normal(heard.text)
    letters = len(words.replace(" ", ""))
    if not letters:
        return "no_words"
    if is_silent(heard.sound):
        return "silence"
    if _is_credit(words):
        return "credit"
    if heard.no_speech_prob > NO_SPEECH and heard.avg_log_prob < LOG_PROB:
        return "no_speech"
    if letters > 12 + MAX_LETTERS_PER_S * heard.sound.active_ms / 1000:
        return "too_fast"
    said = units(words.split())
    if loops(said) or any(loops(list(word)) for word in said if len(word) >= LONG_WORD):
        return "loop"
    return _doubt(words, heard)


def _is_credit(words: str) -> bool:
    opening = any(f"{words} ".startswith(f"{each} ") for each in OPENINGS) and not words.startswith(CALLERS)
    if opening or words in ALONE or any(_holds(words, credit) for credit in CREDITS):
        return True
    return any(_holds(words, outro) and 2 * len(outro) > len(words) for outro in OUTROS)


def _holds(words: str, phrase: str) -> bool:
    """Whether `phrase` stands in `words` as whole words, where its script has spaces between them."""
    return phrase in words if phrase[0] >= _UNSPACED else f" {phrase} " in f" {words} "


def _doubt(words: str, heard: Heard) -> str | None:
    """Sound that may be speech or not: here the model must be sure."""
    sure = fmean(heard.word_ps) if heard.word_ps else 0.0
    steady = heard.sound.spread_db < STEADY_DB
    if (steady and sure < GUESSING_P) or (heard.sound.active_ms < BRIEF_MS and sure < BRIEF_P):
        return "noise"
    if words in PHRASES:
        long = heard.sound.active_ms > LONG_FOR_A_PHRASE_MS
        if sure < PHRASE_P or (steady and (long or heard.no_speech_prob > NO_SPEECH)):
            return "phantom"
    return None


def normal(text: str) -> str:
    """Letters, marks and digits in lower case, single spaces between; Turkish dotted I is an i."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u0307", "")
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in folded if c not in "'\u2019")
    return " ".join("".join(kept).split())


def loops(words: list[str]) -> bool:
    """Whether the same words come again and again without a break; digits may, as they are dictated."""
    for size in range(1, LONGEST_LOOP + 1):
        needed = (LOOP_OF_ONE if size == 1 else LOOP_OF_MORE) - 1
        run = 0
        for i in range(size, len(words)):
            run = run + 1 if words[i] == words[i - size] else 0
            if run >= needed * size and not all(map(_is_digit, words[i - size : i])):
                return True
    return False


def _is_digit(word: str) -> bool:
    return word in DIGITS or word.isdecimal()
