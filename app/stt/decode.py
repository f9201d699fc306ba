"""One pass of Whisper over at most 30 s: encode once, find the language, decode, place the words.

It uses faster-whisper's parts instead of its `transcribe`, which encodes twice when it must find the language,
transcribes the rest of the audio again from the last word on (from silence: phantoms, and three times the latency on
the starter ears), and drops a segment whose words all fell on one instant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from app.errors import UnknownLanguageError
from app.interfaces import RATE_HZ, FloatArray, Word
from app.stt.edges import drawn_in

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

MAX_SAMPLES = 30 * RATE_HZ
"""What the encoder takes, and what shorter audio is filled up to. CTranslate2 would take less, but Whisper was trained
on 30 s only: on less it loops and errs (whisper.cpp issue 1951, CTranslate2 issue 2100)."""
STARTER_FILL = 2 * RATE_HZ
"""What the starter ears need, which were trained on audio of any length: over seven sets they got 12.9 % of the words
wrong with 2 s, 12.8 with 3 s, 14.0 with 30 s, and 14.1 with nothing filled up, when short words go wrong."""
PARTIAL_BEAM = 2
"""For live text: of what a beam of 5 gains there (38 words wrong instead of 48 of 924) 2 gain four fifths (40), in 4 %
more time than 1 takes on the starter ears."""
MAX_POSITIONS = 448
"""Of Whisper's decoder; smaller models say so when they are asked for more."""
_SPECIAL = 6
"""Positions that are no text: up to four of prompt, the end, and one to spare."""
_TOKENS_PER_S = 40
_TOKENS_AT_LEAST = 32
"""A model in a loop writes until it may no more: these bound its time. English has 4 tokens a second, Tamil 30."""
_UNSPACED = frozenset({"zh", "ja", "th", "lo", "my", "yue"})
"""Where faster-whisper takes every character for a word."""


@dataclass(frozen=True, slots=True)
class Ask:
    """How to transcribe."""

    beam: int
    language: str | None = None
    """None: find it."""
    task: Literal["transcribe", "translate"] = "transcribe"


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one pass gave; not yet judged."""

    text: str
    language: str
    no_speech_prob: float
    avg_log_prob: float
    """Mean log probability of its tokens, the end included; 0 where it heard nothing."""
    words: tuple[Word, ...]


class Decoder:
    """A loaded model. Safe to use from several threads."""

    def __init__(self, model: WhisperModel, fill_to: int = MAX_SAMPLES) -> None:
        """`fill_to`: samples that the model must be given at least; silence makes up for what is missing."""
        self._model = model
        self._fill_to = fill_to
        self._positions = _positions(model)
        self._multilingual: bool = model.model.is_multilingual
        self.languages = _languages(model)
        """ISO 639-1 codes (and a few longer ones) it knows; an English-only model: `("en",)`."""

    def hear(self, audio: FloatArray, ask: Ask) -> Hearing:
        """Transcribe `(samples,)` at 16 kHz, from 100 ms to `MAX_SAMPLES`.

        Raises `UnknownLanguageError`.
        """
        from faster_whisper.audio import pad_or_trim

        extractor = self._model.feature_extractor
        features = extractor(audio)
        frames = min(features.shape[-1] - 1, MAX_SAMPLES // extractor.hop_length)
        filled = max(frames, self._fill_to // extractor.hop_length)
        encoded = self._model.encode(pad_or_trim(features[:, :frames], filled))
        tokenizer = self._tokenizer(encoded, ask)
        written = "en" if ask.task == "translate" else tokenizer.language_code  # which Whisper translates into
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        budget = min(_TOKENS_AT_LEAST + _TOKENS_PER_S * audio.size // RATE_HZ, self._positions - _SPECIAL)
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=ask.beam,
            max_length=2 * max(budget, len(prompt)),  # CTranslate2 4.8 writes min(this / 2, this - prompt) at most
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        tokens = result.sequences_ids[0]
        tokenizer.language_code = written  # by it words are told apart
        placed = self._model.find_alignment(tokenizer, [tokens], encoded, frames)[0] if tokens else []
        return Hearing(
            text=tokenizer.decode(tokens).strip(),
            language=written if self._multilingual else self.languages[0],
            no_speech_prob=result.no_speech_prob,
            avg_log_prob=result.scores[0] * len(tokens) / (len(tokens) + 1) if tokens else 0.0,  # 0 / 0 otherwise
            words=tuple(drawn_in(_words(placed, spaced=written not in _UNSPACED), audio)),
        )

    def _tokenizer(self, encoded: Any, ask: Ask) -> Any:  # noqa: ANN401 - faster-whisper ships no types
        from faster_whisper.tokenizer import Tokenizer

        language = ask.language
        if self._multilingual and language is None:
            language = self._model.model.detect_language(encoded)[0][0][0][2:-2]
        elif language is not None and language not in self.languages:
            known = ", ".join(sorted(self.languages))
            raise UnknownLanguageError(
                "stt", f"the model does not know the language {language!r}", fix=f"Ask for one of: {known}."
            )
        return Tokenizer(self._model.hf_tokenizer, self._multilingual, task=ask.task, language=language)


def _languages(model: WhisperModel) -> tuple[str, ...]:
    """By its vocabulary. An English-only Whisper has everybody's tokens; other ears of one language have its alone."""
    named = (re.fullmatch(r"<\|([a-z]{2,3})\|>", token) for token in model.hf_tokenizer.get_vocab())
    known = tuple(name[1] for name in named if name)
    return known if model.model.is_multilingual or len(known) == 1 else ("en",)


def _positions(model: WhisperModel) -> int:
    """How many tokens the decoder has places for. Also the trial run that shows whether the device works at all."""
    extractor = model.feature_extractor
    encoded = model.encode(np.zeros((extractor.mel_filters.shape[0], extractor.nb_max_frames), np.float32))
    start = model.hf_tokenizer.token_to_id("<|startoftranscript|>")
    try:
        model.model.generate(encoded, [[start] * (MAX_POSITIONS - 1)], beam_size=1, max_length=MAX_POSITIONS)
    except RuntimeError as error:
        if limit := re.search(r"No position encodings are defined for positions >= (\d+)", str(error)):
            return int(limit[1])
        raise
    return MAX_POSITIONS


def _words(placed: list[dict[str, Any]], *, spaced: bool) -> Iterator[Word]:
    """faster-whisper's pieces as words: what has no space before it ("-cream", "'s", ".") belongs to the one before."""
    open_word: Word | None = None
    for piece in placed:
        text = piece["word"]
        glued = text and (not text[0].isspace() if spaced else not text.strip()[:1].isalnum())
        end_ms, p = round(float(piece["end"]) * 1000), float(piece["probability"])
        if open_word and glued:
            open_word = Word(open_word.text + text.rstrip(), open_word.start_ms, end_ms, min(open_word.p, p))
            continue
        if open_word:
            yield open_word
        open_word = Word(text.strip(), round(float(piece["start"]) * 1000), end_ms, p) if text.strip() else None
    if open_word:
        yield open_word
