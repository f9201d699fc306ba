"""Several processes that train one model: one for each core, or a single one with a GPU."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import connection, get_context
from multiprocessing.context import SpawnProcess
from typing import TypeVar

import torch
from torch import distributed, nn

from scripts.starter import compute, parent

_Plan = TypeVar("_Plan")


@dataclass(frozen=True, slots=True)
class Crew:
    """This process among the others."""

    rank: int
    size: int

    @property
    def threads(self) -> int:
        """One each; all where there is only one process."""
        return 1 if self.size > 1 else os.cpu_count() or 1

    def clock(self) -> float:
        """Seconds at work: of this process's core, whatever else the machine does; of the wall for a single process."""
        return time.process_time() if self.size > 1 else time.perf_counter()

    def agree(self, model: nn.Module) -> None:
        """All start from the first one's weights."""
        if self.size > 1:
            for tensor in model.state_dict().values():
                distributed.broadcast(tensor, 0)

    def average(self, model: nn.Module, clock_s: float) -> float:
        """The mean of all gradients, in place, and of all clocks: all stop at the same step."""
        if self.size == 1:
            return clock_s
        parameters = [each for each in model.parameters() if each.requires_grad]
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        gradients = [each.grad for each in parameters if each.grad is not None]
        flat = torch.cat([each.flatten() for each in gradients] + [torch.tensor([clock_s])]) / self.size
        distributed.all_reduce(flat)
        at = 0
        for gradient in gradients:
            gradient.copy_(flat[at : at + gradient.numel()].view_as(gradient))
            at += gradient.numel()
        return float(flat[-1])


def launch(member: Callable[[Crew, _Plan], None], plan: _Plan, *, cores: int | None = None) -> None:
    """Runs `member` in every process, and waits for all.

    Raises:
        ChildProcessError: one failed; the others were ended.
    """
    size = 1 if compute.device().type == "cuda" else cores or os.cpu_count() or 1
    if size == 1:
        member(Crew(0, 1), plan)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    spawn = get_context("spawn")
    members = [spawn.Process(target=_process, args=(rank, size, port, member, plan)) for rank in range(size)]
    try:
        for each in members:
            each.start()
        _wait(members)
    finally:
        for each in members:
            each.terminate()


def _wait(members: Sequence[SpawnProcess]) -> None:
    running = list(members)
    while running:
        connection.wait([each.sentinel for each in running])
        for each in [each for each in running if each.exitcode is not None]:
            running.remove(each)
            if each.exitcode:
                raise ChildProcessError(f"{each.name} of the training ended with {each.exitcode}")


def _process(rank: int, size: int, port: int, member: Callable[[Crew, _Plan], None], plan: _Plan) -> None:
    parent.follow()
    distributed.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=size)
    try:
        member(Crew(rank, size), plan)
    finally:
        distributed.destroy_process_group()
