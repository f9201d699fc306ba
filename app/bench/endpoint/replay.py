"""A policy replayed over calls frame by frame: where it ends the turn, and how long after the caller's end. Pure.

The recogniser is taken out of it: a word is known some time after it was said, all words once a draft was made in the
pause. What is measured is the rule alone, on the real detector's frames.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from app.audio import ms_to_samples, samples_to_ms
from app.bench.endpoint.heard import Heard
from app.bench.endpoint.policies import Moment, Policy, Rule
from app.interfaces import FRAME_SAMPLES
from app.vad.rhythm import SHORTEST_MS

LAG_MS = 300
"""From the end of a word until live text has it."""
DRAFT_MS = 100
"""Silence after which a draft knows all words."""
SURE_MS = 100
"""The end of a word is no surer than that: a turn that ends so long before it was not cut off."""
LONGEST_WAIT_S = 15
"""Silence goes on where the audio ends, but not for ever."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call."""

    name: str
    set: str
    language: str
    cut: tuple[str, ...]
    """Where the turn was ended before the caller was: each pause's place; "" for no thinking pause."""
    wait_ms: int | None
    """From the end of the caller's last word to the end of the turn; None where nothing was heard to end."""
    text: str
    """What was known when the turn ended."""


def as_said(text: str) -> str:
    """Words as the starter ears write them."""
    return text


def as_whisper(text: str) -> str:
    """Words as Whisper writes whatever it hears: a sentence, though it may be half of one."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


@dataclass(frozen=True, slots=True)
class Ears:
    """When words are known, in ms, and how they are written."""

    live_ms: int = LAG_MS
    draft_ms: int = DRAFT_MS
    write: Callable[[str], str] = as_said


USUAL = Ears()


@dataclass(slots=True)
class _Replay:
    """One call, from frame to frame."""

    call: Heard
    policy: Policy
    ears: Ears
    min_speech: int
    now: int = 0
    onset: int | None = None
    speaking: bool = False
    voiced_until: int = 0
    first: int = 0
    """The first word of this turn."""
    known: int = 0
    """How many words were known last."""
    text: str = ""
    """Of this turn, as it was known last."""
    cuts: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def run(self) -> Outcome:
        self.ends = [word.end for word in self.call.words]
        for voiced, loud, floor in self._frames():
            self.now += FRAME_SAMPLES
            if not self.speaking:
                self._await(loud=loud)
            elif voiced:
                self._pause_over()
            elif self._over(floor):
                if self.now >= self.call.end - ms_to_samples(SURE_MS):
                    return self._outcome(samples_to_ms(self.now - self.call.end))
                self._cut()
        return self._outcome(None)

    def _frames(self) -> Iterator[tuple[bool, bool, int]]:
        frames = self.call.frames
        yield from zip(frames.voiced, frames.loud, frames.floor_dbfs, strict=True)
        for _ in range(ms_to_samples(LONGEST_WAIT_S * 1000) // FRAME_SAMPLES):
            yield False, False, frames.floor_dbfs[-1]

    def _await(self, *, loud: bool) -> None:
        if not loud:
            self.onset = None
            return
        if self.onset is None:
            self.onset = self.now - FRAME_SAMPLES
        if self.now - self.onset >= self.min_speech:
            if self.cuts:
                self.policy.cut_off(samples_to_ms(self.onset - self.voiced_until))
            self.speaking, self.voiced_until = True, self.now

    def _pause_over(self) -> None:
        silence_ms = samples_to_ms(self.now - FRAME_SAMPLES - self.voiced_until)
        if silence_ms >= SHORTEST_MS:
            self.policy.sat_out(silence_ms)
        self.voiced_until = self.now

    def _over(self, floor_dbfs: int) -> bool:
        silence = self.now - self.voiced_until
        drafted = silence >= ms_to_samples(self.ears.draft_ms)
        self._learn(bisect_right(self.ends, self.now if drafted else self.now - ms_to_samples(self.ears.live_ms)))
        moment = Moment(self.text, self.call.language, self.call.asked, floor_dbfs)
        return silence >= self.policy.wait_ms(moment) * ms_to_samples(1)

    def _learn(self, known: int) -> None:
        if known != self.known:
            self.known = known
            self.text = self.ears.write(" ".join(word.name for word in self.call.words[self.first : known]))

    def _cut(self) -> None:
        places = [pause.place for pause in self.call.pauses if pause.start <= self.now <= pause.end]
        self.cuts.append(places[0] if places else "")
        self.first, self.text = sum(word.start < self.now for word in self.call.words), ""
        self.speaking, self.onset = False, None

    def _outcome(self, wait_ms: int | None) -> Outcome:
        call = self.call
        return Outcome(call.name, call.set, call.language, tuple(self.cuts), wait_ms, self.text)


def replay(call: Heard, policy: Policy, min_speech_ms: int, ears: Ears = USUAL) -> Outcome:
    """One call."""
    return _Replay(call, policy, ears, ms_to_samples(min_speech_ms)).run()


def replayed(calls: Iterable[Heard], rule: Rule, min_speech_ms: int, ears: Ears = USUAL) -> list[Outcome]:
    """All calls; a policy stays with a person, whose turns and thinking turns come in alternation."""
    outcomes = list[Outcome]()
    for _, group in groupby(sorted(calls, key=attrgetter("person")), key=attrgetter("person")):
        policy = rule()
        outcomes += [replay(call, policy, min_speech_ms, ears) for call in _alternating(list(group))]
    return outcomes


def _alternating(calls: list[Heard]) -> list[Heard]:
    places = dict[str, int]()
    order = list[tuple[int, str, Heard]]()
    for call in calls:
        places[call.set] = places.get(call.set, 0) + 1
        order.append((places[call.set], call.set, call))
    return [call for _, _, call in sorted(order, key=lambda each: each[:2])]
