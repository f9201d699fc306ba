"""Parlor's rule as it is, scaled, and with what it learns of a caller."""

import pytest

from app.bench.endpoint.policies import PROFILES, Fixed, Moment, Ours
from app.vad.rhythm import Rhythm
from app.vad.waiting import LATE_MS, Situation, silence_ms, wait_ms

MOMENT = Moment("can i have the", "en", "Anything else?", -70)


def test_a_fixed_wait_learns_nothing():
    fixed = Fixed(700)
    fixed.sat_out(1_900)
    fixed.cut_off(1_900)
    assert fixed.wait_ms(MOMENT) == 700


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("factor", [0.5, 1.0, 2.0])
def test_ours_is_the_rule_that_the_session_uses(profile, factor):
    patience = PROFILES[profile]
    policy = Ours(patience, factor)
    situation = Situation(MOMENT.text, "en", asked=MOMENT.asked, noise_dbfs=-70)
    assert policy.wait_ms(MOMENT) == policy.wait_ms(MOMENT) == factor * wait_ms(situation, patience) - LATE_MS


def test_ours_learns_from_pauses_and_cuts():
    patience, moment = PROFILES["default"], Moment("", "en", "", -90)
    policy, rhythm = Ours(patience), Rhythm()
    for _ in range(8):
        policy.sat_out(1_200)
        policy.cut_off(1_300)
        rhythm = rhythm.heard(1_200).cut(1_300)
    situation = Situation("", "en", rhythm=rhythm)
    assert policy.wait_ms(moment) == silence_ms(situation, patience) > Ours(patience).wait_ms(moment)


def test_ours_may_be_told_to_learn_nothing():
    policy, moment = Ours(PROFILES["default"], learns=False), Moment("", "en", "", -90)
    before = policy.wait_ms(moment)
    for _ in range(8):
        policy.cut_off(1_900)
    assert policy.wait_ms(moment) == before
