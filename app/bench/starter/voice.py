"""Measures a voice: what recognisers make of it, what speaking costs, whether its words are where it says."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.bench.score import Errors, Figure, word_errors
from app.bench.speech.resample import at_16_khz
from app.bench.starter.listeners import PADDING, Listen, Sphinx, padded, starter_ears
from app.bench.starter.said import Said, unseen
from app.bench.texts.sentences import plain
from app.bench.voice import Timing, speed, timing
from app.interfaces import RATE_HZ, FloatArray
from app.tts.voice import Voice, load

EARS_BAR = 5.0
SPHINX_BAR = 1.2
"""Times the teacher's errors."""
SPEED_BAR, CLAUSE_BAR_MS = 0.05, 60.0
TIMES_BAR_MS = 30.0
TEACHER = "teacher_pocketsphinx_errors"
"""Where a voice's JSON keeps what pocketsphinx made of its teacher, in %: the teacher is not there when it is used."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence from the voice; word beginnings are empty where groups and words do not match one to one."""

    said: Said
    audio: FloatArray
    """At 16 kHz `(n,)`."""
    work_s: float
    begins_ms: tuple[float, ...]


def figures(path: Path, ears: Path, language: str, slack: float) -> Iterator[Figure]:
    """Of the voice `path` heard by the ears in a folder. `slack` widens the bars of what is heard.

    Raises `SetupError` for a voice that cannot be loaded, and in English without pocketsphinx.
    """
    spoken = speak(load(path, 1), unseen(language))
    yield from _cost(spoken)
    listen = starter_ears(ears, language)
    known = [each for each in spoken if each.said.known]
    yield _figure("ears hear the voice", heard(known, listen, language), EARS_BAR * slack)
    others = [each for each in spoken if not each.said.known]
    yield _figure("ears hear the voice, other words", heard(others, listen, language), None)
    if language == "en":  # pocketsphinx brings no other language
        yield from _impartial(spoken, json.loads(Path(f"{path}.json").read_text("utf-8")).get(TEACHER))


def _cost(spoken: Sequence[Spoken]) -> Iterator[Figure]:
    cost = speed([each.work_s for each in spoken], [len(each.audio) / RATE_HZ for each in spoken])
    yield Figure("real-time factor on one core", cost.real_time_factor, "s a second", len(spoken), SPEED_BAR)
    yield Figure("first clause of the voice", cost.first_clause_ms, "ms (median)", len(spoken), CLAUSE_BAR_MS)


def _impartial(spoken: Sequence[Spoken], teacher: float | None) -> Iterator[Figure]:
    sphinx = Sphinx()
    bar = None if teacher is None else SPHINX_BAR * teacher
    yield _figure("pocketsphinx hears the voice", heard(spoken, sphinx.hear, "en"), bar)
    if timed := durations(spoken, sphinx):
        yield Figure("words of the voice against alignment", timed.median_ms, "ms off (median)", timed.of, TIMES_BAR_MS)
        yield Figure("words of the voice within 30 ms", 100 * timed.within_30_ms, "%", timed.of)


def _figure(name: str, errors: Errors, bar: float | None) -> Figure:
    return Figure(name, errors.rate, "% of words wrong", errors.words, bar)


def heard(spoken: Iterable[Spoken], listen: Listen, language: str) -> Errors:
    """What a listener makes of it."""
    total = Errors()
    for each in spoken:
        total += word_errors(plain(each.said.text, language), plain(listen(padded(each.audio)), language))
    return total


def speak(voice: Voice, sentences: Sequence[Said]) -> list[Spoken]:
    """Every sentence once, after one that warms up."""
    voice.say(sentences[0].text, 1.0)
    found = []
    for said in sentences:
        started = time.perf_counter()
        audio, groups = voice.say(said.text, 1.0)
        work_s = time.perf_counter() - started
        begins = tuple(group.start * 1000 / voice.rate_hz for group in groups)
        matched = len(begins) == len(said.text.split())
        found.append(Spoken(said, at_16_khz(audio, voice.rate_hz), work_s, begins if matched else ()))
    return found


def durations(spoken: Iterable[Spoken], sphinx: Sphinx) -> Timing | None:
    """The voice's own word beginnings against pocketsphinx's forced alignment; nothing if no sentence could be aligned.

    The alignment's beginnings lag or lead by a constant that depends on its features' window; the median is taken out.
    """
    ours, theirs = list[float](), list[float]()
    for each in spoken:
        aligned = sphinx.begins_ms(padded(each.audio), plain(each.said.text, "en")) if each.begins_ms else []
        if len(aligned) == len(each.begins_ms):
            ours += each.begins_ms
            theirs += [begin - PADDING * 1000 / RATE_HZ for begin in aligned]
    if not ours:
        return None
    lag = float(np.median(np.array(theirs) - np.array(ours)))
    return timing(ours, [begin - lag for begin in theirs])
