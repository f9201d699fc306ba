"""The interfaces of the four engines and of one that may be missing, with the values that pass through them.

A stage knows these and nothing of the engine behind them; `compose` is the only file that names a concrete engine.
Every engine is an async context manager: entering loads it, leaving frees it. `warm` runs it once for real.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Pcm = NDArray[np.int16]

RATE_HZ = 16_000
"""Sample rate of everything between the wire codec and the recogniser."""
FRAME_SAMPLES = 512
"""Samples in one detector frame (32 ms), the size Silero's 16 kHz model takes."""


class EngineState(Enum):
    """Where an engine stands; only `READY` makes `/readyz` say 200."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What `/readyz` says about an engine."""

    state: EngineState
    model: str
    device: str
    workers: int
    queue: int
    """Jobs waiting for a worker; live text is none of them: it is dropped rather than late."""
    starter: bool
    """Whether the model is one of Parlor's own small starter models."""
    warnings: tuple[str, ...] = ()
    """What the operator must know, for instance that a GPU was there and could not be used."""
    elsewhere: bool = False
    """In another process: to start this one anew mends nothing."""


class Engine(AbstractAsyncContextManager["Engine"], Protocol):
    """What all have in common."""

    def info(self) -> EngineInfo: ...

    async def warm(self) -> None:
        """Run once for real, so that no caller pays for first-use costs. Raises `EngineError`."""


# ---- VAD


class VadStream(Protocol):
    """One session's detector state."""

    async def probabilities(self, frames: FloatArray) -> FloatArray:
        """Speech probability of each frame: `(n, 512)` samples in [-1, 1] -> `(n,)` in [0, 1].

        Frames must be consecutive. Raises `EngineError`.
        """


class Vad(Engine, Protocol):
    """Tells speech from everything else."""

    def open(self) -> VadStream: ...


class TurnModel(Engine, Protocol):
    """Hears whether a turn is over. The only engine that Parlor works without."""

    async def over(self, audio: FloatArray) -> float:
        """Probability that nothing more will be said, from `(samples,)` at 16 kHz that end in a pause.

        Raises `EngineError`.
        """


# ---- STT


class SttKind(IntEnum):
    """Why a transcription is wanted; smaller goes first."""

    FINAL = 0
    DRAFT = 1
    """Of the whole utterance, in a pause that may be its end: then it is the final one."""
    PARTIAL = 2


@dataclass(frozen=True, slots=True)
class SttJob:
    """One transcription."""

    session: str
    """Who asks: a newer draft or partial of the same session replaces the older one that still waits."""
    kind: SttKind
    audio: FloatArray
    """`(samples,)` at 16 kHz in [-1, 1]."""
    language: str | None = None
    """ISO 639-1 code, or None to detect it."""
    task: Literal["transcribe", "translate"] = "transcribe"


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it lies, in ms from the start of the audio it belongs to."""

    text: str
    start_ms: int
    end_ms: int
    p: float = 1.0


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was heard. `text` is empty when it was no speech (silence, noise, a phantom)."""

    text: str
    language: str
    no_speech_prob: float
    duration_ms: int
    words: tuple[Word, ...] = ()


class Stt(Engine, Protocol):
    """Speech to text."""

    async def transcribe(self, job: SttJob) -> Transcript | None:
        """The transcript; None when a newer draft or partial of the session replaced this one or it went stale.

        Raises `EngineError` (`EngineTimeoutError` past its time limit, `EngineBusyError` when the queue is full).
        Cancelling the awaiting task forgets the result; the worker is free again when its work is done.
        """

    def commit(self, session: str) -> None:
        """The session's draft, if it still waits, is a final now."""


# ---- LLM


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a conversation."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is asked: the whole conversation, newest last; the engine reuses what it has computed already."""

    messages: tuple[Message, ...]
    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    grammar: str | None = None
    """GBNF."""
    draft: bool = False
    """Nobody waits for the answer yet: it is computed where that holds up no other."""


class LlmSlot(Protocol):
    """One session's place in the model: its sequence and the token ids in it. One generation at a time."""

    def generate(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        """The answer's text, piece by piece (each valid text, never half a character).

        Close it (`contextlib.aclosing`) to cancel: within one decode step nothing more is computed for it.
        Raises `EngineError`; `PromptTooLongError` when not even the newest message fits.
        """

    def commit(self) -> None:
        """The answer in the making is a draft no more."""

    async def close(self) -> None:
        """Give the place back. Idempotent."""


class Llm(Engine, Protocol):
    """A language model shared by all sessions."""

    async def open(self) -> LlmSlot:
        """A place of one's own. Raises `EngineBusyError` when all are taken."""


# ---- TTS


@dataclass(frozen=True, slots=True)
class SpeechJob:
    """One clause or sentence to be spoken."""

    text: str
    """As written; the engine makes it speakable."""
    language: str = "en"
    voice: str | None = None
    """Name of an installed voice, or None for the language's default."""
    speed: float = 1.0
    """1.25 speaks in four fifths of the time."""
    draft: bool = False
    """Nobody waits for it yet: others go first."""


@dataclass(frozen=True, slots=True)
class Speech:
    """Spoken audio. May be empty: a lone emoji has nothing to say."""

    pcm: Pcm
    """`(samples,)`, mono."""
    rate_hz: int
    words: tuple[Word, ...] = field(default=())
    """The words of `SpeechJob.text` as written (`text.split()`), in ms from the first sample."""


class Tts(Engine, Protocol):
    """Text to speech."""

    def voices(self) -> tuple[str, ...]:
        """Names a session may ask for."""

    async def speak(self, job: SpeechJob) -> Speech:
        """The whole clause. Raises `EngineError`, `UnknownVoiceError`."""


@dataclass(frozen=True, slots=True)
class Engines:
    """One of each, shared by all sessions."""

    vad: Vad
    stt: Stt
    llm: Llm
    tts: Tts
    turn: TurnModel | None = None

    def each(self) -> dict[str, Engine]:
        """Those that are there, by name."""
        four: dict[str, Engine] = {"vad": self.vad, "stt": self.stt, "llm": self.llm, "tts": self.tts}
        return {**four, "turn": self.turn} if self.turn else four
