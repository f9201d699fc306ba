"""What callers say to be measured: the fixed set of turns, or a folder of recordings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.audio import to_float
from app.bench.calls.corpus import Corpus
from app.client.files import read_audio
from app.client.player import audible_windows
from app.errors import SetupError
from app.interfaces import RATE_HZ, FloatArray

TURNS = "turns"
"""The set of `app.bench.calls` that is spoken."""
_AROUND = RATE_HZ // 5
"""Samples of silence that joined speech keeps before and after each utterance."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of a caller's."""

    name: str
    audio: FloatArray
    """`(n,)` floats at 16 kHz, with silence before and after."""
    start: int
    """The sample at which speech begins."""
    end: int
    """The sample at which all is said."""
    text: str = ""
    """What is said; empty for a recording."""


def spoken(which: range, language: str, seed: int) -> list[Utterance]:
    """Of the set `turns`, four at a time by the same person. Raises `SetupError` without synthesisers."""
    corpus = Corpus(seed, {language: 1.0})
    calls = (corpus.call(TURNS, number) for number in which)
    return [Utterance(call.name, call.audio, call.start, call.end, call.text) for call in calls]


def recorded(folder: Path, which: range) -> list[Utterance]:
    """Of the WAV files in `folder`, by name, as far as there are any; speech ends with the last 10 ms above -50 dBFS.

    Raises `SetupError`.
    """
    if not folder.is_dir():
        raise SetupError(f"{folder} is no folder", fix="Let --speech name a folder of WAV files.")
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".wav")
    if not files[which.start : which.stop]:
        raise SetupError(
            f"{folder} holds {len(files) or 'no'} WAV files", fix="Let --speech name a folder with a turn in each file."
        )
    return [_recording(path) for path in files[which.start : which.stop]]


def _recording(path: Path) -> Utterance:
    pcm = read_audio(path)
    windows = audible_windows(pcm, RATE_HZ)
    if not windows:
        raise SetupError(f"{path} is silent", fix="Let --speech name a folder whose files all hold speech.")
    return Utterance(path.name, to_float(pcm), windows[0], min(len(pcm), windows[-1] + RATE_HZ // 100))


def joined(utterances: Iterable[Utterance], seconds: float) -> FloatArray:
    """They one after another, again and again, without their long silences: `(seconds * 16000,)`."""
    parts = [_kernel(each) for each in utterances]
    whole = np.concatenate(parts)
    wanted = round(seconds * RATE_HZ)
    return np.tile(whole, -(-wanted // len(whole)))[:wanted]


def _kernel(utterance: Utterance) -> FloatArray:
    return utterance.audio[max(0, utterance.start - _AROUND) : utterance.end + _AROUND]


def rustling(audio: FloatArray, seed: Sequence[int]) -> FloatArray:
    """The same sound as other samples, by noise at -95 dBFS: what an engine remembers of it by its samples is no use.

    Some silence is digital; microphones know none.
    """
    noise = np.random.default_rng(seed).integers(-1, 2, len(audio)).astype(np.float32)
    return (audio + noise / np.float32(32_768)).astype(np.float32)
