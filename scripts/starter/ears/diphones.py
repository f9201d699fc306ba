"""A diphone voice of any caller: other words from pairs of phones that the caller has said."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from app.bench.speech.labels import Span, Speech
from app.interfaces import RATE_HZ, FloatArray

_CHOICE = 4
"""So many units of a kind are looked at; the one that lasts as long as what is wanted is taken."""
_FADE, _SHIFT = RATE_HZ // 200, RATE_HZ // 100
"""Samples over which units overlap, and by how many one may be later so that their waves meet."""


@dataclass(frozen=True, slots=True)
class Unit:
    """From the middle of one phone to the middle of the next; `border` is where they meet, in samples from `start`."""

    speech: Speech
    start: int
    border: int
    end: int

    @property
    def audio(self) -> FloatArray:
        """Its samples, with those that fade into the next unit's."""
        return self.speech.audio[self.start : self.end + _FADE]


def units(speech: Speech) -> Iterator[tuple[tuple[str, str], Unit]]:
    """An utterance taken apart; its first and last phone are whole."""
    phones, length = speech.phones, len(speech.audio)
    middles = [0, *((each.start + each.end) // 2 for each in phones[1:-1]), length]
    for number, (first, last) in enumerate(pairwise(phones)):
        start = middles[number]
        yield (first.name, last.name), Unit(speech, start, last.start - start, middles[number + 1])


class Diphones:
    """What a caller has said, to be joined to other words."""

    def __init__(self, said: Iterable[Speech]) -> None:
        self._units: dict[tuple[str, str], list[Unit]] = defaultdict(list)
        for speech in said:
            for pair, unit in units(speech):
                self._units[pair].append(unit)

    def joined(self, speech: Speech, rng: random.Random) -> Speech:
        """The same words, of units from other utterances; its own where the caller has said no such pair."""
        heard = np.zeros(_FADE, np.float32)
        edges = [0]
        for pair, wanted in units(speech):
            unit = self._unit(pair, wanted, rng)
            late = _late(heard[-_FADE:], unit.audio)
            at = len(heard) - _FADE
            heard = _faded(heard, unit.audio[late:])
            edges.append(max(edges[-1], at + unit.border - late))
        edges.append(len(heard))
        before = [0, *(phone.end for phone in speech.phones)]

        def moved(span: Span) -> Span:
            start, end = (int(np.interp(at, before, edges)) for at in (span.start, span.end))
            return Span(span.name, start, end)

        words, phones = (tuple(map(moved, spans)) for spans in (speech.words, speech.phones))
        return replace(speech, audio=heard, words=words, phones=phones)

    def _unit(self, pair: tuple[str, str], wanted: Unit, rng: random.Random) -> Unit:
        known = self._units.get(pair)
        if not known:
            return wanted
        length = wanted.end - wanted.start
        return min(rng.choices(known, k=_CHOICE), key=lambda unit: abs(unit.end - unit.start - length))


def _late(tail: FloatArray, audio: FloatArray) -> int:
    """How many samples of a unit to leave out for its wave to meet the tail of the one before."""
    if len(audio) < 2 * (_FADE + _SHIFT):
        return 0
    near = audio[: _FADE + _SHIFT]
    loud = np.sqrt(np.convolve(near**2, np.ones(_FADE, np.float32), "valid")) + 1e-3
    return int(np.argmax(np.correlate(near, tail, "valid") / loud))


def _faded(first: FloatArray, then: FloatArray) -> FloatArray:
    """One after the other, the end of one over the beginning of the other."""
    if len(then) < _FADE:
        return first
    rising = np.linspace(0, 1, _FADE, dtype=np.float32)
    both = first[-_FADE:] * (1 - rising) + then[:_FADE] * rising
    return np.concatenate([first[:-_FADE], both, then[_FADE:]])
