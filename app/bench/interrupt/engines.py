"""What a session of a scene is given: a model and a voice that say the scene's reply, and ears that answer late.

Model and voice are scripted for timing: they give what was written and spoken before the scenes began, in no time. The
detector is the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

from app.audio import samples_to_ms, to_pcm
from app.bench.interrupt.client import Client
from app.bench.interrupt.scenes import Reply, Scene
from app.bench.simulate.clock import still
from app.bench.simulate.engines import Ready
from app.errors import EngineError
from app.interfaces import RATE_HZ, Engines, LlmSlot, Prompt, Speech, SpeechJob, SttJob, Transcript, Vad, Word

LATE_S: Final = 0.04
"""From the question to the text: two seconds take the starter ears 11 ms on a core that has nothing else to do."""
MOSTLY: Final = 0.6
"""Of a word that has been said, when perfect ears know it."""

Listen = Callable[[Scene, SttJob, int], Awaitable[Transcript | None]]
"""What is understood of a job whose audio ends at a sample of the scene."""


def engines(client: Client, vad: Vad, listen: Listen) -> Engines:
    """Those of one session."""
    return Engines(vad, Ears(client, listen), Model(client), Voice(client))


async def perfect(scene: Scene, job: SttJob, until: int) -> Transcript:
    """Of the caller's words, those that lie mostly in the job's audio."""
    start = until - len(job.audio)
    heard = tuple(
        Word(word.name, samples_to_ms(word.start - start), samples_to_ms(word.end - start))
        for word in scene.words
        if min(word.end, until) - max(word.start, start) >= MOSTLY * (word.end - word.start)
    )
    text = " ".join(word.text for word in heard)
    return Transcript(text, scene.language, 0.0 if heard else 1.0, samples_to_ms(len(job.audio)), heard)


class Ears(Ready):
    """Understands at once, and says so `LATE_S` later."""

    def __init__(self, client: Client, listen: Listen) -> None:
        super().__init__()
        self._client, self._listen = client, listen

    async def transcribe(self, job: SttJob) -> Transcript | None:
        """See `interfaces.Stt`."""
        scene = _present(self._client)
        try:
            with still():
                heard = await self._listen(scene, job, self._client.place(job.audio))
        except EngineError as error:
            self._client.failed = error
            raise
        await asyncio.sleep(LATE_S)
        return heard

    def commit(self, session: str) -> None:
        """None waits."""


class Model(Ready):
    """Says each scene's reply once, and nothing to whoever speaks then."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self._answered: Scene | None = None

    async def open(self) -> LlmSlot:
        """See `interfaces.Llm`."""
        return self

    async def generate(self, prompt: Prompt) -> AsyncGenerator[str, None]:
        """See `interfaces.LlmSlot`."""
        scene = _present(self._client)
        if prompt.max_tokens and scene is not self._answered:
            self._answered = scene
            yield scene.reply.text

    def commit(self) -> None:
        """There are no drafts."""

    async def close(self) -> None:
        """There is one place for one session."""


class Voice(Ready):
    """Speaks each scene's reply, whatever it is cut into."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self._scene: Scene | None = None
        self._said = 0
        """Words of it."""

    def voices(self) -> tuple[str, ...]:
        """See `interfaces.Tts`."""
        return ()

    async def speak(self, job: SpeechJob) -> Speech:
        """See `interfaces.Tts`."""
        scene = _present(self._client)
        if scene is not self._scene:
            self._scene, self._said = scene, 0
        first, self._said = self._said, self._said + len(job.text.split())
        return piece(scene.reply, first, self._said)


def piece(reply: Reply, first: int, end: int) -> Speech:
    """The words from `first` to `end`, with what sounds before the first of all and behind each."""
    words = reply.words[first:end]
    if len(words) < end - first:
        raise EngineError("tts", "the reply has no such words")
    start = words[0].start if first else 0
    stop = reply.words[end].start if end < len(reply.words) else len(reply.audio)
    timed = tuple(Word(w.name, samples_to_ms(w.start - start), samples_to_ms(w.end - start)) for w in words)
    return Speech(to_pcm(reply.audio[start:stop]), RATE_HZ, timed)


def _present(client: Client) -> Scene:
    if client.scene is None:
        raise EngineError("bench", "no scene is being played")
    return client.scene
