"""The voice alone: first audio, all of it and the real-time factor, by length of the text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import perf_counter

from app.bench.stages.measured import Measured
from app.bench.starter.said import unseen
from app.compose import assembled
from app.interfaces import SpeechJob, Tts
from app.settings import Config, TtsSettings
from app.tts.sentences import Sentences

CHARACTERS = (20, 80, 200, 500)
LANGUAGE = "en"
_STEP = 7
"""Sentences by which one text begins later than the one before."""


@dataclass(slots=True)
class _Found:
    """Values of one length of text."""

    first_ms: list[float] = field(default_factory=list)
    all_ms: list[float] = field(default_factory=list)
    factor: list[float] = field(default_factory=list)


async def measured(config: Config, count: int) -> AsyncIterator[Measured]:
    """Each length `count` times, clause by clause as a reply is. Nothing may remember. Raises `SetupError`."""
    tts = assembled(config).tts
    async with tts:
        case = f"{tts.voices()[0]} on {tts.info().device}"
        first_ms, _, _ = await _spoken(tts, clauses(text_of(CHARACTERS[1], 0), config.tts))
        yield Measured("tts", case, f"first audio, {CHARACTERS[1]} characters", "ms", (first_ms,), cold=True)
        await tts.warm()
        for characters in CHARACTERS:
            found = _Found()
            for turn in range(count):
                first_ms, all_ms, speech_ms = await _spoken(tts, clauses(text_of(characters, turn), config.tts))
                found.first_ms.append(first_ms)
                found.all_ms.append(all_ms)
                found.factor.append(all_ms / max(speech_ms, 1.0))
            yield Measured("tts", case, f"first audio of {characters} characters", "ms", tuple(found.first_ms))
            yield Measured("tts", case, f"all of {characters} characters", "ms", tuple(found.all_ms))
            yield Measured("tts", case, f"real-time factor, {characters} characters", "s a second", tuple(found.factor))


def text_of(characters: int, turn: int) -> str:
    """Whole words, at most so many characters, and another text for another turn."""
    sentences = [said.text for said in unseen(LANGUAGE)]
    start = turn * _STEP % len(sentences)
    text = " ".join(sentences[start:] + sentences[:start])
    return text[: characters + 1].rpartition(" ")[0]


def clauses(text: str, settings: TtsSettings) -> list[str]:
    """As a reply with this text is spoken."""
    cutter = Sentences(settings.first_clause_chars, settings.max_clause_chars, LANGUAGE)
    return [*cutter.feed(text), *cutter.flush()]


async def _spoken(tts: Tts, texts: list[str]) -> tuple[float, float, float]:
    """Milliseconds to the first clause's end and to the last one's, and of speech."""
    began, ends, speech_ms = perf_counter(), list[float](), 0.0
    for text in texts:
        speech = await tts.speak(SpeechJob(text, LANGUAGE))
        ends.append((perf_counter() - began) * 1000)
        speech_ms += speech.pcm.size * 1000 / speech.rate_hz
    return ends[0], ends[-1], speech_ms
