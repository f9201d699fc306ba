"""Scripted engines, for tests of timing and faults only: what they say, when, and how they fail is written down."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from app.interfaces import EngineInfo, Engines, EngineState, Speech, SttKind, Transcript, Word

VOICE_HZ = 16_000
CHAR_MS = 20
CHAR_SAMPLES = VOICE_HZ * CHAR_MS // 1000
"""Of tone, for each character."""
Fault = Callable[[object], float | Exception | None]
"""Given a job: seconds to wait first, an exception to raise, or nothing."""


async def suffer(fault, job):
    """What a script says happens to this job."""
    found = fault(job) if fault else None
    if isinstance(found, Exception):
        raise found
    if found:
        await asyncio.sleep(found)


class Scripted:
    """What all scripted engines have in common."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        return None

    def info(self):
        return EngineInfo(EngineState.READY, type(self).__name__, "script", 1, 0, False)

    async def warm(self):
        return None


@dataclass
class ScriptedVad(Scripted):
    """Loud is speech."""

    fault: Fault | None = None

    def open(self):
        return self

    async def probabilities(self, frames):
        await suffer(self.fault, frames)
        return (np.abs(frames).max(axis=1) > 0.1).astype(np.float32)


@dataclass
class ScriptedStt(Scripted):
    """Hears `texts` in turn, the last one for ever."""

    texts: list[str] = field(default_factory=lambda: ["hello"])
    fault: Fault | None = None
    p: float = 1.0
    """How sure it is of each word."""
    jobs: list = field(default_factory=list)
    committed: list = field(default_factory=list)

    async def transcribe(self, job):
        self.jobs.append(job)
        await suffer(self.fault, job)
        text = self.texts[0]
        if job.kind is not SttKind.PARTIAL and len(self.texts) > 1:
            self.texts.pop(0)
        words = tuple(Word(w, 100 * i, 100 * i + 100, self.p) for i, w in enumerate(text.split()))
        return Transcript(text, "en", 0.0 if text else 1.0, len(job.audio) // 16, words)

    def commit(self, session):
        self.committed.append(session)


@dataclass
class ScriptedLlm(Scripted):
    """Answers with `answer(prompt)`, word by word, `pace_s` apart."""

    answer: Callable[[object], str] = lambda prompt: "Very well then. Anything else for you today?"
    pace_s: float = 0.0
    fault: Fault | None = None
    slots: int = 100
    open_slots: int = 0
    running: int = 0
    committed: int = 0
    read: list = field(default_factory=list)
    """Last messages of prompts that asked for no answer."""
    prompts: list = field(default_factory=list)

    async def open(self):
        self.open_slots += 1
        return _Slot(self)


class _Slot:
    def __init__(self, llm):
        self.llm = llm
        self.closed = False

    async def generate(self, prompt):
        if not prompt.max_tokens:
            self.llm.read.append(prompt.messages[-1].text)
            return
        self.llm.prompts.append(prompt)
        self.llm.running += 1
        try:
            await suffer(self.llm.fault, prompt)
            for i, word in enumerate(self.llm.answer(prompt).split()):
                await asyncio.sleep(self.llm.pace_s)
                yield word if i == 0 else f" {word}"
        finally:
            self.llm.running -= 1

    def commit(self):
        self.llm.committed += 1

    async def close(self):
        if not self.closed:
            self.closed = True
            self.llm.open_slots -= 1


@dataclass
class ScriptedTts(Scripted):
    """A tone of 20 ms a character."""

    fault: Fault | None = None
    jobs: list = field(default_factory=list)

    def voices(self):
        return ("tone", "hum")

    async def speak(self, job):
        self.jobs.append(job)
        await suffer(self.fault, job)
        samples = len(job.text) * CHAR_SAMPLES
        pcm = (8000 * np.sin(np.arange(samples) * 2 * np.pi * 440 / VOICE_HZ)).astype(np.int16)
        words, at = [], 0
        for word in job.text.split():
            words.append(Word(word, at * CHAR_MS, (at + len(word)) * CHAR_MS))
            at += len(word) + 1
        return Speech(pcm, VOICE_HZ, tuple(words))


@dataclass
class ScriptedTurn(Scripted):
    """Judges every pause alike."""

    p: float = 0.5
    fault: Fault | None = None
    heard: list = field(default_factory=list)

    async def over(self, audio):
        self.heard.append(audio)
        await suffer(self.fault, audio)
        return self.p


def scripted(vad=None, stt=None, llm=None, tts=None, turn=None):
    """A set of engines, scripted where none is given; without a turn model unless one is."""
    return Engines(vad or ScriptedVad(), stt or ScriptedStt(), llm or ScriptedLlm(), tts or ScriptedTts(), turn)
