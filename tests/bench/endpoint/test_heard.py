"""Frames are judged as the endpoint judges them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from app.bench.calls.call import Call
from app.bench.endpoint.heard import Frames, Heard, frames, heard
from app.bench.endpoint.policies import Fixed
from app.bench.endpoint.replay import replay
from app.bench.speech.labels import Span
from app.config import load
from app.interfaces import FRAME_SAMPLES
from app.vad.endpoint import Endpoint, SpeechEnded

SETTINGS = load(None, {}, ["vad.max_noise_s=1000", "vad.piece_after_s=1000"]).vad
RUNS = st.lists(
    st.tuples(st.sampled_from([0.05, 0.3, 0.4, 0.6, 0.9]), st.sampled_from([-65, -45, -25]), st.integers(1, 30)),
    min_size=1,
    max_size=12,
)


@settings(deadline=None)  # of many frames, on a machine that is shared
@given(RUNS)
def test_a_fixed_wait_ends_turns_where_the_endpoint_does(runs):
    silence = [(0.0, -65, 60)]
    signs = [(p, level) for p, level, length in [*runs, *silence] for _ in range(length)]
    probabilities, levels = [p for p, _ in signs], [level for _, level in signs]
    ended = [
        event.decided_sample
        for event in Endpoint(SETTINGS).feed(probabilities, levels)
        if isinstance(event, SpeechEnded)
    ]
    found = frames(probabilities, levels, SETTINGS)
    call = Heard("turns 0", "turns", "en", 0, "", (), (), 0, found)
    outcome = replay(call, Fixed(SETTINGS.silence_ms), SETTINGS.min_speech_ms)
    assert outcome.wait_ms == (ended[0] * 1000 // 16_000 if ended else None)


def test_the_floor_follows_the_noise():
    found = frames([0.0] * 300, [-40.0] * 300, SETTINGS)
    assert found.floor_dbfs[0] < -50
    assert found.floor_dbfs[-1] == -40
    assert not any(found.voiced)


def test_a_call_is_kept_without_its_audio():
    word = Span("yes", 100, 900)
    call = Call("turns 1", "turns", "tr", "voice", 4, np.zeros(FRAME_SAMPLES), (word,), (), 100, 900, "Doğru mu?")
    found = Frames((False,), (False,), (-60,))
    assert heard(call, found) == Heard("turns 1", "turns", "tr", 4, "Doğru mu?", (word,), (), 900, found)
