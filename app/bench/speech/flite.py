"""flite's voices in this process, with the times of their words and phones.

Sources: flite's cst_utterance.h, cst_item.h, cst_wave.h.
"""

from __future__ import annotations

import ctypes
from ctypes.util import find_library
from typing import Any, ClassVar

import numpy as np

from app.bench.speech.labels import PAUSE, Span, Speech, named
from app.errors import SetupError

VOICES = ("slt", "rms", "awb", "kal16", "kal")
_MODULES = {"slt": "cmu_us_slt", "rms": "cmu_us_rms", "awb": "cmu_us_awb", "kal16": "cmu_us_kal16", "kal": "cmu_us_kal"}


class _Wave(ctypes.Structure):
    _fields_: ClassVar = [
        ("type", ctypes.c_char_p),
        ("sample_rate", ctypes.c_int),
        ("num_samples", ctypes.c_int),
        ("num_channels", ctypes.c_int),
        ("samples", ctypes.POINTER(ctypes.c_short)),
    ]


def _load(name: str) -> ctypes.CDLL:
    found = find_library(name)
    if found is None:
        raise SetupError(f"lib{name} is missing", fix="sudo apt install flite")
    return ctypes.CDLL(found, mode=ctypes.RTLD_GLOBAL)


_PROTOTYPES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "flite_synth_text": (ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_void_p)),
    "utt_wave": (ctypes.POINTER(_Wave), (ctypes.c_void_p,)),
    "utt_relation": (ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p)),
    "relation_head": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "item_next": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "item_parent": (ctypes.c_void_p, (ctypes.c_void_p,)),
    "item_as": (ctypes.c_void_p, (ctypes.c_void_p, ctypes.c_char_p)),
    "item_feat_string": (ctypes.c_char_p, (ctypes.c_void_p, ctypes.c_char_p)),
    "item_feat_float": (ctypes.c_float, (ctypes.c_void_p, ctypes.c_char_p)),
    "feat_set_float": (None, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_float)),
    "delete_utterance": (None, (ctypes.c_void_p,)),
}


class _VoiceHead(ctypes.Structure):
    """The first two fields of cst_voice."""

    _fields_: ClassVar = [("name", ctypes.c_char_p), ("features", ctypes.c_void_p)]


class Flite:
    """The library with those of its voices that were asked for, loaded once each."""

    def __init__(self) -> None:
        self._library = _load("flite")
        for name in ("flite_usenglish", "flite_cmulex"):
            _load(name)
        for name, (result, arguments) in _PROTOTYPES.items():
            function = getattr(self._library, name)
            function.restype, function.argtypes = result, arguments
        self._library.flite_init()
        self._voices: dict[str, int] = {}

    def _voice(self, name: str) -> int:
        if name not in self._voices:
            if name not in _MODULES:
                raise SetupError(f"flite has no voice {name}", fix=f"Take one of {', '.join(VOICES)}.")
            register = getattr(_load(f"flite_{_MODULES[name]}"), f"register_{_MODULES[name]}")
            register.restype = ctypes.c_void_p
            self._voices[name] = register(None)
        return self._voices[name]

    def rate_hz(self, voice: str) -> int:
        """Samples a second of a voice's speech."""
        return 8_000 if voice == "kal" else 16_000

    def say(self, text: str, voice: str, *, stretch: float = 1.0, pitch_hz: float = 0.0) -> Speech:
        """`text` spoken at the voice's own rate; `stretch` lengthens it, `pitch_hz` is the mean, 0 the voice's own.

        Raises:
            SetupError: there is no such voice.
            ValueError: what is spoken cannot be told by words of the text.
        """
        handle = self._voice(voice)
        features = _VoiceHead.from_address(handle).features
        self._library.feat_set_float(features, b"duration_stretch", stretch)
        if pitch_hz:
            self._library.feat_set_float(features, b"int_f0_target_mean", pitch_hz)
        utterance = self._library.flite_synth_text(text.encode(), handle)
        try:
            wave = self._library.utt_wave(utterance).contents
            audio = np.ctypeslib.as_array(wave.samples, (wave.num_samples,)).astype(np.float32) / np.float32(32_768)
            phones, spoken = self._segments(utterance, wave.sample_rate, len(audio))
        finally:
            self._library.delete_utterance(utterance)
        words = named(text, spoken)
        if words is None:
            raise ValueError(f"flite reads {text!r} as other words")
        return Speech(text, voice, audio, words, phones)

    def _segments(self, utterance: int, rate_hz: int, length: int) -> tuple[tuple[Span, ...], list[Span]]:
        phones, words, start, last = list[Span](), list[Span](), 0, 0
        item = self._library.relation_head(self._library.utt_relation(utterance, b"Segment"))
        while item:
            end = min(length, int(self._library.item_feat_float(item, b"end") * rate_hz))
            name = self._library.item_feat_string(item, b"name").decode()
            phones.append(Span(PAUSE if name == "pau" else name, start, end))
            word = self._word(item)
            if word and word == last:
                words[-1] = Span(words[-1].name, words[-1].start, end)
            elif word:
                words.append(Span(self._library.item_feat_string(word, b"name").decode(), start, end))
            start, last = end, word
            item = self._library.item_next(item)
        return tuple(phones), words

    def _word(self, segment: int) -> int:
        """The word that a segment belongs to; 0 for a pause."""
        in_structure = self._library.item_as(segment, b"SylStructure")
        syllable = self._library.item_parent(in_structure) if in_structure else None
        return (self._library.item_parent(syllable) if syllable else None) or 0
