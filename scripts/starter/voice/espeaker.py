"""Sentences as espeak-ng says them: the second teacher, who knows languages that HTS's speaker does not.

Its sound is analysed into the same features. What the two have in common in English tells the network what is the
speaker and what is the phoneme; what espeak-ng says then sounds in the tone of HTS's speaker.
"""

from __future__ import annotations

import ctypes
from ctypes.util import find_library

import numpy as np
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP, phonemes_to_ids
from piper.phonemize_espeak import ESPEAK_DATA_DIR, EspeakPhonemizer

from app.bench.speech.espeak import Espeak
from app.bench.speech.labels import PAUSE, Span
from scripts.starter.voice.analysis import FRAMES_A_SECOND, envelope, framed, pitch_hz
from scripts.starter.voice.matching import Event, segments
from scripts.starter.voice.shape import ESPEAK, SILENCE, Utterance, band_hz
from scripts.starter.voice.teacher import breath, filled, kept_frames, shared

VARIANT = "f2"
"""A woman's, as HTS's speaker is."""
WORDS_A_MINUTE = 150
_SYNCHRONOUS, _PHONEME_EVENTS_IN_IPA = 2, 3


class Espeaker:
    """espeak-ng with phoneme events in IPA; one for a process."""

    def __init__(self, espeak_voice: str) -> None:
        """Raises `SetupError`."""
        self._voice = espeak_voice
        self._phonemiser = EspeakPhonemizer(ESPEAK_DATA_DIR)
        self._espeak = Espeak()
        # The library's state is global: starting it again changes only how it names phonemes.
        ctypes.CDLL(find_library("espeak-ng")).espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS_IN_IPA)

    def say(self, text: str) -> list[Utterance]:
        """One sentence. Raises `ValueError` where espeak-ng and Piper's phonemiser disagree, or for several."""
        found = [sentence for sentence in self._phonemiser.phonemize(self._voice, text) if sentence]
        if len(found) != 1:
            raise ValueError("more than one sentence, or none")
        (phonemes,) = found
        rate_hz = self._espeak.rate_hz
        speech = self._espeak.say(text, f"{self._voice}+{VARIANT}", words_per_minute=WORDS_A_MINUTE)
        said, frames = segments(phonemes, events(speech.phones, rate_hz))
        cut = framed(speech.audio, rate_hz)
        hz = pitch_hz(cut, rate_hz)
        points = np.maximum(envelope(cut, hz, band_hz(), rate_hz), np.float32(SILENCE))
        kept = kept_frames(said, frames)
        rows = np.concatenate([np.arange(start, start + count) for start, count in kept]).clip(max=len(hz) - 1)
        counts = np.array([count for _, count in kept])
        pitch = np.log(hz[rows]).astype(np.float32)
        return [
            Utterance(
                text,
                np.array(phonemes_to_ids(list(phonemes), DEFAULT_PHONEME_ID_MAP)[::2], np.int64),
                shared(said, counts, len(phonemes)),
                points[rows],
                filled(pitch),
                np.isfinite(pitch).astype(np.float32),
                np.repeat([breath(segment) for segment in said], counts, axis=0).astype(np.float32),
                ESPEAK,
            )
        ]


def events(phones: tuple[Span, ...], rate_hz: int) -> list[Event]:
    """Phones in frames, so that nothing is lost between them."""
    edges = [round(phone.end * FRAMES_A_SECOND / rate_hz) for phone in phones]
    starts = [0, *edges[:-1]]
    names = ["" if phone.name == PAUSE else phone.name for phone in phones]
    return [Event(name, end - start) for name, start, end in zip(names, starts, edges, strict=True)]
