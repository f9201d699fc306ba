"""Piper behind `interfaces.Tts`: several voices at once on CPU threads."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from app.audio import to_pcm
from app.errors import EngineError, ParlorError, SetupError, UnknownVoiceError
from app.interfaces import EngineInfo, EngineState, Speech, SpeechJob
from app.settings import TtsSettings
from app.tts.speakable import joined, speakable
from app.tts.voice import Voice, load
from app.tts.word_times import keep, place
from app.workers import LOAD_LIMIT_S, MAX_LOST_THREADS, Workers

log = logging.getLogger(__name__)
_ENGINE = "tts"


class Piper:
    """The voices of `paths`, each with a session of its own, shared by all callers.

    A voice is named as its file (without .onnx); the first of a language is that language's default. A language
    without a voice is spoken by the first voice of all, and logged when it first happens: a foreign accent is better
    than a silent reply.
    """

    def __init__(self, settings: TtsSettings, paths: Sequence[Path], starter: bool, language: str = "") -> None:
        """`language` is the one that all callers speak, if that is known."""
        self._language = language
        self._settings = settings
        self._paths = tuple(paths)
        self._starter = starter
        self._workers = Workers(_ENGINE, settings.workers, settings.queue, settings.limit_s)
        self._voices: dict[str, Voice] = {}
        self._defaults: dict[str, Voice] = {}
        self._foreign: set[str] = set()
        self._hashes: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        await self._workers.__aenter__()
        try:
            for voice in await self._loaded():
                if voice.name in self._voices:
                    raise SetupError(f"two voices are called {voice.name}", fix="Rename one of the two in tts.voices.")
                self._voices[voice.name] = voice
                self._defaults.setdefault(voice.language, voice)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def _loaded(self) -> list[Voice]:
        async with Workers(_ENGINE, 1, 1, LOAD_LIMIT_S) as loader:
            return [await loader.run(partial(load, path, self._settings.threads)) for path in self._paths]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._workers.__aexit__(kind, error, trace)
        self._voices, self._defaults = {}, {}

    def info(self) -> EngineInfo:
        lost = self._workers.lost
        ready = EngineState.READY if self._voices else EngineState.LOADING
        return EngineInfo(
            state=EngineState.FAILED if lost > MAX_LOST_THREADS else ready,
            model=", ".join(path.stem for path in self._paths),
            device="cpu",
            workers=self._workers.count,
            queue=self._workers.waiting,
            starter=self._starter,
            warnings=tuple(self._warnings(lost)),
        )

    def _warnings(self, lost: int) -> Iterator[str]:
        if lost:
            yield f"{lost} workers hung and were given up"
        if self._voices and self._language and self._language not in self._defaults:
            yield f"no voice in tts.voices speaks {self._language}, which stt.language is set to (parlor models list)"

    def voices(self) -> tuple[str, ...]:
        return tuple(self._voices)

    async def warm(self) -> None:
        for voice in self._voices.values():
            await self.speak(SpeechJob("1", voice.language, voice.name))  # a number is a word in every language

    async def speak(self, job: SpeechJob) -> Speech:
        """The whole clause, silence before it trimmed. Raises `EngineError`, `UnknownVoiceError`."""
        voice = self._voice(job)
        try:
            return await self._workers.run(partial(_speak, voice, job), last=job.draft)
        except ParlorError:
            raise
        except Exception as error:
            # piper and onnxruntime name no errors of their own; whichever it is, the reply ends and the session goes on
            raise EngineError(_ENGINE, f"{voice.name} failed ({type(error).__name__})") from error

    async def source(self, job: SpeechJob) -> str | None:
        """See `app.tts.cache.Speaker.source`: Piper's version and the hash of the voice's two files."""
        if job.voice is None and job.language.partition("-")[0].lower() not in self._defaults:
            return None
        voice = self._voice(job)
        if voice.name not in self._hashes:
            path = next(path for path in self._paths if path.stem == voice.name)
            try:
                self._hashes[voice.name] = await self._workers.run(partial(_hashed, path), last=True)
            except OSError as error:
                raise EngineError(_ENGINE, f"{voice.name} cannot be read any more") from error
        return f"piper {version('piper-tts')} {self._hashes[voice.name]}"

    def _voice(self, job: SpeechJob) -> Voice:
        if job.voice is not None:
            if job.voice not in self._voices:
                raise UnknownVoiceError(_ENGINE, "no such voice is installed")
            return self._voices[job.voice]
        language = job.language.partition("-")[0].lower()
        if language not in self._defaults:
            if not self._voices:
                raise EngineError(_ENGINE, "no voice is loaded")
            if language not in self._foreign and len(self._foreign) < _MAX_FOREIGN:
                self._foreign.add(language)
                log.warning("no voice speaks %r: the first one is used", language[:3])
            return next(iter(self._voices.values()))
        return self._defaults[language]


_MAX_FOREIGN = 32
"""Languages remembered as warned about: the name comes from clients."""


def _hashed(path: Path) -> str:
    """Both files of a voice: 16 MB take 15 ms."""
    both = sha256()
    for file in (path, Path(f"{path}.json")):
        both.update(file.read_bytes())
    return both.hexdigest()


def _speak(voice: Voice, job: SpeechJob) -> Speech:
    words = speakable(job.text, job.language)
    text = joined(words)
    audio, groups = voice.say(text, job.speed) if text else (np.zeros(0, np.float32), [])
    kept = keep(audio, voice.rate_hz)
    if not kept.end:
        return Speech(np.zeros(0, np.int16), voice.rate_hz)
    return Speech(to_pcm(audio[kept.start : kept.end]), voice.rate_hz, place(words, groups, kept, voice.rate_hz))
