"""A call as the detector heard it: which frames are voiced, as the endpoint judges them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.bench.calls.call import Call, Pause
from app.bench.speech.labels import Span
from app.settings import VadSettings
from app.vad.floor import NoiseFloor


@dataclass(frozen=True, slots=True)
class Frames:
    """Consecutive frames of 512 samples."""

    voiced: tuple[bool, ...]
    """By the detector's probability, with hysteresis."""
    loud: tuple[bool, ...]
    """Voiced, and out of the noise: such frames start a turn."""
    floor_dbfs: tuple[int, ...]
    """The noise floor, in whole dB."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A call without its audio; times are samples."""

    name: str
    set: str
    language: str
    person: int
    asked: str
    words: tuple[Span, ...]
    pauses: tuple[Pause, ...]
    end: int
    frames: Frames


def frames(probabilities: Sequence[float], levels_dbfs: Sequence[float], settings: VadSettings) -> Frames:
    """What `app.vad.endpoint` makes of each frame's probability and level."""
    floor, voiced = NoiseFloor(), False
    voices, louds, floors = list[bool](), list[bool](), list[int]()
    for probability, level in zip(probabilities, levels_dbfs, strict=True):
        voiced = probability >= settings.threshold or (voiced and probability >= settings.release_threshold)
        louds.append(voiced and level >= floor.dbfs + settings.noise_margin_db)
        floor.follow(level, voiced=voiced)
        voices.append(voiced)
        floors.append(round(floor.dbfs))
    return Frames(tuple(voices), tuple(louds), tuple(floors))


def heard(call: Call, found: Frames) -> Heard:
    """The call, with what was found of its frames."""
    return Heard(
        name=call.name,
        set=call.set,
        language=call.language,
        person=call.person,
        asked=call.asked,
        words=call.words,
        pauses=call.pauses,
        end=call.end,
        frames=found,
    )
