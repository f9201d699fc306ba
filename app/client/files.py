"""Audio files in and out."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from app.errors import SetupError
from app.interfaces import RATE_HZ, Pcm


def read_audio(path: Path) -> Pcm:
    """`(samples,)` at 16 kHz, mono, from any format that FFmpeg reads. Raises `SetupError`."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    parts = [np.empty(0, np.int16)]
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise SetupError(f"{path} holds no audio", fix="Name an audio file.")
            for frame in container.decode(audio=0):
                parts += [out.to_ndarray()[0] for out in resampler.resample(frame)]
            parts += [out.to_ndarray()[0] for out in resampler.resample(None)]
    except (OSError, FFmpegError, ValueError) as error:  # ValueError: its format changes in the middle
        raise SetupError(f"{path} cannot be read: {error}", fix="Name an audio file that FFmpeg can read.") from error
    return np.concatenate(parts)


def write_wav(path: Path, pcm: Pcm, rate_hz: int) -> None:
    """Mono PCM16."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm.astype("<i2").tobytes())
