"""Speech as bytes and back, for the cache on disk. Pure.

A line of JSON (format, check sum, sample rate, words), then the samples as 16-bit little-endian integers.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from app.interfaces import Speech, Word
from app.tts.speakable import SpokenWord

FORMAT = 1
"""Raised when what is written, or how a voice's sound is cut and its words are placed, changes."""


class DamagedError(Exception):
    """The bytes are not those of a speech that we wrote."""


def name_of(words: Sequence[SpokenWord], speed: float, source: str) -> str:
    """The name of the speech of `words` at `speed` by the voice and engine that `source` stands for."""
    said = [[word.written, word.spoken] for word in words]
    return sha256(json.dumps([FORMAT, source, speed, said]).encode()).hexdigest()


def pack(speech: Speech) -> bytes:
    """`speech` as bytes."""
    sound = speech.pcm.astype("<i2").tobytes()
    words = [[w.text, w.start_ms, w.end_ms, w.p] for w in speech.words]
    rest = json.dumps([speech.rate_hz, words])
    head = json.dumps([FORMAT, zlib.crc32(rest.encode() + sound), rest])
    return head.encode() + b"\n" + sound


def unpack(data: bytes) -> Speech:
    """The speech that became `data`, to the sample and the millisecond. Raises `DamagedError`."""
    head, _, sound = data.partition(b"\n")
    try:
        version, check, rest = json.loads(head)
        if version != FORMAT or check != zlib.crc32(rest.encode() + sound):
            raise DamagedError
        rate_hz, words = json.loads(rest)
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedError from error
    return Speech(np.frombuffer(sound, "<i2").astype(np.int16), rate_hz, tuple(Word(*word) for word in words))
