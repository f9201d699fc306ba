"""Whole conversations. Whatever callers do, at whatever moment, the rules hold; a breach names the seed to replay."""

import asyncio

import pytest

from app.bench.simulate.measure import checked
from app.bench.simulate.script import CALM, USUAL, WILD
from app.bench.simulate.world import STALLING, play


def wrong(setting, seed):
    """The breaches, with the first one's log, as a test should show them."""
    breaches = checked(setting, seed, play(setting, seed))
    return "\n".join([f"seed {seed}: {each.what}" for each in breaches] + [*(breaches[0].log if breaches else ())])


@pytest.mark.parametrize("draft", ["off", "stt", "llm", "full", "auto"])
@pytest.mark.parametrize("profile", ["this_cpu", "rtx3060"])
def test_wild_callers_break_no_rule(setting, draft, profile):
    for number in range(2):
        assert not wrong(setting(draft, profile, temper=WILD), f"wild {draft} {profile} {number}")


def test_callers_at_once_break_no_rule(setting):
    assert not wrong(setting("auto", "rtx3060", temper=USUAL, sessions=3, lines=2), "at once")


def test_a_slow_detector_breaks_no_rule(setting):
    assert not wrong(setting("full", vad_ms=5.0, temper=WILD), "slow detector")


def test_failing_engines_break_no_rule(setting):
    assert not wrong(setting("full", temper=WILD, faults=0.1), "faults")


def test_a_stalling_network_breaks_no_rule(setting):
    assert not wrong(setting("full", temper=WILD, network=STALLING), "stalls")


def test_a_seed_replays_to_the_same_log(setting):
    made = setting("full", temper=WILD, sessions=2, lines=2)
    one, other = (
        [(entry.at_s, entry.who, entry.what, entry.turn) for record in play(made, "again").records
         for entry in record.log.entries]
        for _ in range(2)
    )  # fmt: skip
    assert one == other
    assert len(one) > 100


def test_calm_callers_are_answered(setting):
    (record,) = play(setting("full", temper=CALM, lines=2), "calm").records
    assert len([*record.log.of("client", "said")]) == 2
    assert {entry.data["status"] for entry in record.log.of("server", "reply.ended")} <= {"completed", "interrupted"}
    assert [message.role for message in record.memory[:3]] == ["system", "user", "assistant"]


def test_what_is_left_behind_is_told(setting, monkeypatch):
    async def forever():
        await asyncio.sleep(3600)

    async def call(self, number, sessions):
        self.kept = asyncio.get_running_loop().create_task(forever())
        self._brain.slots += 1

    monkeypatch.setattr("app.bench.simulate.world._World._call", call)
    left = play(setting(), "leaks").left
    assert len(left) == 2
    assert "forever" in left[0]
    assert left[1] == "1 places in the model"
