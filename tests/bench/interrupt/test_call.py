"""Calls of a real session, with a scripted detector: what a caller meets, and what is learned from scene to scene."""

from dataclasses import replace

import numpy as np
import pytest

from app.bench.interrupt import call
from app.bench.interrupt.call import Call, outcome
from app.bench.interrupt.engines import perfect
from app.bench.interrupt.figures import first
from app.bench.interrupt.scenes import ALONE, BACKCHANNELS
from app.bench.simulate.clock import run
from app.bench.simulate.engines import Ready
from app.bench.speech.labels import Span
from app.config import load
from app.errors import EngineError
from app.interfaces import RATE_HZ, Transcript
from app.session.session import Session
from app.wire import messages as wire
from tests.bench.interrupt.conftest import said, syllables, tone

CONFIG = load(None, {}, [])


class Loud(Ready):
    """Hears speech in whatever is loud."""

    def open(self):
        return self

    async def probabilities(self, frames):
        return (np.abs(frames).max(axis=1) > 0.02).astype(np.float32)


async def nothing(scene, job, until):
    return Transcript("", "en", 1.0, 0)


async def broken(scene, job, until):
    raise EngineError("stt", "broke")


def called(*scenes, listen=perfect):
    return run(lambda: Call(CONFIG, Loud(), listen).run(scenes))


def lonely(made):
    """Four seconds of ours."""
    end = 6 * RATE_HZ
    return replace(made(ALONE), reply=said("We have soup today. Anything else?", syllables(4.0)), start=end, end=end)


def spoken_over(made, text, at_s):
    """`text` said at `at_s`, for 0.4 s, over four seconds of ours."""
    start, end = int(at_s * RATE_HZ), int((at_s + 0.4) * RATE_HZ)
    caller = np.pad(tone(700, 0.4), (start, 3 * RATE_HZ))
    return replace(lonely(made), kind=BACKCHANNELS, caller=caller, words=(Span(text, start, end),), start=start)


def test_who_answers_is_heard(made):
    (found,) = called(made(BACKCHANNELS, asked="Two lemonades?"))
    assert found.asked
    assert found.heard == "stop"
    assert found.caller_ms is not None
    assert 0 <= found.caller_ms <= 600


def test_alone_nobody_is_heard_and_what_is_learned_stays(made, monkeypatch):
    kept = []
    monkeypatch.setattr(call, "Session", lambda *parts: kept.append(Session(*parts)) or kept[-1])
    cold, warm = called(lonely(made), lonely(made))
    assert (cold.ducks, warm.ducks) == ([], [])
    assert (cold.caller_ms, warm.caller_ms) == (None, None)
    assert (cold.cold, warm.cold) == (True, False)
    assert kept[0].listener.ears.own.coupling is not None


def test_a_caller_stops_us(made):
    _, found = called(lonely(made), spoken_over(made, "stop", 1.0))
    assert found.heard == "stop"
    assert found.caller_ms is not None
    assert 240 <= found.caller_ms <= 600


@pytest.mark.parametrize(("listen", "text"), [(perfect, "yes"), (nothing, "hm")], ids=["yes", "a cough"])
def test_a_nod_does_not_and_loses_nothing(made, listen, text):
    """Nor does it answer what we ask two seconds later."""
    _, found = called(lonely(made), spoken_over(made, text, 1.0), listen=listen)
    assert len(found.ducks) == len(found.pauses) == 1
    assert found.skipped_ms == [0]
    assert found.resumed


def test_a_session_that_fails_is_not_measured(made):
    with pytest.raises(ExceptionGroup) as failed:
        called(made(BACKCHANNELS, asked="Two lemonades?"), listen=broken)
    assert isinstance(first(failed.value), EngineError)


def test_an_error_is_none_of_the_figures(made):
    error = wire.ErrorMessage("engine_failed", "stt: broke", "Mend it.", fatal=False, retry_after_s=None)
    with pytest.raises(EngineError, match="broke"):
        outcome(made(), [(0, error)], (), first=True)
