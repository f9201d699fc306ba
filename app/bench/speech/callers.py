"""Synthetic callers: who speaks, how fast, how high, with how long a throat."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.bench.speech import festival
from app.bench.speech.espeak import Espeak
from app.bench.speech.festival import Festival
from app.bench.speech.flite import Flite
from app.bench.speech.labels import Speech, levelled, moved, trimmed
from app.bench.speech.resample import at_16_khz
from app.bench.texts.sentences import HeldOut
from app.interfaces import RATE_HZ

_VARIANTS = (
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "klatt", "klatt2",
    "klatt3", "klatt4", "klatt5", "croak", "Alex", "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo",
    "Gene", "Gene2", "Henrique", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike", "Nguyen",
    "Tweaky", "adam", "anika", "antonio", "aunty", "belinda", "benjamin", "boris", "caleb", "david", "ed",
    "edward", "edward2", "grandma", "grandpa", "gustave", "iven", "iven2", "iven3", "iven4", "john",
    "kaukovalta", "linda", "marcelo", "max", "michel", "miguel", "norbert", "pablo", "paul", "pedro",
    "quincy", "rob", "robert", "sandro", "shelby", "steph", "steph2", "steph3", "travis", "victor", "zac",
    "whisper",
)  # fmt: skip
_ACCENTS = {
    "en": ("en-US", "en", "en-US", "en", "en-GB-x-rp", "en-GB-scotland", "en-029", "en-US-nyc", "en-GB-x-gbcwmd",
           "en-GB-x-gbclan"),
    "tr": ("tr",),
}  # fmt: skip
_FLITE_PITCH_HZ = {"awb": 130.0, "rms": 100.0, "slt": 170.0, "kal16": 105.0, "kal": 105.0}
_FESTIVAL_PITCH_HZ = 105.0
_ESPEAK_SHARE = {"en": 0.7, "tr": 1.0}


@dataclass(frozen=True, slots=True)
class Caller:
    """A voice and its manner. `accent` is espeak-ng's language, empty for the voices of flite and festival."""

    voice: str
    accent: str
    pace: float
    """1 is the synthesiser's own."""
    pitch: float
    """0 to 1; 0.5 is the voice's own."""
    swing: float
    """How far the pitch moves, 0 to 1."""
    throat: float
    """Played faster (above 1) or slower, as a shorter or longer throat sounds."""

    @property
    def name(self) -> str:
        """Such as "espeak-ng en-US+f2"."""
        if self.accent:
            return f"espeak-ng {self.accent}+{self.voice}"
        return f"{'festival' if self.voice == festival.VOICE else 'flite'} {self.voice}"


def callers(rng: random.Random, held: HeldOut, language: str = "en", *, unseen: bool) -> Iterator[Caller]:
    """Callers without end: all of voices that training never hears, or none."""
    variants = [name for name in _VARIANTS if (name in held.voices) == unseen and name not in held.twins]
    # A held-out accent with a voice of training is neither the one nor the other: it stays out of both.
    accents = [name for name in _ACCENTS[language] if unseen or name not in held.accents]
    flites = [name for name in _FLITE_PITCH_HZ if (name in held.voices) == unseen]
    while True:
        espeak = rng.random() < _ESPEAK_SHARE[language]
        voice = rng.choice(variants if espeak else flites)
        yield _manner(rng, voice, rng.choice(accents) if espeak else "")


def diphones(rng: random.Random) -> Iterator[Caller]:
    """Callers without end, all of festival's voice: joined from pairs of phones, as no other that training hears."""
    while True:
        yield _manner(rng, festival.VOICE, "")


def _manner(rng: random.Random, voice: str, accent: str) -> Caller:
    return Caller(
        voice=voice,
        accent=accent,
        pace=rng.uniform(0.75, 1.3),
        pitch=rng.uniform(0.2, 0.8),
        swing=rng.uniform(0.2, 0.8),
        throat=rng.uniform(0.9, 1.12),
    )


class Studio:
    """The synthesisers, ready to speak; festival, a process of its own, starts when it is first wanted."""

    def __init__(self) -> None:
        self._espeak = Espeak()
        self._flite = Flite()
        self._festival: Festival | None = None

    def record(self, text: str, caller: Caller) -> Speech:
        """`text` by `caller` at 16 kHz, trimmed, at -23 dBFS.

        Raises:
            SetupError: a synthesiser is missing, or has no such voice.
            ValueError: the voice reads other words than the text's.
        """
        if caller.accent:
            speech = self._espeak.say(
                text,
                f"{caller.accent}+{caller.voice}",
                words_per_minute=round(160 * caller.pace),
                pitch=round(99 * caller.pitch),
                swing=round(99 * caller.swing),
            )
            rate = self._espeak.rate_hz
        elif caller.voice == festival.VOICE:
            self._festival = self._festival or Festival()
            hz = _FESTIVAL_PITCH_HZ * (0.7 + 0.6 * caller.pitch)
            speech = self._festival.say(text, stretch=1 / caller.pace, pitch_hz=hz, swing_hz=28 * caller.swing)
            rate = festival.RATE_HZ
        else:
            hz = _FLITE_PITCH_HZ[caller.voice] * (0.7 + 0.6 * caller.pitch)
            speech = self._flite.say(text, caller.voice, stretch=1 / caller.pace, pitch_hz=hz)
            rate = self._flite.rate_hz(caller.voice)
        return levelled(trimmed(_resampled(replace(speech, voice=caller.name), rate * caller.throat)))


def _resampled(speech: Speech, rate_hz: float) -> Speech:
    audio = at_16_khz(speech.audio, round(rate_hz))
    scale = RATE_HZ / round(rate_hz)
    words, phones = (moved(spans, 0, scale, len(audio)) for spans in (speech.words, speech.phones))
    return replace(speech, audio=audio, words=words, phones=phones)
