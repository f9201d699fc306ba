"""Trains the brain for a number of minutes; may be stopped and goes on from its last checkpoint."""

from __future__ import annotations

import logging
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scripts.starter.brain.batches import Batch, Feed
from scripts.starter.brain.model import Brain, Shape
from scripts.starter.compute import device, fastest_dtype
from scripts.starter.crews import Crew
from scripts.starter.muon import Muon

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the brain is trained."""

    minutes: float
    batch_tokens: int = 2048
    """In each process."""
    cores: int | None = None
    """Processes without a GPU; None: as many as there are cores."""
    matrix_rate: float = 0.004
    other_rate: float = 0.002
    warm_share: float = 0.02
    """Of the time, until the full rate is reached."""
    clip: float = 1.0
    save_every_s: float = 60.0


def rate_at(share: float, warm: float) -> float:
    """The learning rate after a share of the time, of its maximum: a ramp, then half a cosine down to nothing."""
    if share < warm:
        return share / warm
    return 0.5 + 0.5 * math.cos(math.pi * min(1.0, (share - warm) / (1 - warm)))


class Trainer:
    """A brain in training, in this process of a crew."""

    def __init__(self, shape: Shape, plan: Plan, checkpoint: Path, crew: Crew) -> None:
        torch.manual_seed(1)
        self.plan = plan
        self.crew = crew
        self.dtype = fastest_dtype(min(crew.threads, plan.cores or crew.threads))
        self.brain = Brain(shape).to(device())
        matrices = [p for name, p in self.brain.named_parameters() if p.ndim == 2 and name.startswith("blk")]
        others = [p for name, p in self.brain.named_parameters() if p.ndim == 1 or not name.startswith("blk")]
        self.optimizers: tuple[torch.optim.Optimizer, ...] = (
            Muon(matrices, plan.matrix_rate, crew, self.dtype),
            torch.optim.AdamW(others, lr=plan.other_rate, betas=(0.9, 0.97), weight_decay=0.0),
        )
        self._rates = (plan.matrix_rate, plan.other_rate)
        self._checkpoint = checkpoint
        self.spent_s = 0.0
        self.steps = 0
        self.pool = 0
        """Of the crew's first process; the others' follow."""

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        if not self._checkpoint.exists():
            self.crew.agree(self.brain)
            return
        state: dict[str, Any] = torch.load(self._checkpoint, map_location=device(), weights_only=True)
        self.brain.load_state_dict(state["brain"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.spent_s, self.steps, self.pool = state["spent_s"], state["steps"], state["pool"]

    def save(self) -> None:
        """Write the checkpoint, once for the crew; a stop in the middle leaves the one before."""
        if self.crew.rank > 0:
            return
        part = self._checkpoint.with_suffix(".part")
        state = {
            "shape": asdict(self.brain.shape),
            "brain": self.brain.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "spent_s": self.spent_s,
            "steps": self.steps,
            "pool": self.pool,
        }
        torch.save(state, part)
        part.replace(self._checkpoint)

    def run(self, feed: Feed) -> None:
        """Train until the time is spent, on the mean clock of the crew: all stop at the same step."""
        saved, losses = self.spent_s, list[float]()
        began = self.crew.clock() - self.spent_s
        batches = iter(feed)
        while (share := self.spent_s / (self.plan.minutes * 60)) < 1:
            losses.append(self._step(next(batches), rate_at(share, self.plan.warm_share), began))
            self.pool = feed.pool
            if self.steps % 50 == 0 and self.crew.rank == 0:
                log.info("step %d, %.0f s, loss %.4f", self.steps, self.spent_s, sum(losses[-50:]) / len(losses[-50:]))
            if self.spent_s - saved > self.plan.save_every_s:
                self.save()
                saved = self.spent_s
        self.save()

    def _step(self, batch: Batch, rate: float, began: float) -> float:
        for optimizer, highest in zip(self.optimizers, self._rates, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = highest * rate
        loss = self._loss(batch)
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it untyped
        self.spent_s = self.crew.average(self.brain, self.crew.clock() - began)
        nn.utils.clip_grad_norm_(self.brain.parameters(), self.plan.clip)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad()
        self.steps += 1
        return loss.item()

    def _loss(self, batch: Batch) -> Tensor:
        """The mean loss of the taught tokens, each predicted from those before it."""
        ids, taught = batch.ids.to(device()), batch.taught.to(device())
        with torch.autocast(device().type, self.dtype, enabled=self.dtype != torch.float32):
            logits = self.brain(ids[:, :-1], taught[:, 1:])
        return F.cross_entropy(logits.float(), ids[:, 1:][taught[:, 1:]])
