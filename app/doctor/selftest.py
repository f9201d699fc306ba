"""Tries every engine for real: the voice speaks a sentence, the detector and the recogniser hear it.

The language model is asked a question of its own.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from time import monotonic
from typing import Any

import numpy as np

from app.audio import to_float
from app.compose import assembled
from app.errors import EngineError, ParlorError
from app.interfaces import (
    FRAME_SAMPLES,
    RATE_HZ,
    Engines,
    FloatArray,
    Message,
    Prompt,
    SpeechJob,
    SttJob,
    SttKind,
    TurnModel,
)
from app.session.resample import Resampler
from app.settings import Config

SENTENCE = "Good evening! I would like two pizzas and a lemonade, please."
"""In English; 3 s of the starter voice."""
NUMBERS = "1, 2, 3, 4, 5, 6, 7, 8."
"""In all other languages: every voice has words for them."""
QUESTION = "What can I eat here?"
ANSWER_TOKENS = 64
NOISE_S = 2
"""Heard where nothing could be spoken."""

Tell = Callable[[dict[str, Any]], None]
Figures = dict[str, float]


async def try_all(config: Config, tell: Tell) -> None:
    """Load one engine after the other as the server does, then try each, and tell of it."""
    loaded = assembled(config)
    speech = Speech(loaded)
    attempts: dict[str, Callable[[], Awaitable[Figures]]] = {
        "tts": speech.speak,
        "vad": speech.detect,
        "stt": speech.recognise,
        "llm": lambda: _answer(loaded),
        **({"turn": lambda: speech.judge(turn)} if (turn := loaded.turn) else {}),
    }
    async with AsyncExitStack() as stack:
        for name, engine in loaded.each().items():
            tell({"begin": name})
            try:
                await stack.enter_async_context(engine)
                await engine.warm()
            except ParlorError as error:
                tell({"name": name, "fault": error.message, "fix": error.fix})
                del attempts[name]
        for name, attempt in attempts.items():
            tell({"begin": name})
            tell({"name": name, **await _tried(loaded, name, attempt)})


class Speech:
    """A sentence on its way from the voice to the recogniser."""

    def __init__(self, loaded: Engines) -> None:
        self._engines = loaded
        self._audio: FloatArray = np.random.default_rng(0).normal(0, 0.1, NOISE_S * RATE_HZ).astype(np.float32)
        self._words = 0

    async def speak(self) -> Figures:
        """Seconds it took for one of speech."""
        language = language_of(self._engines.tts.voices()[0])
        text = SENTENCE if language == "en" else NUMBERS
        started = monotonic()
        speech = await self._engines.tts.speak(SpeechJob(text, language))
        took_s = monotonic() - started
        if not speech.pcm.size:
            raise EngineError("tts", "it spoke a sentence and nothing was to be heard", fix="Choose another voice.")
        resampler = Resampler(speech.rate_hz, RATE_HZ)
        self._audio = to_float(np.concatenate([resampler.feed(speech.pcm), resampler.flush()]))
        self._words = len(speech.words)
        return {"factor": took_s / (speech.pcm.size / speech.rate_hz)}

    async def detect(self) -> Figures:
        """Seconds of audio that are judged in one."""
        count = self._audio.size // FRAME_SAMPLES
        frames = self._audio[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES)
        stream = self._engines.vad.open()
        started = monotonic()
        await stream.probabilities(frames)
        return {"times": count * FRAME_SAMPLES / RATE_HZ / max(monotonic() - started, 1e-6)}

    async def judge(self, model: TurnModel) -> Figures:
        """Milliseconds for what was spoken."""
        started = monotonic()
        await model.over(self._audio)
        return {"ms": 1000 * (monotonic() - started)}

    async def recognise(self) -> Figures:
        """Seconds it took for one of speech, and how many words were heard: never which."""
        started = monotonic()
        heard = await self._engines.stt.transcribe(SttJob("doctor", SttKind.FINAL, self._audio))
        took_s = monotonic() - started
        words = len(heard.text.split()) if heard else 0
        return {"factor": took_s / (self._audio.size / RATE_HZ), "heard": words, "spoken": self._words}


def language_of(voice: str) -> str:
    """ISO 639-1 code in the name of a Piper voice (`de_DE-thorsten-medium`); English where it names none."""
    named = re.match("([a-z]{2})_[A-Z]{2}-", voice)
    return named[1] if named else "en"


async def _answer(loaded: Engines) -> Figures:
    """Milliseconds to the first piece of text, and pieces (tokens, but for parts of characters) a second after it."""
    slot = await loaded.llm.open()
    started = monotonic()
    try:
        async with aclosing(slot.generate(Prompt((Message("user", QUESTION),), ANSWER_TOKENS))) as pieces:
            times = [monotonic() async for _ in pieces]
    finally:
        await slot.close()
    if len(times) < 2:
        raise EngineError(
            "llm", "it answered a question with hardly a word", fix="Choose a model made for conversation."
        )
    return {
        "first_ms": 1000 * (times[0] - started),
        "tokens_per_s": (len(times) - 1) / max(times[-1] - times[0], 1e-6),
    }


async def _tried(loaded: Engines, name: str, attempt: Callable[[], Awaitable[Figures]]) -> dict[str, Any]:
    try:
        figures = await attempt()
    except ParlorError as error:
        return {"fault": error.message, "fix": error.fix}
    info = loaded.each()[name].info()
    return {"model": info.model, "device": info.device, "warnings": info.warnings, "figures": figures}
