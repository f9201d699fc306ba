"""espeak-ng in this process, with the times of its words and phonemes.

The library speaks about a hundred times faster than a process for each sentence would, and tells what it says.
Its state is global: of several `Espeak` in a process, one may speak at a time. Sources: espeak-ng's speak_lib.h.
"""

from __future__ import annotations

import ctypes
import re
from ctypes.util import find_library
from functools import cache
from typing import Any, ClassVar

import numpy as np

from app.bench.speech.labels import PAUSE, Span, Speech, moved
from app.errors import SetupError
from app.interfaces import FloatArray

_SYNCHRONOUS = 2
_PHONEME_EVENTS = 1
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_WORD, _PHONEME = 1, 7


class _Id(ctypes.Union):
    _fields_: ClassVar = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_: ClassVar = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@cache
def _started(name: str) -> tuple[ctypes.CDLL, int]:
    """The library and the samples of a second, once in a process."""
    library = ctypes.CDLL(name)
    rate_hz: int = library.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS)
    if rate_hz <= 0:
        raise SetupError("espeak-ng does not start", fix="sudo apt install espeak-ng-data")
    return library, rate_hz


class Espeak:
    """Speaks through the library."""

    def __init__(self) -> None:
        name = find_library("espeak-ng")
        if name is None:
            raise SetupError("espeak-ng is missing", fix="sudo apt install espeak-ng")
        self._library, self.rate_hz = _started(name)
        self._audio: list[FloatArray] = []
        self._events: list[tuple[int, int, int, int, str]] = []
        self._callback = _Callback(self._take)

    def _take(self, samples: Any, count: int, events: Any) -> int:  # noqa: ANN401 - ctypes' pointers have no type
        if samples and count:
            self._audio.append(np.ctypeslib.as_array(samples, (count,)).astype(np.float32) / np.float32(32_768))
        index = 0
        while events[index].type:
            event = events[index]
            name = event.id.string.decode("utf-8", "replace") if event.type == _PHONEME else ""
            self._events.append((event.type, event.text_position, event.length, event.sample, name))
            index += 1
        return 0

    def say(self, text: str, voice: str, *, words_per_minute: int = 160, pitch: int = 50, swing: int = 50) -> Speech:
        """`text` spoken at the library's own rate (`rate_hz`); `voice` such as "en-gb+f3", `pitch`, `swing` 0 to 99.

        Raises:
            SetupError: there is no such voice.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise SetupError(f"espeak-ng has no voice {voice}")
        for parameter, value in ((_RATE, words_per_minute), (_PITCH, pitch), (_RANGE, swing)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._library.espeak_SetSynthCallback(self._callback)
        self._audio.clear()
        self._events.clear()
        raw = text.encode()
        self._library.espeak_Synth(raw, len(raw) + 1, 0, 1, 0, _UTF8, None, None)
        audio = np.concatenate(self._audio) if self._audio else np.zeros(0, np.float32)
        phones = _phones(self._events, len(audio))
        return Speech(text, voice, audio, _words(text, self._events, phones, len(audio)), phones)


def _phones(events: list[tuple[int, int, int, int, str]], length: int) -> tuple[Span, ...]:
    starts = [(sample, name) for kind, _, _, sample, name in events if kind == _PHONEME]
    ends = [sample for sample, _ in starts[1:]] + [length]
    spans = [
        Span(PAUSE if name.startswith("_") else name, start, end)
        for (start, name), end in zip(starts, ends, strict=True)
        if end > start
    ]
    if spans and spans[0].start > 0:
        spans.insert(0, Span(PAUSE, 0, spans[0].start))
    return moved(tuple(spans), 0, 1.0, length)


def _words(
    text: str, events: list[tuple[int, int, int, int, str]], phones: tuple[Span, ...], length: int
) -> tuple[Span, ...]:
    """The words of `text`. One ends where the next begins or where a pause does.

    espeak-ng runs unstressed words together ("in the") and tells where the first begins: they share the time by their
    letters, cut between two phones. Positions in the text count from 1.
    """
    starts = {at - 1: sample for kind, at, _, sample, _ in reversed(events) if kind == _WORD}
    groups: list[tuple[int, list[str]]] = []
    for match in re.finditer(r"\S+", text):
        if match.start() in starts or not groups:
            groups.append((starts.get(match.start(), 0), []))
        groups[-1][1].append(match.group())
    pauses = [phone.start for phone in phones if phone.name == PAUSE]
    ends = [start for start, _ in groups[1:]] + [length]
    words: list[Span] = []
    for (start, names), limit in zip(groups, ends, strict=True):
        end = min([limit, *(pause for pause in pauses if start < pause < limit)])
        words += _shared(names, start, end, [phone.start for phone in phones if start < phone.start < end])
    return tuple(words)


def _shared(names: list[str], start: int, end: int, cuts: list[int]) -> list[Span]:
    total, spoken, at, spans = sum(map(len, names)), 0, start, list[Span]()
    for name in names:
        spoken += len(name)
        fair = start + (end - start) * spoken // total
        until = (
            end
            if spoken == total
            else min([cut for cut in cuts if cut > at] or [fair], key=lambda cut: abs(cut - fair))
        )
        spans.append(Span(name, at, until))
        at = until
    return spans
