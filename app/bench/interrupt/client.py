"""The caller's end of a call in virtual time: a microphone, a loudspeaker and what was told, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import count
from typing import Final, Protocol

import numpy as np

from app.audio import to_float
from app.bench.interrupt.loudspeaker import Loudspeaker
from app.bench.interrupt.room import Room
from app.bench.interrupt.scenes import Path, Scene
from app.bench.interrupt.terminal import Terminal
from app.client.echo import PACKAGE, canceller
from app.errors import EngineError, SetupError
from app.interfaces import RATE_HZ, FloatArray, Pcm
from app.session.session import Session
from app.wire import messages as wire
from app.wire.codec import AudioFrame
from app.wire.incoming import Playback

CHUNK: Final = RATE_HZ // 50
"""Samples in a microphone's message: 20 ms, as the page and the terminal send."""
REPORT_S: Final = 0.2
"""Between two reports of a client's."""
_ALIKE: Final = 0.4
"""Correlation from which a piece is where it seems to be: with others it stays below 0.1."""
KEPT: Final = 20 * RATE_HZ
"""Of what the microphone heard, for as long as anybody may ask for it."""


class Sounding(Protocol):
    """A caller's loudspeaker, and what is done to what the microphone hears of it: see `Loudspeaker`."""

    skipped_ms: list[int]

    @property
    def first_s(self) -> float | None: ...
    def add(self, frame: AudioFrame, now: float) -> None: ...
    def obey(self, message: wire.Outgoing, now: float) -> bool: ...
    def reports(self, now: float) -> Iterator[Playback]: ...
    def take(self, samples: int, now: float) -> FloatArray: ...
    def cleaned(self, heard: Pcm, now: float) -> Pcm: ...


def loudspeaker(delay: int, *, terminal: bool) -> Sounding:
    """A plain one, or that of `parlor talk`. Raises `SetupError` where its echo cancellation is not installed."""
    if not terminal:
        return Loudspeaker(delay)
    if (made := canceller()) is None:
        raise SetupError("there is no echo canceller", fix=f"python -m pip install {PACKAGE}")
    return Terminal(delay, made)


class Client:
    """What a session needs of an outlet (`session.outlet.Outlet`), and who sends it sound and reports."""

    def __init__(self, path: Path, *, terminal: bool = False) -> None:
        """`terminal`: the client is `parlor talk`, with its echo cancellation."""
        self.scene: Scene | None = None
        self.loudspeaker = loudspeaker(path.delay, terminal=terminal)
        self.told: list[tuple[int, wire.Outgoing]] = []
        """Of the present scene, with its sample."""
        self.begin: int | None = None
        """Sample of the call where the scene's reply began to sound."""
        self.failed: EngineError | None = None
        """What a session gets over, and a measurement does not."""
        self.went_on = asyncio.Event()
        """Set with every chunk."""
        self._replied = False
        """Something of the scene's reply came."""
        self._room = Room(path)
        self._clock = asyncio.get_running_loop().time
        self._began_s = self._clock()
        self._at = 0
        """Samples that the microphone heard."""
        self._heard = np.zeros(KEPT, np.int16)
        """The newest of them."""
        self._due = asyncio.Event()

    @property
    def now_s(self) -> float:
        """Of the call."""
        return self._clock() - self._began_s

    @property
    def sample(self) -> int:
        """Where in the scene it is now; 0 until its reply sounds."""
        return 0 if self.begin is None else round(self.now_s * RATE_HZ) - self.begin

    def play(self, scene: Scene) -> None:
        """Begin it, as soon as a reply sounds."""
        self.scene, self.begin, self._replied = scene, None, False
        self.told.clear()
        self.loudspeaker.skipped_ms.clear()

    def place(self, audio: FloatArray) -> int:
        """Where in the scene `audio` ends, which is a piece of what the microphone heard."""
        end = found_end(self._heard, audio)
        return self._at - (len(self._heard) - end) - (self.begin or 0)

    # ---- what runs until it is cancelled

    async def listen(self, session: Session) -> None:
        """The microphone."""
        for number in count(1):
            await asyncio.sleep(max(0.0, number * CHUNK / RATE_HZ - self.now_s))
            sounding = self.loudspeaker.take(CHUNK, self.now_s)
            self._begin()
            heard = self.loudspeaker.cleaned(self._room.heard(sounding, self._caller()), self.now_s)
            self._at += CHUNK
            self._heard = np.append(self._heard[CHUNK:], heard)
            await session.hear(heard.tobytes())
            self.went_on.set()

    async def report(self, session: Session) -> None:
        """What was heard of the reply, now and then and whenever it must be told."""
        while True:
            try:
                async with asyncio.timeout(REPORT_S):
                    await self._due.wait()
            except TimeoutError:
                pass
            self._due.clear()
            for report in self.loudspeaker.reports(self.now_s):
                await session.receive(report)

    # ---- the session's outlet

    def tell(self, message: wire.Outgoing, at_ms: int) -> None:
        """See `Outlet.tell`."""
        self.told.append((self.sample, message))
        if self.loudspeaker.obey(message, self.now_s):
            self._due.set()

    def audio(self, frame: AudioFrame) -> None:
        """See `Outlet.audio`."""
        self.loudspeaker.add(frame, self.now_s)
        self._replied = True
        self._begin()

    def has_room(self) -> bool:
        """See `Outlet.has_room`."""
        return True

    def is_sent(self) -> bool:
        """See `Outlet.is_sent`."""
        return True

    def drop(self, turn: int) -> None:
        """Nothing waits here."""

    # ----

    def _begin(self) -> None:
        if self._replied and self.begin is None and self.loudspeaker.first_s is not None:
            self.begin = round(self.loudspeaker.first_s * RATE_HZ)

    def _caller(self) -> FloatArray:
        """What the caller says in the next chunk."""
        said = np.zeros(CHUNK, np.float32)
        if self.scene and self.begin is not None:
            at = self._at - self.begin
            part = self.scene.caller[max(0, at) : max(0, at + CHUNK)]
            first = max(0, -at)
            said[first : first + len(part)] = part
        return said


def found_end(heard: Pcm, audio: FloatArray) -> int:
    """The place in `heard` where `audio` ends, which was made of it: maybe with less of our echo.

    What is like nothing was all echo, and emptied of it: it is looked at while it sounds, and ends where `heard` does.
    """
    known, sought, count = to_float(heard).astype(np.float64), audio.astype(np.float64), len(audio)
    size = 1 << (len(known) - 1).bit_length()
    together = np.fft.irfft(np.fft.rfft(known, size) * np.fft.rfft(sought, size).conj(), size)[: len(known) - count + 1]
    power = np.cumsum(np.square(np.pad(known, (1, 0))))
    alike = together / np.sqrt(np.maximum((power[count:] - power[:-count]) * np.square(sought).sum(), 1e-12))
    place = int(np.argmax(alike))
    return place + count if alike[place] >= _ALIKE else len(known)
