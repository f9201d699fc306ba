"""What a sound card plays: replies one after another, in blocks, without clicks; and what was heard of each. Pure.

Time is the samples that the card took. What it took last is heard only after its latency.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.audio import ms_to_samples, samples_to_ms, to_float, to_pcm
from app.client.reply import Reply
from app.interfaces import FloatArray, Pcm
from app.wire.codec import AudioFrame
from app.wire.incoming import Playback

REPORT_MS = 200
"""A report is due every 250 ms (docs/wire.md), and this one must still travel."""
START_MS = 40
"""So much must wait before it begins, or goes on after running dry: one hiccup must not become many."""
FADE_MS = 5
"""After a stop, a pause or a gap: too short to be heard as speech, long enough not to click."""
DUCK_MS = 20
MAX_AHEAD_MS = 10_000
"""The server sends at most 2 s ahead of our reports; what lies beyond this is lost."""
FINISHED_KEPT = 32
"""Replies whose late audio is still known and dropped."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """After `clock` samples of the card's, `played` samples of the reply were given to it."""

    clock: int
    reply: Reply
    played: int
    done: bool


class Loudspeaker:
    """Plays what arrives, at `rate_hz`."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.gain = 1.0
        """What everything is at most as loud as; changes are softened."""
        self._replies: dict[int, Reply] = {}
        self._finished: deque[int] = deque(maxlen=FINISHED_KEPT)
        self._clock = 0
        self._latency_ms = 0.0
        self._marks: deque[_Mark] = deque()
        self._heard: _Mark | None = None
        """Where the listener is, in a reply that goes on."""
        self._told_at = 0
        self._dry = True
        self._ducked: dict[int, float] = {}
        self._held: deque[int] = deque(maxlen=FINISHED_KEPT)
        """Replies that are to wait before anything of them came."""
        self._gain = 1.0
        self._attack = 0.0
        """Rises from 0 to 1 after silence."""
        self._last = 0.0
        """The last sample that was played; faded out when nothing follows."""
        self._release = 0.0

    def add(self, frame: AudioFrame) -> None:
        """A frame arrived. Raises `ValueError` when its rate is not ours."""
        if frame.rate_hz != self.rate_hz:
            raise ValueError(f"{frame.rate_hz} Hz came where {self.rate_hz} Hz were asked for")
        if frame.turn in self._finished:
            return
        reply = self._replies.setdefault(frame.turn, Reply(frame.turn, self.rate_hz))
        if not reply.received and frame.turn in self._held:
            reply.pause()
        room = max(0, ms_to_samples(MAX_AHEAD_MS, self.rate_hz) - reply.waiting)
        reply.add(AudioFrame(frame.turn, frame.rate_hz, frame.offset, frame.pcm[: 2 * room], frame.last))

    def duck(self, turn: int, gain_db: float) -> None:
        """Play it so much louder; 0 is as it came."""
        if turn not in self._finished:
            self._ducked[turn] = 10 ** (gain_db / 20)

    def pause(self, turn: int) -> Playback | None:
        """Play no more of it, but keep it. What to report, if it is known: all that the card has will be heard."""
        if reply := self._replies.get(turn):
            reply.pause()
            return self._report(reply, reply.played, "paused")
        self._held.append(turn)  # nothing of it has come yet
        return None

    def resume(self, turn: int, from_ms: int) -> None:
        """Go on from there, as loud as it came."""
        self._ducked.pop(turn, None)
        if turn in self._held:
            self._held.remove(turn)
        if reply := self._replies.get(turn):
            reply.resume(from_ms)

    def stop(self, turn: int) -> Playback | None:
        """Drop it, what is still to come too. What to report, if it was playing."""
        reply = self._forget(turn)
        if reply is None:
            return None
        self._marks = deque(mark for mark in self._marks if mark.reply is not reply)
        if self._heard and self._heard.reply is reply:
            self._heard = None
        return self._report(reply, reply.played, "done")

    def ended(self, turn: int) -> None:
        """Nothing more of it will come, even where its last frame never came: it failed."""
        if reply := self._replies.get(turn):
            reply.complete = True

    def render(self, samples: int) -> Pcm:
        """The next block `(samples,)` for the card."""
        out, at = np.zeros(samples, np.float32), 0
        while at < samples and (reply := self._head()):
            taken = to_float(reply.take(samples - at))
            out[at : at + taken.size] = self._shaped(taken, min(self.gain, self._ducked.get(reply.turn, 1.0)))
            at += taken.size
            self._clock += taken.size
            self._marks.append(_Mark(self._clock, reply, reply.played, done=False))
        self._clock += samples - at
        if at < samples:
            out[at:] = self._faded(samples - at)
        return to_pcm(out)

    def reports(self, latency_ms: float) -> list[Playback]:
        """What is due to be told, where what the card takes is heard `latency_ms` later. Ask every few blocks."""
        told = []
        self._latency_ms = latency_ms
        heard_until = self._clock - ms_to_samples(latency_ms, self.rate_hz)
        while self._marks and self._marks[0].clock <= heard_until:
            mark = self._marks.popleft()
            self._heard = None if mark.done else mark
            if mark.done:
                told.append(self._report(mark.reply, mark.played, "done"))
        if self._clock - self._told_at >= ms_to_samples(REPORT_MS, self.rate_hz):
            self._told_at = self._clock
            if self._heard and not self._heard.reply.paused:
                told.append(self._report(self._heard.reply, self._heard.played, "playing"))
        return told

    def _head(self) -> Reply | None:
        """The reply to play from; None when nothing may be played, or it must wait for more."""
        for reply in tuple(self._replies.values()):
            if reply.paused:
                break
            if not reply.waiting and (reply.complete or len(self._replies) > 1):
                self._marks.append(_Mark(self._clock, reply, reply.played, done=True))
                self._forget(reply.turn)
                continue
            waits = self._dry and not reply.complete and len(self._replies) == 1
            enough = ms_to_samples(START_MS, self.rate_hz) if waits else 1
            self._dry = reply.waiting < enough
            return None if self._dry else reply
        self._dry = True
        return None

    def _forget(self, turn: int) -> Reply | None:
        if turn not in self._finished:
            self._finished.append(turn)
        self._ducked.pop(turn, None)
        return self._replies.pop(turn, None)

    def _shaped(self, audio: FloatArray, gain: float) -> FloatArray:
        """Ducked, and risen softly after silence."""
        steps = np.arange(1, audio.size + 1, dtype=np.float32)
        change = steps / ms_to_samples(DUCK_MS, self.rate_hz)
        gains = np.clip(gain, self._gain - change, self._gain + change)
        attack = np.minimum(1, self._attack + steps / ms_to_samples(FADE_MS, self.rate_hz))
        self._gain, self._attack = float(gains[-1]), float(attack[-1])
        shaped = audio * gains * attack
        self._last, self._release = float(shaped[-1]), 1.0
        return np.asarray(shaped, np.float32)

    def _faded(self, samples: int) -> FloatArray:
        """Silence, with the end of what was played before it."""
        steps = np.arange(1, samples + 1, dtype=np.float32)
        release = np.maximum(0, self._release - steps / ms_to_samples(FADE_MS, self.rate_hz))
        self._attack, self._release = 0.0, float(release[-1])
        return np.asarray(self._last * release, np.float32)

    def _report(self, reply: Reply, played: int, state: Literal["playing", "paused", "done"]) -> Playback:
        """With the latency, so that as much more is sent ahead."""
        played_ms, latency_ms = samples_to_ms(played, reply.rate_hz), round(max(0.0, self._latency_ms))
        return Playback(type="playback", turn=reply.turn, played_ms=played_ms, state=state, latency_ms=latency_ms)
