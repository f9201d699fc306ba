"""Recorded and made sounds, and the way from samples to endpoint events."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest

from app.audio import level_dbfs
from app.config import load
from app.interfaces import RATE_HZ, FloatArray, Vad
from app.settings import VadSettings
from app.vad.endpoint import Endpoint, SpeechEnded, SpeechStarted
from app.vad.framer import Framer

ROOT = Path(__file__).resolve().parents[2]
SYNTHETIC = ROOT / "tests" / "fixtures" / "speech"
HUMAN = Path(os.environ.get("PARLOR_SPEECH_DIR", ROOT.parent / "shared" / "speech"))


@pytest.fixture(scope="session")
def settings() -> VadSettings:
    return load(None, {}, ()).vad


def read(path: Path) -> FloatArray:
    """A sound file as 16 kHz mono floats."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in [*frames, *resampler.resample(None)]])


@dataclass(frozen=True)
class Sounds:
    """Where sounds come from."""

    synthetic: tuple[Path, ...]
    noises: dict[str, FloatArray]

    def human(self, name: str) -> FloatArray:
        path = HUMAN / f"{name}.flac"
        if not path.exists():
            pytest.skip("set PARLOR_SPEECH_DIR to a folder with recordings of people and rooms")
        return read(path)

    def speech(self, path: Path) -> tuple[FloatArray, float, float]:
        """A synthetic sentence with 1.5 s after it; start and end in seconds of its energy (10 ms above -55 dBFS)."""
        audio = read(path)
        audio = np.concatenate((audio, np.float32(1e-4) * noise(1.5)))
        power = np.convolve(np.square(audio, dtype=np.float64), np.ones(160) / 160, "same")
        loud = np.flatnonzero(10 * np.log10(power + 1e-12) > -55)
        return audio, loud[0] / RATE_HZ, loud[-1] / RATE_HZ


@pytest.fixture(scope="session")
def sounds() -> Sounds:
    return Sounds(tuple(sorted(SYNTHETIC.glob("*.flac"))), made_noises())


def noise(seconds: float) -> FloatArray:
    return np.random.default_rng(0).standard_normal(int(seconds * RATE_HZ)).astype(np.float32)


def made_noises() -> dict[str, FloatArray]:
    """Ten seconds each of what is not speech."""
    t = np.arange(10 * RATE_HZ) / RATE_HZ
    quiet = np.float32(1e-4) * noise(10)
    clicks = quiet.copy()
    clicks[:: RATE_HZ // 2] = 0.9
    sine = 0.3 * np.sin(2 * np.pi * 440 * t)
    return {
        "silence": np.zeros_like(quiet),
        "clicks": clicks,
        "sine": (quiet + sine).astype(np.float32),
        "sine-on-off": (quiet + sine * (t % 2 < 1)).astype(np.float32),
        "hum": (quiet + 0.05 * np.sin(2 * np.pi * 50 * t) + 0.03 * np.sin(2 * np.pi * 150 * t)).astype(np.float32),
        "hiss": (0.03 * noise(10)).astype(np.float32),
    }


@dataclass(frozen=True)
class Detected:
    """What an engine and the endpoint make of a sound."""

    probabilities: FloatArray
    starts: tuple[SpeechStarted, ...]
    ends: tuple[SpeechEnded, ...]


@pytest.fixture(scope="session")
def detect(settings: VadSettings) -> Callable[[Vad, FloatArray], Awaitable[Detected]]:
    async def run(vad: Vad, audio: FloatArray) -> Detected:
        frames = Framer().feed(audio)
        probabilities = await vad.open().probabilities(frames)
        events = Endpoint(settings).feed(probabilities, [level_dbfs(frame) for frame in frames])
        started = tuple(event for event in events if isinstance(event, SpeechStarted))
        return Detected(probabilities, started, tuple(event for event in events if isinstance(event, SpeechEnded)))

    return run
