"""Many conversations at once."""

from app.bench.simulate import rules
from app.bench.simulate.measure import measure


def test_drafts_are_sooner(setting):
    off, full = (measure(setting(draft, lines=2), ["a", "b"]) for draft in ("off", "full"))
    assert (off.breaches, full.breaches) == ((), ())
    assert off.level.said == full.level.said == 4
    assert full.level.gap_p50 < off.level.gap_p50


def test_a_breach_comes_with_its_seed_and_its_log(setting, monkeypatch):
    def broken(conversation):
        yield "it is"

    monkeypatch.setattr(rules, "RULES", (broken,))
    (breach,) = measure(setting(lines=1), ["a"]).breaches
    assert (breach.seed, breach.what) == ("a", "broken: it is")
    assert "client calls" in breach.log[0]
