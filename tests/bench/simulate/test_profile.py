"""Machines as tables."""

import random

import pytest

from app.bench.simulate.profile import TABLE, load, parse
from app.errors import SetupError


@pytest.mark.parametrize("name", parse(TABLE.read_text("utf-8")))
def test_each_says_why_and_takes_time(name):
    profile, dice = load(name), random.Random(1)
    assert profile.why
    for seconds in (profile.stt_s(5, dice), profile.step_s(1, 0, dice), profile.tts_s(20, dice)):
        assert 0 < seconds < 5
    assert profile.vad_s(dice) >= 0


def test_more_takes_longer():
    profile = load("rtx3060")
    assert profile.stt_s(50, random.Random(1)) > profile.stt_s(1, random.Random(1))
    assert profile.step_s(8, 128, random.Random(1)) > profile.step_s(1, 1, random.Random(1))


def test_no_such_profile_names_the_others():
    with pytest.raises(SetupError, match="this_cpu, rtx3060"):
        load("abacus")


@pytest.mark.parametrize("text", ["[a]\nwhy = 'x'", TABLE.read_text("utf-8") + "\nfan_ms = 3"])
def test_what_is_missing_or_unknown_is_named(text):
    with pytest.raises(SetupError, match=r"spread|fan_ms"):
        parse(text)
