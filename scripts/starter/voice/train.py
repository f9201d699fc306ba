"""Training of the acoustic model: a fixed time, one process for each core, resumable."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from scripts.starter import compute, crews
from scripts.starter.crews import Crew
from scripts.starter.voice import corpus
from scripts.starter.voice.batches import Batch, Scale, batches
from scripts.starter.voice.losses import PARTS, losses
from scripts.starter.voice.network import Network, Size

log = logging.getLogger(__name__)
RATE = 2e-3
WARM_STEPS = 150
BATCH = 16
"""Utterances of a step, over all processes."""
SEED = 11
_TOLD_STEPS = 100
_SAVE_S = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is learned, how long, and where the state is kept."""

    shards: Sequence[Path]
    scale: Scale
    minutes: float
    checkpoint: Path
    cores: int | None = None
    """None: all."""
    start_from: Path | None = None
    """A checkpoint of another language's voice, which this one begins with."""
    size: Size = field(default_factory=Size)


def train(plan: Plan) -> Network:
    """A network trained for the plan's minutes, those of an interrupted run counted in."""
    plan.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    crews.launch(_member, plan, cores=plan.cores)
    return load(plan.checkpoint)


def load(checkpoint: Path) -> Network:
    """The network of a checkpoint, ready to speak."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    network = Network(Size(**state["size"]), state["network"]["timed"])
    network.load_state_dict(state["network"])
    return network.eval()


def _member(crew: Crew, plan: Plan) -> None:
    logging.basicConfig(level=logging.INFO if crew.rank == 0 else logging.WARNING, format="%(message)s")
    _Training(crew, plan).run()


class _Training:
    """One process of a run; the first one reports and keeps the checkpoint."""

    def __init__(self, crew: Crew, plan: Plan) -> None:
        self._crew, self._plan, self._place = crew, plan, compute.device()
        # A single process on a part of the cores must not take the others: two threads that meet lose more than half.
        self._dtype = compute.fastest_dtype(min(crew.threads, plan.cores or crew.threads))
        torch.manual_seed(SEED)
        self._network = Network(plan.size, torch.from_numpy(plan.scale.timed)).to(self._place)
        self._optimiser = torch.optim.AdamW(self._network.parameters(), RATE, betas=(0.9, 0.98), weight_decay=0.01)
        self._step, self._spent = self._resumed()
        crew.agree(self._network)

    def _resumed(self) -> tuple[int, float]:
        if self._plan.checkpoint.is_file():
            state = torch.load(self._plan.checkpoint, map_location=self._place, weights_only=True)
            self._network.load_state_dict(state["network"])
            self._optimiser.load_state_dict(state["optimiser"])
            return int(state["step"]), float(state["spent"])
        if self._plan.start_from:
            known = torch.load(self._plan.start_from, map_location=self._place, weights_only=True)["network"]
            del known["timed"]
            self._network.load_state_dict(known, strict=False)
        return 0, 0.0

    def run(self) -> None:
        """Until the time is spent."""
        utterances = corpus.load(self._plan.shards[self._crew.rank :: self._crew.size] or self._plan.shards)
        feed = batches(
            utterances, self._plan.scale, max(1, BATCH // self._crew.size), SEED + self._step + self._crew.rank
        )
        total, saved, told = self._plan.minutes * 60, self._spent, list[Tensor]()
        started = self._crew.clock() - self._spent
        while self._spent < total:
            told.append(self._learn(next(feed), self._spent / total))
            self._step += 1
            self._spent = self._crew.average(self._network, self._crew.clock() - started)
            torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
            self._optimiser.step()
            if len(told) == _TOLD_STEPS:
                log.info("step %d, %.0f s: %s", self._step, self._spent, _told(told))
                told.clear()
            if self._spent - saved > _SAVE_S or self._spent >= total:
                self._save()
                saved = self._spent

    def _learn(self, batch: Batch, share: float) -> Tensor:
        """Gradients of one batch; its losses."""
        _set_rate(self._optimiser, self._step, share)
        with torch.autocast(self._place.type, self._dtype, enabled=self._dtype != torch.float32):
            parts = losses(self._network, moved(batch, self._place))
        self._optimiser.zero_grad(set_to_none=False)
        torch.autograd.backward(parts.sum())
        return parts.detach()

    def _save(self) -> None:
        if self._crew.rank:
            return
        state: dict[str, Any] = {"network": self._network.state_dict(), "optimiser": self._optimiser.state_dict()}
        state |= {"step": self._step, "spent": self._spent, "size": asdict(self._plan.size)}
        partial = self._plan.checkpoint.with_suffix(".partial")
        torch.save(state, partial)
        partial.rename(self._plan.checkpoint)


def moved(batch: Batch, place: torch.device) -> Batch:
    """The batch on a device."""
    return Batch(*(getattr(batch, each.name).to(place) for each in fields(Batch)))


def _set_rate(optimiser: torch.optim.Optimizer, step: int, share: float) -> None:
    """Up within `WARM_STEPS`, then down along a cosine of the time to 2 %."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
    for group in optimiser.param_groups:
        group["lr"] = RATE * min(1.0, (step + 1) / WARM_STEPS) * (0.02 + 0.98 * cosine)


def _told(parts: Sequence[Tensor]) -> str:
    means = torch.stack(list(parts)).mean(0).tolist()
    return ", ".join(f"{name} {mean:.3f}" for name, mean in zip(PARTS, means, strict=True))
