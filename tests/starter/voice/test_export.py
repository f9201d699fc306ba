"""The exported graph in Piper's runtime, as Parlor loads it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from app.tts.voice import Voice, load
from scripts.starter.voice.batches import Scale
from scripts.starter.voice.export import describe, export
from scripts.starter.voice.network import SYMBOLS, Network, Size
from scripts.starter.voice.shape import BANDS, ESPEAK, RATE_HZ, SPEAKERS


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Voice:
    torch.manual_seed(1)
    timed = np.ones(SYMBOLS, np.float32)
    timed[3] = 0
    mean, ones = np.full((SPEAKERS, BANDS), -4, np.float32), np.ones((SPEAKERS, BANDS), np.float32)
    scale = Scale(mean, ones, np.full(SPEAKERS, 5.2, np.float32), np.full(SPEAKERS, 0.1, np.float32), timed)
    network = Network(Size(width=16, encoder=(1,), decoder=(1,)), torch.from_numpy(timed)).eval()
    path: Path = tmp_path_factory.mktemp("voice") / "small.onnx"
    export(network, scale, ESPEAK, path)
    describe(path, "en_US", "en-us", {"figure": 1.5})
    return load(path, 1)


@pytest.mark.parametrize("text", ["Hello.", "A much longer sentence, with a pause in the middle of it."])
def test_durations_add_up_to_the_audio(voice: Voice, text: str) -> None:
    audio, groups = voice.say(text, 1.0)
    assert voice.rate_hz == RATE_HZ
    assert voice.language == "en"
    assert 0 < groups[0].start < groups[-1].end <= audio.size
    assert audio.any()


def test_speed_changes_the_length(voice: Voice) -> None:
    text = "One two three four."
    assert voice.say(text, 0.5)[0].size > voice.say(text, 1.0)[0].size


def test_the_same_text_gives_the_same_audio(voice: Voice) -> None:
    assert np.array_equal(voice.say("Hello.", 1.0)[0], voice.say("Hello.", 1.0)[0])
