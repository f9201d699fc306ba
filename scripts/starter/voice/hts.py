"""HTS's engine in this process: full-context labels in, spectrum, pitch and the exact times of the phones out.

Its vocoder is left aside: a starter voice learns the parameters. Sources: HTS_engine.h of hts_engine API 1.10.
"""

from __future__ import annotations

import ctypes
import tempfile
from collections.abc import Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import SetupError
from app.interfaces import FloatArray

VOICE = Path("/usr/share/festival/voices/us/cmu_us_slt_arctic_hts/hts/cmu_us_slt_arctic_hts.htsvoice")
RATE_HZ = 32_000
WARP = 0.45
"""All-pass constant of the voice's mel-cepstrum."""
_CEPSTRUM = 45
_STATES = 5
_ENGINE_BYTES = 8_192
"""More than the engine's structure needs (about 400 on 64 bits)."""
_UNVOICED = -1e9
_POINTER, _DOUBLE, _SIZE, _FLAG = ctypes.c_void_p, ctypes.c_double, ctypes.c_size_t, ctypes.c_char
_PROTOTYPES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "initialize": (None, (_POINTER,)),
    "load": (_FLAG, (_POINTER, ctypes.POINTER(ctypes.c_char_p), _SIZE)),
    "set_speed": (None, (_POINTER, _DOUBLE)),
    "generate_state_sequence_from_strings": (_FLAG, (_POINTER, ctypes.POINTER(ctypes.c_char_p), _SIZE)),
    "generate_parameter_sequence": (_FLAG, (_POINTER,)),
    "generate_sample_sequence": (_FLAG, (_POINTER,)),
    "set_stop_flag": (None, (_POINTER, _FLAG)),
    "save_generated_parameter": (None, (_POINTER, _SIZE, _POINTER)),
    "get_total_state": (_SIZE, (_POINTER,)),
    "get_state_duration": (_SIZE, (_POINTER, _SIZE)),
    "refresh": (None, (_POINTER,)),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the engine says of an utterance; frames are 5 ms."""

    cepstrum: FloatArray
    """Mel-cepstrum `(frames, 45)`, warped by `WARP` at `RATE_HZ`; the filter's gain is exp of its cosine sum."""
    pitch: FloatArray
    """Natural logarithm of Hz `(frames,)`; nan where unvoiced."""
    frames: NDArray[np.int64]
    """Frames of each segment `(segments,)`."""


class Hts:
    """The engine with the voice of SLT, loaded once."""

    def __init__(self, speed: float) -> None:
        """`speed` 1 is the speaker's own.

        Raises:
            SetupError: the library or the voice is not installed.
        """
        name = find_library("HTSEngine")
        if name is None:
            raise SetupError("HTS's engine is missing", fix="sudo apt install libhtsengine1")
        if not VOICE.is_file():
            raise SetupError("HTS's voice is missing", fix="sudo apt install festvox-us-slt-hts")
        library = ctypes.CDLL(name)
        self._calls: dict[str, Any] = {}
        for call, (result, arguments) in _PROTOTYPES.items():
            function = getattr(library, f"HTS_Engine_{call}")
            function.restype, function.argtypes = result, arguments
            self._calls[call] = function
        self._engine = ctypes.create_string_buffer(_ENGINE_BYTES)
        self._calls["initialize"](self._engine)
        voices = (ctypes.c_char_p * 1)(str(VOICE).encode())
        if self._calls["load"](self._engine, voices, 1) != b"\x01":
            raise SetupError(f"HTS's engine cannot read {VOICE}", fix="sudo apt reinstall festvox-us-slt-hts")
        self._calls["set_speed"](self._engine, speed)
        self._libc = ctypes.CDLL(None)
        self._libc.fopen.restype, self._libc.fclose.argtypes = _POINTER, (_POINTER,)

    def say(self, labels: Sequence[str]) -> Parameters:
        """The parameters of the segments.

        Raises:
            ValueError: the engine cannot say these labels.
        """
        lines = (ctypes.c_char_p * len(labels))(*(label.encode() for label in labels))
        try:
            if self._calls["generate_state_sequence_from_strings"](self._engine, lines, len(labels)) != b"\x01":
                raise ValueError("HTS has no states for these labels")
            if self._calls["generate_parameter_sequence"](self._engine) != b"\x01":
                raise ValueError("HTS has no parameters for these labels")
            # The vocoder's step is what copies the parameters out; stopped beforehand it does nothing else.
            self._calls["set_stop_flag"](self._engine, b"\x01")
            self._calls["generate_sample_sequence"](self._engine)
            self._calls["set_stop_flag"](self._engine, b"\x00")
            states = range(self._calls["get_total_state"](self._engine))
            durations = np.array([self._calls["get_state_duration"](self._engine, state) for state in states])
            cepstrum, pitch = self._stream(0).reshape(-1, _CEPSTRUM), self._stream(1)
        finally:
            self._calls["refresh"](self._engine)
        return Parameters(
            cepstrum,
            np.where(pitch < _UNVOICED, np.nan, pitch).astype(np.float32),
            durations.reshape(-1, _STATES).sum(1),
        )

    def _stream(self, number: int) -> FloatArray:
        """The engine hands a whole stream over only through a file."""
        with tempfile.NamedTemporaryFile() as file:
            handle = self._libc.fopen(file.name.encode(), b"wb")
            self._calls["save_generated_parameter"](self._engine, number, handle)
            self._libc.fclose(handle)
            return np.fromfile(file.name, np.float32)
