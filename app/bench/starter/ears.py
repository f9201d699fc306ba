"""Measures ears: word errors on every set, phantoms, live text, the times of words."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from app.bench.score import Errors, Figure, aligned, missed, word_errors
from app.bench.speech.labels import Speech
from app.bench.starter import sets
from app.bench.starter.listeners import loaded
from app.bench.texts.sentences import menu_words
from app.interfaces import RATE_HZ, FloatArray, Word
from app.settings import SttSettings
from app.stt.agreement import LiveText
from app.stt.decode import PARTIAL_BEAM, STARTER_FILL, Ask, Decoder
from app.stt.junk import NO_SPEECH
from app.stt.windows import Pace

BARS = {
    "voices seen": 2.0,
    "voices never heard": 3.0,
    "templates never seen": 6.0,
    "items never seen together": 6.0,
    "10 dB of noise": 8.0,
    "open vocabulary": 30.0,
}
"""Word errors in a hundred, in English; other languages' are 1.5 times as wide."""
MENU_BAR, PHANTOM_BAR, LIVE_BAR, TIMES_BAR = 3.0, 1.0, 1.5, 90.0
TIME_TOLERANCE_MS = 120
_SEVERAL_S = (12.0, 24.0)
"""What several callers say one after the other, to the end of the last utterance."""
_NOTHING_S = 5.0


class Ears:
    """Ears that were loaded, and what is measured on them."""

    def __init__(self, model: Path, settings: SttSettings, language: str, seed: int, slack: float) -> None:
        self._model = loaded(model)
        self._decoder = Decoder(self._model, STARTER_FILL)
        self._pace, self._language, self._slack = Pace.of(settings), language, slack
        self._seed, self._sets = seed, sets.Sets(language, seed)

    def hear(self, audio: FloatArray, beam: int = 5) -> tuple[str, tuple[Word, ...]]:
        """As Parlor hears: words and their times."""
        heard = self._decoder.hear(audio, Ask(beam, self._language))
        return heard.text, heard.words

    def hear_as_others(self, audio: FloatArray) -> str:
        """As faster-whisper's `transcribe` hears with nothing set."""
        segments, _ = self._model.transcribe(audio, language=self._language)
        return " ".join(segment.text.strip() for segment in segments)

    def figures(self, count: int) -> Iterator[Figure]:
        """Everything, on `count` utterances a set."""
        for name in self._sets.names:
            yield from self._errors(name, count)
        yield self._by_others(count)
        yield self._phantoms(count)
        yield self._told_apart(count)
        for seconds in _SEVERAL_S:
            yield self._long(max(3, count // 20), seconds)
        yield self._live(count // 2)
        yield from self._times(count)

    def _figure(self, name: str, errors: Errors, bar: float | None) -> Figure:
        return Figure(name, errors.rate, "% of words wrong", errors.words, bar and bar * self._slack)

    def _errors(self, name: str, count: int) -> Iterator[Figure]:
        total, menu, kept = Errors(), Errors(), menu_words(self._language)
        for speech in islice(self._sets.speeches(name), count):
            text, _ = self.hear(speech.audio)
            total += word_errors(speech.text, text)
            menu += missed(speech.text, text, kept)
        yield self._figure(name, total, BARS[name])
        if name == "10 dB of noise":
            yield self._figure("menu's words at 10 dB", menu, MENU_BAR)

    def _by_others(self, count: int) -> Figure:
        total = Errors()
        for speech in islice(self._sets.speeches("voices never heard"), count):
            total += word_errors(speech.text, self.hear_as_others(speech.audio))
        return self._figure("voices never heard, by transcribe()", total, BARS["voices never heard"])

    def _phantoms(self, count: int) -> Figure:
        words = sum(
            len(self.hear_as_others(audio).split()) for audio in islice(sets.nothings(self._seed, _NOTHING_S), count)
        )
        minutes = count * _NOTHING_S / 60
        return Figure("phantom words", words / minutes, "a minute", count, PHANTOM_BAR * self._slack)

    def _told_apart(self, count: int) -> Figure:
        """By the no-speech probability: nothing, and callers."""
        speech = (each.audio for each in self._sets.speeches("voices never heard"))
        right = sum(self._nobody(each) for each in islice(sets.nothings(self._seed, _NOTHING_S), count))
        right += sum(not self._nobody(each) for each in islice(speech, count))
        return Figure("speech and none told apart", 100 * right / (2 * count), "%", 2 * count, least=True)

    def _nobody(self, audio: FloatArray) -> bool:
        return self._decoder.hear(audio, Ask(1, self._language)).no_speech_prob > NO_SPEECH

    def _long(self, count: int, seconds: float) -> Figure:
        """Utterances of several callers in one pass."""
        speeches, total = self._sets.speeches("voices never heard"), Errors()
        for _ in range(count):
            speech = sets.joined(speeches, seconds)
            total += word_errors(speech.text, self.hear(speech.audio)[0])
        return self._figure(f"{seconds:g} s of several callers", total, None)

    def _live(self, count: int) -> Figure:
        """Windows of 2 s joined, beside one pass over each utterance."""
        live, whole = Errors(), Errors()
        for speech in islice(self._sets.speeches("voices never heard"), count):
            live += word_errors(speech.text, self._in_windows(speech.audio))
            whole += word_errors(speech.text, self.hear(speech.audio)[0])
        # One error in the whole pass would make any ratio: the bar is of the wrong words themselves.
        ratio = live.wrong / max(1, whole.wrong)
        return Figure("in windows of 2 s", ratio, "x the errors of one pass", live.words, LIVE_BAR * self._slack)

    def _in_windows(self, audio: FloatArray) -> str:
        live = LiveText(self._pace)
        quiet = np.pad(audio, (0, self._pace.interval))  # a caller who has ended is silent, and one more window comes
        for end in range(0, len(quiet), RATE_HZ // 10):
            if window := live.next_window(end):
                _, words = self.hear(quiet[window.start : window.end], beam=PARTIAL_BEAM)
                live.add(window, words)
        return live.flush().stable

    def _times(self, count: int) -> Iterator[Figure]:
        off, said = list[int](), 0
        for speech in islice(self._sets.speeches("voices never heard"), count):
            _, words = self.hear(speech.audio)
            off += self._differences(speech, words)
            said += len(speech.words)
        near = 100 * sum(each <= TIME_TOLERANCE_MS for each in off) / max(1, len(off))
        bar = 100 - (100 - TIMES_BAR) * self._slack
        yield Figure(f"word times within {TIME_TOLERANCE_MS} ms, of words heard", near, "%", len(off), bar, least=True)
        yield Figure("word times", statistics.median(off or [0]), "ms off (median)", len(off))
        yield Figure("words heard, whose times these are", 100 * len(off) / max(1, said), "%", said)

    @staticmethod
    def _differences(speech: Speech, words: tuple[Word, ...]) -> list[int]:
        """Of each word that was heard, that of its beginning or that of its end, whichever is larger."""

        def off(at: int, ms: float) -> int:
            return abs(round(at * 1000 / RATE_HZ) - round(ms))

        names = [span.name for span in speech.words], [word.text.strip() for word in words]
        pairs = [(speech.words[one], words[two]) for one, two in aligned(*names)]
        return [max(off(said.start, word.start_ms), off(said.end, word.end_ms)) for said, word in pairs]
