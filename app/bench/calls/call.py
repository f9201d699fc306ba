"""A caller's turn as audio, with sample-exact words, pauses and end. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.audio import ms_to_samples
from app.bench.calls.lines import Gap, Line
from app.bench.speech import rooms
from app.bench.speech.labels import Span, Speech, moved
from app.interfaces import RATE_HZ, FloatArray

TAIL = RATE_HZ
"""Samples of silence after the end."""
_FADE = RATE_HZ // 125
"""8 ms: where speech is cut in two, a step would click."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A thinking pause; `start` and `end` are samples, between the end of a word and the start of the next."""

    place: str
    """One of `places.PLACES`."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """One item of a set. Sample 0 is the end of our last sentence, or the onset of `reply` where there is one."""

    name: str
    """Such as "pauses 17"."""
    set: str
    language: str
    voice: str
    person: int
    """Who speaks: items of the same person in a set, and in other sets, share a voice and a slowness."""
    audio: FloatArray
    """`(n,)` floats at 16 kHz."""
    words: tuple[Span, ...]
    pauses: tuple[Pause, ...]
    start: int
    """The sample at which the caller begins to sound."""
    end: int
    """The sample at which the caller has said everything."""
    asked: str = ""
    """The last sentence that we said before; empty if none."""
    reply: str = ""
    """What we are saying meanwhile; empty in `turns` and `pauses`."""
    wants_turn: bool = True
    """Not for a cough, or a backchannel that is no answer to what we asked."""

    @property
    def text(self) -> str:
        """All words, as the starter ears write."""
        return " ".join(word.name for word in self.words)


@dataclass(frozen=True, slots=True)
class Room:
    """Where the caller is."""

    echo_s: float = 0.0
    """How long sound takes to die by 60 dB; 0 for none."""
    wet: float = 0.5
    """The echo's level beside the caller's."""
    noise: str = ""
    """One of `rooms.NOISES`; empty for none."""
    noise_dbfs: float = -50.0
    """The caller speaks at -23 dBFS."""

    def around(self, audio: FloatArray, rng: np.random.Generator) -> FloatArray:
        """What a microphone hears of `audio` (n,), not clipped."""
        if self.echo_s > 0:
            audio = rooms.echoing(audio, self.echo_s, rng, wet=self.wet)
        if self.noise:
            audio = audio + rooms.at_level(rooms.noise(self.noise, len(audio), rng), self.noise_dbfs)
        return np.clip(audio, -1, 1).astype(np.float32)


def paused(speech: Speech, gaps: tuple[Gap, ...]) -> tuple[Speech, tuple[Pause, ...]]:
    """`speech` with silence put in after words; a gap that the voice left there already counts."""
    parts, words, pauses, at, shift = list[FloatArray](), list[Span](), list[Pause](), 0, 0
    planned = {gap.after: gap for gap in gaps}
    for number, word in enumerate(speech.words):
        words.append(Span(word.name, word.start + shift, word.end + shift))
        if number not in planned:
            continue
        gap, following = planned[number], speech.words[number + 1]
        silence = max(0, ms_to_samples(gap.ms) - (following.start - word.end))
        parts += [_faded(speech.audio[at : word.end], begins=at > 0, ends=True), np.zeros(silence, np.float32)]
        at, shift = word.end, shift + silence
        pauses.append(Pause(gap.place, words[-1].end, following.start + shift))
    parts.append(_faded(speech.audio[at:], begins=at > 0, ends=False))
    # Phones are left out: one may be cut in two.
    return replace(speech, audio=np.concatenate(parts), words=tuple(words), phones=()), tuple(pauses)


def _faded(audio: FloatArray, *, begins: bool, ends: bool) -> FloatArray:
    made, ramp = audio.copy(), np.linspace(0, 1, min(_FADE, len(audio)), dtype=np.float32)
    if begins:
        made[: len(ramp)] *= ramp
    if ends:
        made[len(made) - len(ramp) :] *= ramp[::-1]
    return made


@dataclass(frozen=True, slots=True)
class Place:
    """Which item of which set it is."""

    set: str
    number: int
    person: int


def assembled(place: Place, line: Line, speech: Speech) -> Call:
    """A line as it was spoken, with its pauses, the silence before it, and `TAIL` after."""
    lead = ms_to_samples(line.lead_ms)
    said, pauses = paused(speech, line.gaps)
    audio = np.pad(said.audio, (lead, TAIL))
    words = moved(said.words, lead, 1.0, len(audio))
    return Call(
        name=f"{place.set} {place.number}",
        set=place.set,
        language=line.language,
        voice=speech.voice,
        person=place.person,
        audio=audio,
        words=words,
        pauses=tuple(Pause(pause.place, pause.start + lead, pause.end + lead) for pause in pauses),
        start=words[0].start if words else lead,
        end=words[-1].end if words else lead + len(said.audio),
        asked=line.asked,
        reply=line.reply,
        wants_turn=line.wants_turn,
    )
