"""Takes our own echo out of what was heard, where it is found how the room answers to our loudspeaker. Pure.

Times are samples of the session's audio clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.audio import ms_to_samples, to_float, to_pcm
from app.interfaces import FRAME_SAMPLES, RATE_HZ, FloatArray, Pcm
from app.session.linear import FITTED, TAPS, behind, response, taken_off, through

KEPT: Final = 18 * RATE_HZ
"""Nobody's interruption is longer ago than 15 s, and a client may be 2 s behind what was sent."""
BEFORE: Final = ms_to_samples(50)
"""So long before a sound is seen to be somebody's it may have begun."""
LEARNED: Final = RATE_HZ
"""Samples of ours from which a room is learned: of less, what is learned holds for those alone."""
PROVEN: Final = RATE_HZ
"""The newest second tells whether an answer holds."""
MOVED: Final = ms_to_samples(100)
"""At most so far from where it was taken to be a reply is played."""
LOUDER: Final = 8.0
"""At most so much, 18 dB, a loudspeaker is turned up at once."""
LEAST: Final = 0.25
"""Of its power is left at most, 6 dB less, by one that does."""
_SILENCE: Final = float(np.finfo(np.float32).tiny)


class Track:
    """The newest sound by its place on the clock; silence where none was put."""

    def __init__(self) -> None:
        self._sound: Pcm = np.zeros(KEPT, np.int16)
        self.begun = 0
        """Where what goes on without a gap began."""
        self._end = self._newest = 0

    @property
    def oldest(self) -> int:
        """From there on it is kept."""
        return max(0, self._newest - KEPT)

    def put(self, at: int, sound: FloatArray) -> None:
        """`(n,)` from `at` on, instead of what was there."""
        end = at + sound.size
        self.begun = self.begun if at == self._end else at
        self._newest = max(self._newest, end)
        self._sound[_places(max(self._end, self.oldest), at)] = 0
        first = max(at, self.oldest)
        self._sound[_places(first, end)] = to_pcm(sound[first - at :])
        self._end = max(self._end, end)

    def cut(self, at: int) -> None:
        """Silence from `at` on."""
        self._end = min(self._end, at)

    def get(self, start: int, end: int) -> FloatArray:
        """`(end - start,)`."""
        made = np.zeros(end - start, np.float32)
        first, last = max(start, self.oldest), min(end, self._end)
        if first < last:
            made[first - start : last - start] = to_float(self._sound[_places(first, last)])
        return made


@dataclass(frozen=True, slots=True)
class _Room:
    """How one answers to our loudspeaker."""

    late: int
    """Samples from what we sent to the first of what arrives."""
    taps: FloatArray


class Canceller:
    """One session's."""

    def __init__(self) -> None:
        self.sent = Track()
        """What we sent, where it is taken to be played."""
        self.heard = Track()
        self._known: _Room | None = None
        """The last that held."""
        self._begin = -PROVEN
        """Of the newest sound that was asked for."""
        self._room: _Room | None = None
        """What held before it."""

    def without(self, audio: FloatArray, start_sample: int, delay: int) -> FloatArray | None:
        """What was heard from there on, `(n,)`, without our echo; None where too little of that would go.

        `delay` is that of the echo, in frames (`Coupling.delay`). Takes 15 ms as a sound begins, and 2 later.
        """
        if start_sample - TAPS < max(self.sent.oldest, self.heard.oldest):
            return None
        away = abs(start_sample - self._begin)
        if away >= (PROVEN if self._room else 1):
            self._begin = start_sample
            self._room = self._found(start_sample - BEFORE, max(0, delay - 1) * FRAME_SAMPLES)
            self._known = self._room or self._known
        return self._cleaned(self._room, audio, start_sample) if self._room else None

    def _found(self, end: int, late: int) -> _Room | None:
        """What holds up to `end`: as found from what was heard until then, or what held before."""
        rooms = [self._moved(self._known, end)] if self._known else []
        sent, heard = self.sent.get(end - FITTED - late, end - late), self.heard.get(end - FITTED, end)
        # Each reply is placed anew, some 10 ms off: two of them at once look like two rooms.
        before = max(0, self.sent.begun + late - (end - FITTED))
        sent[:before] = heard[:before] = 0
        if np.count_nonzero(sent) >= LEARNED:
            rooms.append(_Room(late, response(sent, heard)))
        left = [self._left(room, end) for room in rooms]
        return rooms[int(np.argmin(left))] if min(left, default=1.0) < LEAST else None

    def _moved(self, room: _Room, end: int) -> _Room:
        """As it is where what we say now is played at another time, or louder, than what the room was learned from.

        Softer it may be for a moment only: see `taken_off`.
        """
        begin, heard = end - PROVEN, self.heard.get(end - PROVEN, end)
        room = replace(room, late=room.late + behind(self._echo(room, begin, end), heard, MOVED))
        echo = self._echo(room, begin, end)
        louder = np.clip(echo @ heard / max(float(echo @ echo), _SILENCE), 1, LOUDER)
        return replace(room, taps=np.asarray(room.taps * louder, np.float32))

    def _left(self, room: _Room, end: int) -> float:
        """Share of the power of the second before `end`."""
        heard = self.heard.get(end - PROVEN, end)
        left = self._cleaned(room, heard, end - PROVEN)
        return float((np.square(left).sum() + _SILENCE) / (np.square(heard).sum() + _SILENCE))

    def _cleaned(self, room: _Room, audio: FloatArray, start: int) -> FloatArray:
        return taken_off(audio, self._echo(room, start, start + audio.size))

    def _echo(self, room: _Room, start: int, end: int) -> FloatArray:
        return through(self.sent.get(start - room.late - TAPS, end - room.late), room.taps)


def _places(start: int, end: int) -> NDArray[np.int_]:
    return np.arange(start, end) % KEPT
