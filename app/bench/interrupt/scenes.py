"""Scenes to be heard: what we say, how it comes back, and who speaks meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Final

import numpy as np

from app.audio import ms_to_samples, to_float
from app.bench.calls.call import Call
from app.bench.calls.corpus import Corpus
from app.bench.calls.lines import SIZES
from app.bench.speech.labels import Span
from app.bench.speech.resample import at_16_khz
from app.interfaces import RATE_HZ, FloatArray, SpeechJob, Tts

COUPLINGS_DB: Final = (-6.0, -12.0, -20.0)
"""Our echo beside what we play."""
DELAY_MS: Final = (50.0, 300.0)
ECHO_S: Final = (0.15, 0.6)
"""How long rooms sound: from a car to a hall."""
NOISE_DBFS: Final = -62.0
"""A quiet room's."""
ALONE, INTERRUPTIONS, BACKCHANNELS = "alone", "interruptions", "backchannels"
"""Nobody speaks but we; somebody interrupts; somebody nods, coughs or answers."""


@dataclass(frozen=True, slots=True)
class Path:
    """The way of our sound into the microphone."""

    coupling_db: float
    delay: int
    """Samples."""
    echo_s: float
    seed: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What we say, `(n,)` floats at 16 kHz, with its words."""

    text: str
    audio: FloatArray
    words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One reply of ours. Sample 0 is where its playing begins."""

    name: str
    kind: str
    language: str
    path: Path
    reply: Reply
    asked: str
    """Our question, if the caller answers one."""
    caller: FloatArray
    words: tuple[Span, ...]
    start: int
    """Where the caller begins."""
    end: int
    """Where the scene is over."""


Session = tuple[Scene, ...]
"""With one caller in one room; what is learned in one scene is known in the next."""


async def sessions(corpus: Corpus, count: int, seed: int, tts: Tts) -> AsyncIterator[Session]:
    """`count` replies with nobody, as many with interruptions, and the share of `backchannels` that belongs to them.

    Raises `SetupError`, `EngineError`.
    """
    studio = _Studio(tts)
    dice = np.random.default_rng(seed)
    nods = max(1, count * SIZES[BACKCHANNELS] // SIZES[INTERRUPTIONS])
    for kind, name, number in (
        (ALONE, INTERRUPTIONS, count),
        (INTERRUPTIONS,) * 2 + (count,),
        (BACKCHANNELS,) * 2 + (nods,),
    ):
        for _, calls in groupby(corpus.calls(name, number), attrgetter("person")):
            path = _path(dice)
            yield tuple([scene(kind, path, await studio.say(call), call) for call in calls])


def _path(dice: np.random.Generator) -> Path:
    delay = ms_to_samples(dice.uniform(*DELAY_MS))
    return Path(float(dice.choice(COUPLINGS_DB)), delay, dice.uniform(*ECHO_S), int(dice.integers(1 << 31)))


def scene(kind: str, path: Path, reply: Reply, call: Call) -> Scene:
    """`call` beside `reply`; who answers a question does so after it."""
    after = 0 if call.reply else len(reply.audio)
    spoken = kind != ALONE
    caller = np.pad(call.audio, (after, 0)) if spoken else np.zeros(0, np.float32)
    end = max(len(reply.audio) + path.delay + RATE_HZ, len(caller))
    return Scene(
        name=call.name,
        kind=kind,
        language=call.language,
        path=path,
        reply=reply,
        asked=call.asked,
        caller=caller,
        words=tuple(replace(w, start=w.start + after, end=w.end + after) for w in call.words) if spoken else (),
        start=call.start + after if spoken else end,
        end=end,
    )


class _Studio:
    """Our voice; the same text is spoken once."""

    def __init__(self, tts: Tts) -> None:
        self._tts = tts
        self._said: dict[str, Reply] = {}

    async def say(self, call: Call) -> Reply:
        """What we say in a call, spoken."""
        text = call.reply or call.asked
        if text not in self._said:
            speech = await self._tts.speak(SpeechJob(text, call.language))
            words = tuple(Span(w.text, ms_to_samples(w.start_ms), ms_to_samples(w.end_ms)) for w in speech.words)
            self._said[text] = Reply(text, at_16_khz(to_float(speech.pcm), speech.rate_hz), words)
        return self._said[text]
