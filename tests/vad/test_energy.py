"""The detector without a model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.interfaces import FRAME_SAMPLES, EngineState, Vad
from app.vad.energy import Energy, voice_likeness
from app.vad.framer import Framer


async def test_nothing_to_load(settings) -> None:
    async with Energy(settings) as engine:
        await engine.warm()
        vad: Vad = engine
        assert vad.info().state is EngineState.READY


@given(arrays(np.float32, (3, FRAME_SAMPLES), elements=st.floats(-1, 1, width=32)))
def test_likeness_is_a_share(frames) -> None:
    likeness = voice_likeness(frames)
    assert likeness.shape == (3,)
    assert ((likeness >= 0) & (likeness <= 1)).all()


async def test_chunking_never_matters(settings, sounds) -> None:
    frames = Framer().feed(sounds.speech(sounds.synthetic[0])[0])
    whole = await Energy(settings).open().probabilities(frames)
    stream = Energy(settings).open()
    parts = [await stream.probabilities(frames[i : i + 7]) for i in range(0, len(frames), 7)]
    assert np.array_equal(np.concatenate(parts), whole)
    assert (await stream.probabilities(frames[:0])).shape == (0,)


async def test_what_is_not_speech_starts_nothing(settings, sounds, detect) -> None:
    for name, audio in sounds.noises.items():
        assert not (await detect(Energy(settings), audio)).starts, name


async def test_finds_each_sentence(settings, sounds, detect) -> None:
    assert sounds.synthetic
    for path in sounds.synthetic:
        audio, start_s, end_s = sounds.speech(path)
        found = await detect(Energy(settings), audio)
        assert len(found.starts) == len(found.ends) == 1, path.name
        assert abs(found.starts[0].onset_sample / 16_000 - start_s) < 0.25, path.name
        assert abs(found.ends[0].end_sample / 16_000 - end_s) < 0.15, path.name


@pytest.mark.parametrize(("name", "most_per_min"), [("noise-kitchen", 8), ("noise-office", 8)])
async def test_real_rooms_start_it_now_and_then(settings, sounds, detect, name, most_per_min) -> None:
    audio = sounds.human(name)
    found = await detect(Energy(settings), audio)
    assert len(found.starts) <= most_per_min * audio.size / 16_000 / 60
