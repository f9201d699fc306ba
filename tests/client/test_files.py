"""Audio files in and out."""

import wave

import av
import numpy as np
import pytest

from app.client.files import read_audio, write_wav
from app.errors import SetupError


def tone(rate_hz, seconds=0.5):
    return (8_000 * np.sin(2 * np.pi * 440 * np.arange(int(rate_hz * seconds)) / rate_hz)).astype(np.int16)


def test_what_was_written_is_read(tmp_path):
    write_wav(tmp_path / "a.wav", tone(16_000), 16_000)
    assert np.array_equal(read_audio(tmp_path / "a.wav"), tone(16_000))


def test_a_wav_is_mono_pcm16(tmp_path):
    write_wav(tmp_path / "a.wav", tone(22_050), 22_050)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        assert file.readframes(10**6) == tone(22_050).astype("<i2").tobytes()


@pytest.mark.parametrize(("rate_hz", "channels"), [(8_000, 1), (44_100, 2), (48_000, 1)])
def test_any_rate_and_channels_become_16_khz_mono(tmp_path, rate_hz, channels):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(tone(rate_hz), channels).astype("<i2").tobytes())
    pcm = read_audio(tmp_path / "a.wav")
    assert pcm.dtype == np.int16
    assert abs(pcm.size - 8_000) <= 32
    assert np.abs(pcm[1_000:7_000]).max() == pytest.approx(8_000, rel=0.02)


def test_a_file_without_samples_is_empty(tmp_path):
    write_wav(tmp_path / "a.wav", np.empty(0, np.int16), 16_000)
    assert read_audio(tmp_path / "a.wav").size == 0


def test_a_file_whose_format_changes_is_named(tmp_path):
    path = tmp_path / "a.mp2"
    with path.open("wb") as joined:
        for layout, channels in (("mono", 1), ("stereo", 2)):
            with av.open(str(tmp_path / layout), "w", format="mp2") as made:
                stream = made.add_stream("mp2", rate=48_000, layout=layout)
                sound = np.repeat(tone(48_000, 0.24), channels).reshape(1, -1)
                frame = av.AudioFrame.from_ndarray(sound, format="s16", layout=layout)
                frame.sample_rate = 48_000
                made.mux([*stream.encode(frame), *stream.encode(None)])
            joined.write((tmp_path / layout).read_bytes())
    with pytest.raises(SetupError, match=r"a\.mp2 cannot be read"):
        read_audio(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        (b"", "cannot be read"),
        (b"not audio at all" * 100, "holds no audio|cannot be read"),
        (b"P6\n16 16\n255\n" + bytes(16 * 16 * 3), "holds no audio"),
    ],
    ids=["missing", "empty", "text", "picture"],
)
def test_what_is_no_audio_is_named(tmp_path, content, message):
    path = tmp_path / "a.bin"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError, match=message) as caught:
        read_audio(path)
    assert str(path) in caught.value.message


def test_a_folder_is_no_audio(tmp_path):
    with pytest.raises(SetupError, match="cannot be read"):
        read_audio(tmp_path)
