"""The committed starter models reach their bars, on samples that are small enough for every run."""

import math

import pytest

from app.bench.command import SEED
from app.bench.starter.parts import Starter, folder
from app.config import load

UTTERANCES, DIALOGUES = 20, 12
ERRORS = 3.0
"""Standard errors that a small sample may be beyond its bar."""


def reached(figure):
    """Whether a figure lies within its bar or what chance does to so few."""
    if figure.bar is None:
        return True
    of_chance = 0.0
    if figure.unit.startswith("%"):
        share = min(max(figure.bar, 1.0), 99.0) / 100
        of_chance = 100 * ERRORS * math.sqrt(share * (1 - share) / max(1, figure.of))
    return figure.value >= figure.bar - of_chance if figure.least else figure.value <= figure.bar + of_chance


def missed(figures):
    return [figure for figure in figures if not reached(figure)]


@pytest.fixture
def starter():
    return Starter(folder("en"), "en", SEED, 1.0)


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.usefixtures("sets")
def test_ears_reach_their_bars(starter):
    assert not missed(starter.ears(load(None, {}, ()).stt, UTTERANCES))


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.usefixtures("sets")
def test_the_brain_reaches_its_bars(starter):
    assert not missed(starter.brain(DIALOGUES))


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.usefixtures("sets")
def test_the_voice_reaches_its_bars(starter):
    assert not missed(starter.voice())
