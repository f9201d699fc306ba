"""Who listens to a starter voice: the starter ears, and pocketsphinx, which people taught and which is on no side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np
from faster_whisper import WhisperModel

from app.audio import to_pcm
from app.errors import SetupError
from app.interfaces import RATE_HZ, FloatArray
from app.stt.decode import STARTER_FILL, Ask, Decoder

PADDING = RATE_HZ // 4
"""Samples of silence around what recognisers hear."""
LEVEL = 0.1
"""RMS of what recognisers hear: -20 dBFS."""
_BEAM = 5
Listen = Callable[[FloatArray], str]
"""From floats at 16 kHz to words."""


def padded(audio: FloatArray) -> FloatArray:
    """At `LEVEL`, with silence around."""
    level = float(np.sqrt(np.mean(np.square(audio)))) if audio.size else 0.0
    return np.pad(audio * np.float32(LEVEL / max(level, 1e-6)), PADDING).clip(-1, 1)


def loaded(folder: Path, threads: int = 0) -> WhisperModel:
    """The ears in `folder`, on the CPU. Raises `SetupError`: faster-whisper would look for them in the net."""
    if not (folder / "model.bin").is_file():
        raise SetupError(f"there are no ears in {folder}", fix="Name a folder that holds a CTranslate2 Whisper.")
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)


def starter_ears(folder: Path, language: str) -> Listen:
    """The ears in `folder`, as Parlor listens with them."""
    decoder = Decoder(loaded(folder, 1), STARTER_FILL)
    return lambda audio: decoder.hear(audio, Ask(_BEAM, language)).text


class _Segment(Protocol):
    word: str
    start_frame: int


class _Hypothesis(Protocol):
    hypstr: str


class _Engine(Protocol):
    def start_utt(self) -> None: ...

    def process_raw(self, data: bytes, *, full_utt: bool) -> None: ...

    def end_utt(self) -> None: ...

    def hyp(self) -> _Hypothesis | None: ...

    def seg(self) -> Iterable[_Segment] | None: ...

    def set_align_text(self, text: str) -> None: ...


class Sphinx:
    """pocketsphinx with its American English."""

    def __init__(self) -> None:
        """Raises `SetupError` without its package."""
        try:
            make: Callable[..., _Engine] = import_module("pocketsphinx").Decoder
        except ImportError as error:
            raise SetupError("pocketsphinx is missing", fix="pip install pocketsphinx") from error
        self._decoder = make(samprate=RATE_HZ, loglevel="FATAL")
        self._aligner = make(samprate=RATE_HZ, loglevel="FATAL", lm=None)

    def hear(self, audio: FloatArray) -> str:
        """The words of floats at 16 kHz."""
        self._run(self._decoder, audio)
        found = self._decoder.hyp()
        return found.hypstr if found else ""

    def begins_ms(self, audio: FloatArray, words: str) -> list[float]:
        """Where each of the words begins; empty if one is not in its dictionary or the alignment fails."""
        try:
            self._aligner.set_align_text(words)
            self._run(self._aligner, audio)
            segments = list(self._aligner.seg() or ())
        except RuntimeError:
            return []
        return [segment.start_frame * 10.0 for segment in segments if segment.word[0] not in "<[("]

    @staticmethod
    def _run(engine: _Engine, audio: FloatArray) -> None:
        engine.start_utt()
        engine.process_raw(to_pcm(audio).tobytes(), full_utt=True)
        engine.end_utt()
