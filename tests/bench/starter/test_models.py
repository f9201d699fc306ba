"""The models in models/starter, on a small sample: are they as good as their card says?"""

import re
from math import sqrt

import pytest

from app.bench.commands.shown import SEED
from app.bench.commands.starter import WIDER
from app.bench.starter.parts import Starter, folder
from app.config import load
from scripts.starter.card import CARD

SAMPLE = 20
"""Utterances in a set of the ears', and dialogues."""
ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<value>[\d.]+)[^|]*\|[^|]*\|(?: [≤≥] (?P<bar>[\d.]+))?", re.MULTILINE)
MEASURE = {
    "ears": lambda starter: starter.ears(load(None, {}, ()).stt, SAMPLE),
    "brain": lambda starter: starter.brain(SAMPLE),
    "voice": lambda starter: starter.voice(),
}


def told(language):
    """By name: what the card says, and the bar."""
    card = CARD.read_text("utf-8").partition(f"<!-- figures {language} -->")[2]
    rows = ROW.finditer(card.partition(f"<!-- end {language} -->")[0])
    return {row["name"]: (float(row["value"]), row["bar"] and float(row["bar"])) for row in rows}


def lenient(limit, figure, sign):
    """Two standard errors of a share of so few, and some more for what words of one sentence have in common; all else
    may double."""
    if not figure.unit.startswith("%"):
        return 2 * limit if sign > 0 else limit / 2
    few = max(1, figure.of)
    return limit + sign * (max(1, 100 / few) + 2 * sqrt(max(0, limit * (100 - limit)) / few))


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("sets")
@pytest.mark.parametrize("part", MEASURE)
@pytest.mark.parametrize(("language", "slack"), [("en", 1.0), ("tr", WIDER)])
def test_they_are_as_good_as_their_card_says(part, language, slack):
    card = told(language)
    figures = list(MEASURE[part](Starter(folder(language), language, SEED, slack)))
    worse = []
    for figure in figures:
        value, bar = card[figure.name]
        assert bar == (None if figure.bar is None else pytest.approx(figure.bar, rel=0.01))
        if figure.least or figure.unit == "%":
            good = figure.value >= lenient(min(value, bar or value), figure, -1)
        else:
            good = figure.value <= lenient(max(value, bar or value), figure, 1)
        if not good:
            worse.append((figure.name, figure.value, value, bar))
    assert not worse
