"""How utterances are shared among callers; and the order of strategies, on a server that is not there."""

from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bench.stages import conversations
from app.bench.stages.conversations import TURNS, named, strategies
from app.errors import SetupError
from tests.conftest import configured


@given(st.integers(1, 30), st.integers(1, 9))
def test_everything_is_said_and_nobody_is_left_alone(utterances, callers):
    groups = conversations._shared(range(utterances), callers)
    assert len(groups) % callers == 0
    assert len({len(group) for group in groups}) == 1 <= len(groups[0]) <= TURNS
    assert {each for group in groups for each in group} == set(range(utterances))
    assert len(groups) * len(groups[0]) < utterances + (callers + 1) * TURNS


def test_a_case_says_how_many_call():
    assert [named(1), named(8)] == ["1 caller", "8 callers"]


async def test_each_strategy_comes_first_as_often_as_others(monkeypatch, turn):
    held = []

    class Servers:
        def __init__(self, config, drafts):
            self.urls = dict(drafts)

        async def __aenter__(self):
            return self.urls

        async def __aexit__(self, *error):
            pass

    async def hold(caller):
        held.append((caller.conversation.number, caller.url, list(caller.utterances)))
        return [turn(caller.conversation.case)]

    monkeypatch.setattr(conversations, "_servers", Servers)
    monkeypatch.setattr(conversations, "held", hold)
    told = []
    found = await strategies(configured(), range(6), ("off", "full"), told.append)
    assert [(number, draft) for number, draft, _ in held] == [(0, "off"), (0, "full"), (1, "full"), (1, "off")]
    assert [said for *_, said in held] == [[0, 1, 2, 3]] * 2 + [[4, 5]] * 2
    assert [each.case for each in found] == ["off", "off", "full", "full"]
    assert told[0] == "conversation 1 of 2, drafts off"


async def test_a_call_that_breaks_off_among_others_is_named(monkeypatch):
    async def hold(caller):
        raise SetupError("a call broke off after 1 of 4 turns")

    monkeypatch.setattr(conversations, "held", hold)
    with pytest.raises(SetupError, match="broke off"):
        await conversations._together(["one", "two"])


async def test_no_case_has_use_of_what_was_spoken_for_another(monkeypatch):
    """Each speaks at a speed of its own, which the shared engines know and speak ahead for; nothing goes to disk."""
    seen = []

    @asynccontextmanager
    async def noted(config, *engines):
        seen.append(config)
        yield f"server {len(seen) - 1}"

    monkeypatch.setattr(conversations, "warmed", noted)
    monkeypatch.setattr(conversations, "hosted", noted)
    async with conversations._servers(configured(), {"off": "off", "full": "full"}) as urls:
        assert urls == {"off": "server 1", "full": "server 2"}
    shared, *servers = seen
    assert [server.session.draft for server in servers] == ["off", "full"]
    speeds = [server.profile["default"].speed for server in servers]
    assert len(set(speeds)) == 2
    assert speeds == pytest.approx([1.0, 1.0], abs=1e-4)
    assert set(speeds) <= {profile.speed for profile in shared.profile.values()}
    assert shared.tts.cache_disk_mb == 0
