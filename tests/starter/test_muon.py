import pytest
import torch

from scripts.starter.crews import Crew
from scripts.starter.muon import Muon, orthogonal


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("shape", [(3, 16, 32), (3, 32, 16), (1, 24, 24)])
def test_matrices_become_orthogonal(shape, dtype):
    torch.manual_seed(1)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape), dtype))
    assert values.min() > 0.3
    assert values.max() < 1.4


def test_a_crew_shares_the_work(monkeypatch):
    monkeypatch.setattr("torch.distributed.all_reduce", lambda tensor: None)
    weights = [torch.nn.Parameter(torch.zeros(8, 16)) for _ in range(3)]
    moved = []
    for crew in (Crew(0, 2), Crew(1, 2), Crew(0, 1)):
        torch.manual_seed(1)
        for weight in weights:
            weight.data.zero_()
            weight.grad = torch.randn(8, 16)
        Muon(weights, 0.05, crew).step()
        moved.append(torch.stack([weight.detach().clone() for weight in weights]))
    assert torch.allclose(moved[0] + moved[1], moved[2], atol=1e-5)


def test_muon_goes_down():
    torch.manual_seed(1)
    goal = torch.randn(8, 16)
    weight = torch.nn.Parameter(torch.zeros(8, 16))
    optimizer = Muon([weight], 0.05, Crew(0, 1))
    losses = []
    for _ in range(100):
        loss = (weight - goal).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 4
