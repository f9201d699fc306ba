"""The recogniser of an OpenAI-compatible server: Speaches, whisper.cpp's and others."""

from __future__ import annotations

import asyncio
import io
import wave
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

import aiohttp
import numpy as np

from app.audio import samples_to_ms, to_pcm
from app.errors import EngineError, EngineTimeoutError, UnknownLanguageError
from app.interfaces import RATE_HZ, EngineInfo, EngineState, FloatArray, SttJob, SttKind, Transcript
from app.remote import Endpoint, RefusedError, read_json
from app.settings import SttSettings
from app.stt.junk import Heard, is_silent, measure, why_junk
from app.stt.pool import SttPool
from app.stt.verbose import Told, read

_NEARLY = 0.95
"""A worker that still waits at its limit is taken for hung."""
_UNKNOWN = {400, 422}
"""What servers answer to a language that their model does not know."""


class RemoteStt:
    """Implements `Stt`. `workers` requests go out at once, finals first; the rest wait here."""

    def __init__(self, settings: SttSettings) -> None:
        self._settings = settings
        self._endpoint = Endpoint("stt", settings.url, settings.key)
        self._pool = SttPool(settings, self._transcribe)
        self._stack = AsyncExitStack()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._endpoint)
            await stack.enter_async_context(self._pool)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def info(self) -> EngineInfo:
        """See `Engine.info`."""
        endpoint = self._endpoint
        return EngineInfo(
            EngineState.FAILED if self._pool.broken else endpoint.state,
            self._settings.model,
            endpoint.host,
            self._pool.count,
            self._pool.waiting,
            starter=False,
            elsewhere=True,
        )

    async def warm(self) -> None:
        """A second of noise. Raises `EngineError`."""
        noise = np.random.default_rng(0).normal(0.0, 0.1, RATE_HZ).astype(np.float32)
        await self._pool.run(SttJob("warm", SttKind.FINAL, noise, task=self._settings.task))

    async def transcribe(self, job: SttJob) -> Transcript | None:
        """See `Stt.transcribe`."""
        return await self._pool.run(job)

    def commit(self, session: str) -> None:
        """See `Stt.commit`."""
        self._pool.commit(session)

    def _transcribe(self, job: SttJob) -> Transcript:
        """In a worker's thread; the loop only speaks to the server. Silence does not go out, nor do phantoms come."""
        if self._loop is None:
            raise EngineError("stt", "is not loaded")
        language = job.language or self._settings.language
        sound, duration_ms = measure(job.audio), samples_to_ms(job.audio.size)
        if is_silent(sound):
            return Transcript("", language or "en", 1.0, duration_ms)
        asked = self._ask(job.task, language, _wav(job.audio))
        told = self._understood(asyncio.run_coroutine_threadsafe(asked, self._loop).result(), duration_ms)
        spoken = "en" if job.task == "translate" else language or told.language or "en"
        word_ps = tuple(word.p for word in told.words)
        if why_junk(Heard(told.text, word_ps, told.no_speech_prob, told.avg_log_prob, sound)):
            return Transcript("", spoken, told.no_speech_prob, duration_ms)
        return Transcript(told.text, spoken, told.no_speech_prob, duration_ms, told.words)

    def _understood(self, told: object, duration_ms: int) -> Told:
        try:
            return read(told, duration_ms)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise EngineError("stt", "the server's answer is no transcription in verbose_json") from error

    async def _ask(self, task: str, language: str, wav: bytes) -> object:
        form = aiohttp.FormData()
        form.add_field("file", wav, filename="speech.wav", content_type="audio/wav")
        form.add_field("model", self._settings.model)
        form.add_field("response_format", "verbose_json")
        form.add_field("temperature", "0")
        path = "/audio/translations"
        if task == "transcribe":
            path = "/audio/transcriptions"
            form.add_field("timestamp_granularities[]", "word")
            form.add_field("timestamp_granularities[]", "segment")
            if language:
                form.add_field("language", language)
        try:
            async with asyncio.timeout(self._settings.limit_s * _NEARLY), self._endpoint.post(path, data=form) as found:
                return await read_json(found)
        except TimeoutError as error:
            raise EngineTimeoutError("stt", f"no result within {self._settings.limit_s:g} s") from error
        except RefusedError as error:
            if language and error.status in _UNKNOWN:
                raise UnknownLanguageError("stt", f"the server refuses the language {language!r}") from error
            raise


def _wav(audio: FloatArray) -> bytes:
    """Mono PCM16 of 16 kHz."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(to_pcm(audio).astype("<i2").tobytes())
    return made.getvalue()
