"""The detector runs over calls of any length, and what it says is told as it is."""

import numpy as np
import pytest

from app.bench.calls.call import Call
from app.bench.endpoint import detector
from app.config import load
from app.errors import EngineError
from app.interfaces import FRAME_SAMPLES, Engines

CONFIG = load(None, {}, ["vad.engine=energy"])


def call(frames, number):
    audio = np.full(frames * FRAME_SAMPLES + 100, 0.01, np.float32)
    return Call(f"turns {number}", "turns", "en", "voice", number, audio, (), (), 0, len(audio))


def test_every_frame_is_heard_in_the_order_of_the_calls():
    calls = [call(frames, number) for number, frames in enumerate([1, 40, 0, 100, *[5] * 20])]
    found = detector.hear(calls, CONFIG)
    assert [each.name for each in found] == [each.name for each in calls]
    assert [len(each.frames.voiced) for each in found] == [1, 40, 0, 100, *[5] * 20]


class Broken:
    """A detector that hears nothing."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None

    def open(self):
        return self

    async def probabilities(self, frames):
        raise EngineError("vad", "broken")


def test_an_error_of_the_detector_is_told_alone(monkeypatch):
    monkeypatch.setattr(detector, "assembled", lambda config: Engines(Broken(), None, None, None))
    with pytest.raises(EngineError, match="broken"):
        detector.hear([call(2, 0), call(3, 1)], CONFIG)
