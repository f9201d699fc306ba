"""espeak-ng's own events beside the phonemes that Piper feeds: the same letters, so each finds its time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.starter.voice.context import Label
from scripts.starter.voice.reading import BREAKS, SILENT, Phone

_NO_SOUND = SILENT | BREAKS | {" "}


@dataclass(frozen=True, slots=True)
class Event:
    """A phone in IPA, or a silence without a name."""

    name: str
    frames: int


def segments(phonemes: Sequence[str], events: Sequence[Event]) -> tuple[list[Label], NDArray[np.int64]]:
    """The segments of a sentence, from its first pause to its last, and the frames of each.

    A silence belongs to the mark where it stands; without one there, to the phone before it.

    Raises:
        ValueError: the events spell something else, or nothing.
    """
    spelled = [[letter for letter in event.name if letter not in _NO_SOUND] for event in events]
    places = [at for at, phoneme in enumerate(phonemes) if phoneme not in _NO_SOUND]
    if not places or [phonemes[at] for at in places] != [letter for letters in spelled for letter in letters]:
        raise ValueError("espeak says other phonemes than Piper")
    found, frames, done = [Label("", None, -1)], [0], 0
    for event, letters in zip(events, spelled, strict=True):
        if letters:
            found.append(Label("", Phone(event.name, tuple(places[done : done + len(letters)])), -1))
            frames.append(event.frames)
            done += len(letters)
            continue
        pause = _pause(phonemes, places, done)
        if done and pause and found[-1] != pause:
            found.append(pause)
            frames.append(0)
        frames[-1] += event.frames
    if found[-1].phone:
        found.append(_pause(phonemes, places, done) or found[0])
        frames.append(0)
    return found, np.array(frames)


def _pause(phonemes: Sequence[str], places: Sequence[int], done: int) -> Label | None:
    """The pause after `done` letters; None between words that no mark parts."""
    start = places[done - 1] + 1 if done else 0
    end = places[done] if done < len(places) else len(phonemes)
    mark = next((at for at in range(start, end) if phonemes[at] in BREAKS), -1)
    return Label("", None, mark) if mark >= 0 or done == len(places) else None
