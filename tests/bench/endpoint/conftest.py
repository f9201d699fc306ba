"""Calls as lists of frames, without sound."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from app.bench.calls.call import Pause
from app.bench.endpoint.heard import Frames, Heard
from app.bench.endpoint.policies import PROFILES
from app.bench.endpoint.report import Report
from app.bench.endpoint.score import Cuts, Point
from app.bench.speech.labels import Span
from app.interfaces import FRAME_SAMPLES


@dataclass
class Scripted:
    """A policy that waits `ms`, or what `waits` says of a text, and remembers what it was asked and told."""

    ms: int = 300
    waits: dict = field(default_factory=dict)
    moments: list = field(default_factory=list)
    told: list = field(default_factory=list)

    def wait_ms(self, moment):
        self.moments.append(moment)
        return self.waits.get(moment.text, self.ms)

    def sat_out(self, pause_ms):
        self.told.append(("sat out", pause_ms))

    def cut_off(self, pause_ms):
        self.told.append(("cut off", pause_ms))


@pytest.fixture(scope="session")
def scripted():
    return Scripted


@pytest.fixture(scope="session")
def told():
    """A report that nobody measured."""

    def at(rule, ms, cut_offs, lost=0):
        return Point(rule, 40, ms, ms, ms, cut_offs, cut_offs, lost)

    fixed = tuple(at(f"fixed {ms} ms", ms, cut_offs) for ms, cut_offs in ((300, 60), (800, 30), (2_000, 1), (2_200, 0)))
    profiles = {name: at(name, 500, 9, lost=2) for name in PROFILES}
    return Report(
        fixed=fixed,
        curves={name: (at(f"{name} x 1.00", 500, 9), at(f"{name} x 0.50", 260, 25)) for name in PROFILES},
        profiles=profiles,
        by_set={name: (fixed[1], *profiles.values()) for name in ("turns", "pauses")},
        places=(Cuts("in a number", 9, 3), Cuts("", 0, 1)),
        outcomes=(),
    )


@pytest.fixture(scope="session")
def call():
    """`call("a b", "....####..####...")`: a word to each run of `#`, a frame to each sign."""

    def make(text, signs, *, person=0, name="pauses 0", trailing=0):
        voiced = tuple(sign == "#" for sign in signs)
        starts = [at for at, each in enumerate(voiced) if each and (at == 0 or not voiced[at - 1])]
        ends = [at + 1 for at, each in enumerate(voiced) if each and True not in voiced[at + 1 : at + 2]]
        spans = [
            Span(word, start * FRAME_SAMPLES, end * FRAME_SAMPLES - trailing)
            for word, start, end in zip(text.split(), starts, ends, strict=True)
        ]
        pauses = tuple(Pause("elsewhere", one.end, two.start) for one, two in pairwise(spans))
        frames = Frames(voiced, voiced, (-70,) * len(voiced))
        return Heard(name, name.split()[0], "en", person, "Well?", tuple(spans), pauses, spans[-1].end, frames)

    return make
