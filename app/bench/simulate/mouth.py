"""What a caller's microphone hears, sample by sample, and which words of it the server can have got. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.audio import ms_to_samples
from app.interfaces import Pcm

NEAR = ms_to_samples(400)
"""A turn that is ended by hand within so many samples of a word may part it in two."""
STEADY = ms_to_samples(100)
"""For so long nothing begins in silence."""


@dataclass(frozen=True, slots=True)
class Uttered:
    """A word that went into the microphone, at samples `start` to `end` of the whole call, which begins at 0 s."""

    text: str
    start: int
    end: int
    connection: int
    """Counted from 0."""
    sure: bool = True
    """It must be heard; else it may be."""


@dataclass(frozen=True, slots=True)
class _Sound:
    text: str
    pcm: Pcm


class Mouth:
    """Sounds wait until the microphone takes them; between them is silence."""

    def __init__(self) -> None:
        self.at = 0
        """Samples taken so far."""
        self.uttered: list[Uttered] = []
        self._sounds: deque[_Sound] = deque()
        self._offset = 0
        """Samples taken of the first sound."""
        self._connections: list[int] = []
        """Where each began."""
        self._blurred = -NEAR - 1

    @property
    def left(self) -> int:
        """Samples that are still to be taken of what was said."""
        return sum(sound.pcm.size for sound in self._sounds) - self._offset

    @property
    def loud(self) -> bool:
        """The next sample is no silence."""
        return bool(self._sounds) and bool(self._sounds[0].pcm[0])

    def steady(self) -> int:
        """For how many samples nothing changes."""
        return self._sounds[0].pcm.size - self._offset if self._sounds else STEADY

    def say(self, text: str, pcm: Pcm) -> None:
        """A word, or with an empty text what is none, after all that waits."""
        if pcm.size:
            self._sounds.append(_Sound(text, pcm))

    def take(self, samples: int) -> Pcm:
        """The next `(samples,)`."""
        taken, at = np.zeros(samples, np.int16), 0
        while at < samples and self._sounds:
            sound = self._sounds[0]
            part = sound.pcm[self._offset : self._offset + samples - at]
            taken[at : at + part.size] = part
            at += part.size
            self._offset += part.size
            if self._offset == sound.pcm.size:
                self._utter(self.at + at)
        self.at += samples
        return taken

    def blur(self) -> None:
        """The turn is ended by hand about now: whether the words around are heard is anybody's guess."""
        self._blurred = self.at
        self.uttered = [replace(word, sure=word.sure and word.end < self.at - NEAR) for word in self.uttered]

    def connect(self) -> None:
        """What is taken from now on goes over another connection."""
        self._connections.append(self.at)

    def cut(self) -> None:
        """The caller breaks off."""
        if self._sounds and self._offset:
            self._utter(self.at)
        self._sounds.clear()

    def words(self, taken: Sequence[int]) -> Iterator[Uttered]:
        """Those that can have been heard where the server read so many samples of each connection."""
        for word in self.uttered:
            if word.connection >= 0:
                end = self._connections[word.connection] + taken[word.connection]
                if word.start < end:
                    yield replace(word, sure=word.sure and word.end <= end)

    def _utter(self, end: int) -> None:
        sound, size = self._sounds.popleft(), self._offset
        self._offset = 0
        if sound.text:
            start = end - size
            sure = size == sound.pcm.size and start > self._blurred + NEAR
            self.uttered.append(Uttered(sound.text, start, end, len(self._connections) - 1, sure))
