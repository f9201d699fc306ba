"""The recogniser of an OpenAI-compatible server: Speaches, whisper.cpp's, vLLM and others."""

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
from app.errors import EngineError, EngineTimeoutError
from app.interfaces import RATE_HZ, EngineInfo, EngineState, FloatArray, SttJob, SttKind, Transcript
from app.remote import Endpoint
from app.settings import SttSettings
from app.stt.junk import Heard, is_silent, measure, why_junk
from app.stt.pool import SttPool
from app.stt.verbose import Told, read

_NEARLY = 0.95
"""A worker that still waits at its limit is taken for hung."""


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
            warnings=endpoint.warnings,
            elsewhere=True,
        )

    async def warm(self) -> None:
        """A second of noise. Raises `EngineError`."""
        noise = np.random.default_rng(0).normal(0.0, 0.1, RATE_HZ).astype(np.float32)
        await self._pool.run(SttJob("warm", SttKind.FINAL, noise))

    async def transcribe(self, job: SttJob) -> Transcript | None:
        """See `Stt.transcribe`."""
        return await self._pool.run(job)

    def commit(self, session: str) -> None:
        """See `Stt.commit`."""
        self._pool.commit(session)

    def _transcribe(self, job: SttJob) -> Transcript:
        """In a worker's thread: the pool decides whose turn it is, the loop speaks to the server."""
        if self._loop is None:
            raise EngineError("stt", "is not loaded")
        return asyncio.run_coroutine_threadsafe(self._heard(job), self._loop).result()

    async def _heard(self, job: SttJob) -> Transcript:
        """The transcript, with no text when it was no speech. Silence does not go out."""
        language = job.language or self._settings.language
        sound, duration_ms = measure(job.audio), samples_to_ms(job.audio.size)
        if is_silent(sound):
            return Transcript("", language or "en", 1.0, duration_ms)
        try:
            async with asyncio.timeout(self._settings.limit_s * _NEARLY):
                told = await self._ask(job, language, duration_ms)
        except TimeoutError as error:
            raise EngineTimeoutError("stt", f"no result within {self._settings.limit_s:g} s") from error
        spoken = "en" if job.task == "translate" else language or told.language or "en"
        word_ps = tuple(word.p for word in told.words)
        if why_junk(Heard(told.text, word_ps, told.no_speech_prob, told.avg_log_prob, sound)):
            return Transcript("", spoken, told.no_speech_prob, duration_ms)
        return Transcript(told.text, spoken, told.no_speech_prob, duration_ms, told.words)

    async def _ask(self, job: SttJob, language: str, duration_ms: int) -> Told:
        form = aiohttp.FormData()
        form.add_field("file", _wav(job.audio), filename="speech.wav", content_type="audio/wav")
        form.add_field("model", self._settings.model)
        form.add_field("response_format", "verbose_json")
        form.add_field("temperature", "0")
        path = "/audio/translations"
        if job.task == "transcribe":
            path = "/audio/transcriptions"
            form.add_field("timestamp_granularities[]", "word")
            form.add_field("timestamp_granularities[]", "segment")
            if language:
                form.add_field("language", language)
        async with self._endpoint.post(path, data=form) as response:
            try:
                return read(await response.json(content_type=None), duration_ms)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise EngineError("stt", "the server's answer is no transcription in verbose_json") from error


def _wav(audio: FloatArray) -> bytes:
    """Mono PCM16 of 16 kHz."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(to_pcm(audio).astype("<i2").tobytes())
    return made.getvalue()
