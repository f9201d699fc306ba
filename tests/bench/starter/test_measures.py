"""How the starter models' figures are counted."""

from pathlib import Path

import numpy as np
import pytest

from app.bench.speech.labels import Span, Speech
from app.bench.starter import parts
from app.bench.starter.ears import Ears
from app.interfaces import RATE_HZ, Word

SAID = tuple(Span(name, at * RATE_HZ, (at + 1) * RATE_HZ) for at, name in enumerate(["two", "cokes"]))


@pytest.mark.parametrize(("start_ms", "end_ms", "off"), [(0, 1000, 0), (40, 1000, 40), (0, 1300, 300), (150, 900, 150)])
def test_a_word_is_as_far_off_as_its_worse_end(start_ms, end_ms, off):
    speech = Speech("two cokes", "m1", np.zeros(2 * RATE_HZ, np.float32), SAID, ())
    heard = (Word("two", start_ms, end_ms, 1.0), Word("cokes", 1000, 2000, 1.0))
    assert Ears._differences(speech, heard) == [off, 0]


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [("en", "Add 2 cokes, please!", "add two cokes please"), ("tr", "12 ayran lütfen", "on iki ayran lütfen")],
)
def test_numerals_are_spoken(monkeypatch, language, written, spoken):
    said = []
    studio = type("Studio", (), {"record": lambda self, text, caller: said.append(text)})
    monkeypatch.setattr(parts, "Studio", studio)
    monkeypatch.setattr(parts, "starter_ears", lambda *_: lambda audio: "heard")
    monkeypatch.setattr(parts, "around", lambda speech: Speech("", "", np.zeros(1, np.float32), (), ()))
    hear = parts.Starter(Path(), language, 1, 1.0)._through_ears()
    assert hear(written) == "heard"
    assert said == [spoken]
