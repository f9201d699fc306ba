"""What callers will do, before they do it."""

import pytest

from app.bench.calls.corpus import author
from app.bench.simulate.script import CALM, LATEST_MS, TEMPERS, THINKING, WILD, Kind, script


@pytest.mark.parametrize("temper", TEMPERS.values(), ids=TEMPERS)
def test_a_seed_is_a_call(temper):
    assert script(author("en"), temper, 4, "one") == script(author("en"), temper, 4, "one")
    assert script(author("en"), temper, 4, "one") != script(author("en"), temper, 4, "two")


def test_calm_callers_only_speak():
    found = script(author("en"), CALM, 50, "calm")
    assert found.goodbye
    assert len(found.parts) == 50
    assert all(part.line.words and part.falls_in_ms is None and not part.acts for part in found.parts)
    assert not any(part.line.gaps for part in found.parts)
    assert all(part.line.gaps for part in script(author("en"), THINKING, 50, "thinking").parts)


def test_wild_callers_do_everything_at_any_moment():
    found = script(author("en"), WILD, 1_000, "wild")
    acts = [act for part in found.parts for act in part.acts]
    assert {act.kind for act in acts} == set(Kind)
    assert all(0 <= act.at_ms <= LATEST_MS for act in acts)
    assert len({act.number for act in acts}) == len(acts)
    assert all([act.at_ms for act in part.acts] == sorted(act.at_ms for act in part.acts) for part in found.parts)
