"""A session frame by frame, with a scripted detector and scripted ears: only the order of things is tried here."""

from dataclasses import replace

import numpy as np

from app.bench.interrupt.figures import perfect
from app.bench.interrupt.scenes import ALONE, BACKCHANNELS, Reply
from app.bench.interrupt.talk import Talk
from app.config import load
from app.interfaces import RATE_HZ
from app.session.whose import Verdict

SETTINGS = load(None, {}, []).vad


def syllables(seconds):
    """Noise whose level comes and goes: a steady tone would fit at any delay."""
    dice = np.random.default_rng(1)
    loud = np.repeat(dice.uniform(0.005, 0.3, int(seconds * 8)), RATE_HZ // 8)
    return (loud * dice.standard_normal(len(loud))).clip(-1, 1).astype(np.float32)


class Loud:
    """Hears speech in whatever is loud."""

    async def probabilities(self, frames):
        return (np.abs(frames).max(axis=1) > 0.02).astype(np.float32)


async def hums(scene, audio, until):
    return "uh-huh"


async def nothing(scene, audio, until):
    return ""


async def test_a_caller_behind_our_reply_is_heard_by_a_word(made):
    scene = made(BACKCHANNELS, asked="Two lemonades?")
    (outcome,) = await Talk(SETTINGS, perfect).run((scene,), Loud)
    assert outcome.asked
    assert outcome.heard == "stop"
    assert outcome.caller_ms is not None
    assert 240 <= outcome.caller_ms <= 600


async def test_what_held_no_word_or_asked_for_nothing_resumes(made):
    scene = made(BACKCHANNELS, asked="Well.")
    for listen, verdict in ((hums, Verdict.BACKCHANNEL), (nothing, Verdict.NOTHING)):
        (outcome,) = await Talk(SETTINGS, listen).run((scene,), Loud)
        assert outcome.resumed == [verdict]
        assert outcome.caller_ms is None


async def test_alone_nobody_is_heard_and_what_is_learned_stays(made):
    talk = Talk(SETTINGS, perfect)
    scene = replace(made(ALONE), reply=Reply("We talk.", syllables(3.0), ()), start=5 * RATE_HZ, end=5 * RATE_HZ)
    first, second = await talk.run((scene, scene), Loud)
    assert not first.ducks
    assert not second.ducks
    assert (first.cold, second.cold) == (True, False)


async def test_perfect_ears_know_words_that_are_mostly_said(made):
    scene = made()
    assert await perfect(scene, scene.caller, 8_000) == ""
    assert await perfect(scene, scene.caller, 13_000) == "stop"
    assert await perfect(scene, scene.caller, RATE_HZ) == "stop"
