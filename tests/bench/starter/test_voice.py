"""Measures of a voice, with a voice and listeners that are scripted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.bench.score import Figure
from app.bench.starter import voice
from app.bench.starter.listeners import LEVEL, PADDING, padded
from app.bench.starter.said import Said
from app.interfaces import RATE_HZ
from app.tts.word_times import Group

SAID = (Said("One two.", known=True), Said("Three four five.", known=False))


class Talker:
    """Half a second a word, at 24 kHz."""

    rate_hz = 24_000

    def say(self, text, speed):
        count = len(text.split())
        audio = 0.3 * np.random.default_rng(1).standard_normal(12_000 * count).astype(np.float32)
        return audio, [Group(3, 12_000 * at, 12_000 * (at + 1)) for at in range(count)]


class Listener:
    """Hears "two" as "too", and words 20 ms late, one of them 80."""

    def hear(self, audio):
        words = round((len(audio) - 2 * PADDING) / RATE_HZ * 2)
        return {2: "one too", 3: "three four five"}[words]

    def begins_ms(self, audio, words):
        return [250 + 500 * at + (80 if word == "two" else 20) for at, word in enumerate(words.split())]


@pytest.fixture
def figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Figure]]:
    monkeypatch.setattr(voice, "unseen", lambda language: SAID)
    monkeypatch.setattr(voice, "load", lambda path, threads: Talker())
    monkeypatch.setattr(voice, "starter_ears", lambda folder, language: Listener().hear)
    monkeypatch.setattr(voice, "Sphinx", Listener)
    path = tmp_path / "voice.onnx"
    Path(f"{path}.json").write_text(json.dumps({voice.TEACHER: 10.0}))
    return {figure.name: figure for figure in voice.figures(path, tmp_path, "en", 1.0)}


def test_words_are_counted_where_the_ears_know_them(figures: dict[str, Figure]) -> None:
    known, others = figures["ears hear the voice"], figures["ears hear the voice, other words"]
    assert (known.value, known.of, known.bar) == (50, 2, voice.EARS_BAR)
    assert (others.value, others.of, others.bar) == (0, 3, None)


def test_pocketsphinx_is_compared_with_the_teacher(figures: dict[str, Figure]) -> None:
    heard = figures["pocketsphinx hears the voice"]
    assert (heard.value, heard.bar, heard.met) == (pytest.approx(20), pytest.approx(12), False)


def test_word_times_are_compared_without_the_usual_lag(figures: dict[str, Figure]) -> None:
    assert figures["words of the voice against alignment"].value == pytest.approx(0)
    assert figures["words of the voice within 30 ms"].value == pytest.approx(80)


def test_work_is_measured(figures: dict[str, Figure]) -> None:
    assert 0 < figures["real-time factor on one core"].value < 0.05
    assert figures["first clause of the voice"].met


def test_other_languages_go_without_pocketsphinx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "unseen", lambda language: SAID)
    monkeypatch.setattr(voice, "load", lambda path, threads: Talker())
    monkeypatch.setattr(voice, "starter_ears", lambda folder, language: Listener().hear)
    found = list(voice.figures(tmp_path / "voice.onnx", tmp_path, "tr", 1.5))
    assert len(found) == 4
    assert found[2].bar == 1.5 * voice.EARS_BAR


def test_nothing_aligned_is_no_figure() -> None:
    (spoken,) = voice.speak(Talker(), SAID[:1])
    listener = Listener()
    listener.begins_ms = lambda audio, words: []
    assert voice.durations([spoken], listener) is None


def test_resampling_keeps_the_length_and_16_khz_the_samples() -> None:
    audio = np.zeros(24_000, np.float32)
    assert len(voice.at_16_khz(audio, 24_000)) == pytest.approx(RATE_HZ, abs=40)
    assert voice.at_16_khz(audio, RATE_HZ) is audio


def test_listeners_hear_every_voice_at_the_same_level() -> None:
    heard = padded(np.full(1_000, 0.01, np.float32))
    assert len(heard) == 1_000 + 2 * PADDING
    assert heard[PADDING:-PADDING] == pytest.approx(LEVEL)
    assert not padded(np.zeros(0, np.float32)).any()
