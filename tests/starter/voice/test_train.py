"""A few steps of training on made-up utterances."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from scripts.starter import compute
from scripts.starter.voice import corpus, train
from scripts.starter.voice.batches import batch, measured
from scripts.starter.voice.losses import PARTS, losses
from scripts.starter.voice.network import Size
from scripts.starter.voice.train import Plan
from tests.starter.voice.test_batches import utterance

SMALL = Size(width=16, encoder=(1,), decoder=(1,))


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setattr(compute, "fastest_dtype", lambda threads: torch.float32)
    group = [utterance([5, 0, 3, 8], seed) for seed in range(16)]
    corpus.write(tmp_path / "0000.npz", group)
    return Plan([tmp_path / "0000.npz"], measured(group), 0.003, tmp_path / "en/checkpoint.pt", cores=1, size=SMALL)


def test_training_resumes_where_it_stood(plan: Plan) -> None:
    first = train.train(plan)
    state = torch.load(plan.checkpoint, weights_only=True)
    assert state["spent"] >= 0.18
    again = train.train(plan)
    assert all(torch.equal(one, other) for one, other in zip(first.parameters(), again.parameters(), strict=True))
    train.train(replace(plan, minutes=state["spent"] / 60 + 0.001))
    assert torch.load(plan.checkpoint, weights_only=True)["step"] > state["step"]


def test_another_languages_network_is_taken_over(plan: Plan, tmp_path: Path) -> None:
    first = train.train(plan)
    timed = replace(plan.scale, timed=plan.scale.timed + 1)
    other = replace(plan, checkpoint=tmp_path / "tr.pt", start_from=plan.checkpoint, minutes=1e-9, scale=timed)
    again = train.train(other)
    assert again.get_buffer("timed").tolist() == timed.timed.tolist()
    apart = [(one - two).abs().max().item() for one, two in zip(first.parameters(), again.parameters(), strict=True)]
    assert max(apart) < 0.01


def test_all_losses_are_finite(plan: Plan) -> None:
    group = corpus.load(plan.shards)
    assert torch.isfinite(losses(train.train(plan), batch(group, plan.scale))).tolist() == [True] * len(PARTS)
