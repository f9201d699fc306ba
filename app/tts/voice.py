"""One Piper voice: its ONNX session, its phonemiser, and the audio of one text with the place of each word."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig
from piper.config import PhonemeType, PiperConfig

from app.errors import SetupError
from app.interfaces import FloatArray
from app.tts.word_times import Group

_PHONEMISERS = (PhonemeType.ESPEAK, PhonemeType.TEXT)
"""The others need packages and dictionaries that Piper would fetch when first used."""


class Voice:
    """A loaded voice. Safe to use from several threads at once: espeak runs under Piper's own lock."""

    def __init__(self, name: str, language: str, piper: PiperVoice) -> None:
        self.name = name
        self.language = language
        """ISO 639-1 code."""
        self.rate_hz: int = piper.config.sample_rate
        self._piper = piper
        ids = piper.config.phoneme_id_map
        self._gaps = {ids[p][0] for p in ids if p in "^$" or (p not in "'_" and unicodedata.category(p[0])[0] in "PZ")}
        self._pad = ids["_"][0]
        self._letters = {ids[p][0] for p in ids if unicodedata.category(p[0]) in ("Ll", "Lu", "Lo")}

    def say(self, text: str, speed: float) -> tuple[FloatArray, list[Group]]:
        """Audio of `text` `(n,)` in [-1, 1] and its phoneme groups; no groups from a voice without alignments."""
        options = SynthesisConfig(length_scale=self._piper.config.length_scale / speed)
        parts: list[FloatArray] = []
        groups: list[Group] = []
        aligned = True
        offset = 0
        for phonemes in self._piper.phonemize(text):
            ids = self._piper.phonemes_to_ids(phonemes)
            # `PiperVoice.synthesize` is not used: it writes the text into the debug log.
            audio, samples = self._piper.phoneme_ids_to_audio(ids, options, include_alignments=True)
            audio = np.atleast_1d(audio)
            if samples is None or len(samples) != len(ids):
                aligned = False
            else:
                groups += self._groups(ids, samples, offset)
            peak = np.max(np.abs(audio), initial=1e-8)
            parts.append((audio / peak).astype(np.float32))  # as Piper does by default
            offset += audio.size
        return np.concatenate(parts) if parts else np.zeros(0, np.float32), groups if aligned else []

    def _groups(self, ids: list[int], samples: NDArray[Any], offset: int) -> list[Group]:
        """Runs of phonemes without a space or punctuation in between, from the samples of each id."""
        edges = [offset, *(offset + np.cumsum(samples)).tolist()]
        groups: list[Group] = []
        start: int | None = None
        letters = 0
        for at, phoneme in enumerate(ids):
            if phoneme in self._gaps:
                if start is not None and letters:
                    groups.append(Group(letters, start, edges[at]))
                start, letters = None, 0
            elif phoneme != self._pad:
                start = edges[at] if start is None else start
                letters += phoneme in self._letters
        return groups


def load(path: Path, threads: int) -> Voice:
    """Load `path` and its `.onnx.json` with a session of `threads` CPU threads (0: onnxruntime chooses).

    Raises `SetupError` that names the file and what mends it.
    """
    settings = Path(f"{path}.json")
    for file in (path, settings):
        if not file.is_file():
            raise SetupError(f"the voice file {file} is missing", fix=_FIX)
    try:
        raw: dict[str, Any] = json.loads(settings.read_text("utf-8"))
        config = PiperConfig.from_dict(raw)
        language = _language(raw)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(f"{settings} does not describe a Piper voice ({error!r})", fix=_FIX) from error
    if config.phoneme_type not in _PHONEMISERS:
        raise SetupError(
            f"{path} needs the phonemiser {config.phoneme_type.value!r}, which Parlor does not have",
            fix="Name a voice whose .onnx.json says phoneme_type espeak.",
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Each clause has another length, and an arena keeps the largest block of each: 322 MB and rising, without it 237.
    options.enable_cpu_mem_arena = False
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no base below it
        raise SetupError(f"the voice {path} cannot be loaded ({type(error).__name__})", fix=_FIX) from error
    return Voice(path.stem, language, PiperVoice(session=session, config=config))


_FIX = "Choose one of `parlor models list`, or correct tts.voices: each .onnx file needs its .onnx.json beside it."


def _language(raw: dict[str, Any]) -> str:
    code: str = raw.get("language", {}).get("code") or raw["espeak"]["voice"]
    return code.replace("_", "-").partition("-")[0].lower()
