"""Scenes without synthesisers: tones for voices."""

import numpy as np
import pytest

from app.bench.calls.call import Call
from app.bench.interrupt.scenes import INTERRUPTIONS, Path, Reply, scene
from app.bench.speech.labels import Span
from app.interfaces import RATE_HZ

PATH = Path(coupling_db=-12.0, delay=1_600, echo_s=0.2, seed=7)


def tone(hz, seconds):
    return (0.3 * np.sin(2 * np.pi * hz * np.arange(int(RATE_HZ * seconds)) / RATE_HZ)).astype(np.float32)


def said(text, audio):
    """A reply whose words are all as long."""
    words = text.split()
    each = len(audio) // len(words)
    return Reply(text, audio, tuple(Span(word, at * each, (at + 1) * each) for at, word in enumerate(words)))


def syllables(seconds):
    """Noise whose level comes and goes: a steady tone would fit at any delay."""
    dice = np.random.default_rng(1)
    loud = np.repeat(dice.uniform(0.005, 0.3, int(seconds * 8)), RATE_HZ // 8)
    return (loud * dice.standard_normal(len(loud))).clip(-1, 1).astype(np.float32)


@pytest.fixture(scope="session")
def made():
    """`made(kind, asked="")`: half a second of the caller, beside or behind a second of ours."""

    def make(kind=INTERRUPTIONS, asked=""):
        audio = np.concatenate([np.zeros(8_000, np.float32), tone(300, 0.5), np.zeros(RATE_HZ, np.float32)])
        words = (Span("stop", 8_000, 16_000),)
        reply = "" if asked else "We have soup."
        call = Call("interruptions 0", kind, "en", "voice", 0, audio, words, (), 8_000, 16_000, asked, reply)
        return scene(kind, PATH, said(reply or asked, tone(500, 1.0)), call)

    return make
