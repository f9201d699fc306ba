"""Processes that train together."""

import os

import pytest
import torch
from torch import nn

from scripts.starter import compute
from scripts.starter.crews import Crew, launch


def averaging(crew: Crew, folder: str) -> None:
    model = nn.Linear(2, 1)
    nn.init.constant_(model.weight, crew.rank)
    crew.agree(model)
    model.weight.grad = torch.full((1, 2), float(crew.rank))
    clock = crew.average(model, 10.0 * crew.rank)
    torch.save((model.weight.data, model.weight.grad, model.bias.grad, clock), f"{folder}/{crew.rank}.pt")


def failing(crew: Crew, folder: str) -> None:
    if crew.rank == 1:
        os._exit(3)
    crew.average(nn.Linear(2, 1), 0.0)


def test_gradients_and_clocks_are_averaged(tmp_path):
    launch(averaging, str(tmp_path), cores=2)
    for rank in range(2):
        weight, gradient, unused, clock = torch.load(tmp_path / f"{rank}.pt")
        assert weight.tolist() == [[0, 0]]
        assert gradient.tolist() == [[0.5, 0.5]]
        assert unused.tolist() == [0]
        assert clock == 5


def test_one_process_is_the_caller_itself(tmp_path):
    launch(averaging, str(tmp_path), cores=1)
    assert torch.load(tmp_path / "0.pt")[3] == 0


def test_one_that_fails_ends_them_all(tmp_path):
    with pytest.raises(ChildProcessError, match="ended with 3"):
        launch(failing, str(tmp_path), cores=2)


def test_the_fastest_type_is_one_that_trains():
    assert compute.fastest_dtype(1) in (torch.float32, torch.bfloat16)
