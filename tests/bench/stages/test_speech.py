"""Recordings are found and named, speech is joined to any length, and no pass hears the same samples twice."""

import numpy as np
import pytest

from app.bench.stages.speech import Utterance, joined, recorded, rustling, spoken
from app.client.files import write_wav
from app.errors import SetupError
from app.interfaces import RATE_HZ
from tests.support.packages import needing_packages


def tone(seconds):
    return (np.sin(np.arange(int(seconds * RATE_HZ)) / 5) * 9_000).astype(np.int16)


@pytest.fixture
def folder(tmp_path):
    quiet = np.zeros(RATE_HZ // 2, np.int16)
    for name in ("b.wav", "a.WAV", "c.wav"):
        write_wav(tmp_path / name, np.concatenate([quiet, tone(1.0), quiet]), RATE_HZ)
    (tmp_path / "notes.txt").write_text("no speech")
    return tmp_path


def test_recordings_come_by_name_and_end_with_their_sound(folder):
    found = recorded(folder, range(2))
    assert [each.name for each in found] == ["a.WAV", "b.wav"]
    assert [each.name for each in recorded(folder, range(2, 9))] == ["c.wav"]
    assert all(abs(each.end - 1.5 * RATE_HZ) <= RATE_HZ // 100 for each in found)


def test_faults_of_a_folder_are_named(tmp_path, folder):
    empty = tmp_path / "empty"
    empty.mkdir()
    for path, fault in ((tmp_path / "none", "is no folder"), (empty, "holds no WAV files")):
        with pytest.raises(SetupError, match=fault) as raised:
            recorded(path, range(5))
        assert "--speech" in raised.value.fix
    with pytest.raises(SetupError, match="holds 3 WAV files"):
        recorded(folder, range(3, 5))
    write_wav(empty / "silence.wav", np.zeros(RATE_HZ, np.int16), RATE_HZ)
    with pytest.raises(SetupError, match="is silent"):
        recorded(empty, range(5))


@pytest.mark.parametrize("seconds", [0.5, 2.0, 30.0])
def test_joined_speech_has_just_the_length(folder, seconds):
    assert len(joined(recorded(folder, range(3)), seconds)) == seconds * RATE_HZ


def test_long_silence_is_left_out_when_speech_is_joined():
    silence, speech = np.zeros(5 * RATE_HZ, np.float32), np.ones(2 * RATE_HZ, np.float32)
    audio = np.concatenate([silence, speech, silence])
    utterance = Utterance("a", audio, len(silence), len(silence) + len(speech))
    assert np.mean(joined([utterance], 6.0)) > 0.8


def test_no_two_rustlings_are_alike_and_none_is_heard():
    audio = tone(1.0).astype(np.float32) / 32_768
    one, same, other = (rustling(audio, seed) for seed in ((1, 2), (1, 2), (1, 3)))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.max(np.abs(one - audio)) <= 1.01 / 32_768


def test_synthetic_callers_say_the_turns():
    first = needing_packages(lambda: spoken(range(1, 3), "en", 20))
    assert [each.name for each in first] == ["turns 1", "turns 2"]
    assert all(0 < each.end < len(each.audio) for each in first)
