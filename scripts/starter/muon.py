"""Muon: momentum whose matrices are made orthogonal (https://kellerjordan.github.io/posts/muon)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, distributed, nn

from scripts.starter.crews import Crew

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5
MOMENTUM = 0.95


def orthogonal(x: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Matrices `(n, rows, columns)` with all singular values near 1, by Newton and Schulz's iteration in `dtype`."""
    a, b, c = COEFFICIENTS
    tall = x.shape[-2] > x.shape[-1]
    wide = x.mT if tall else x
    done: Tensor = (wide / (wide.norm(dim=(-2, -1), keepdim=True) + 1e-7)).to(dtype)
    for _ in range(STEPS):
        gram = done @ done.mT
        done = torch.baddbmm(done, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), done, beta=a)
    done = done.to(x.dtype)
    return done.mT if tall else done


class Muon(torch.optim.Optimizer):
    """For matrices; matrices of one shape are done together, each process of a crew doing its part of them."""

    def __init__(
        self, params: Iterable[nn.Parameter], lr: float, crew: Crew, dtype: torch.dtype = torch.float32
    ) -> None:
        """`dtype`: what they are made orthogonal in; torch's own takes bfloat16, slow where a processor has it not."""
        super().__init__(params, {"lr": lr, "momentum": MOMENTUM})
        self._crew = crew
        self._dtype = dtype

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # nobody asks for the loss here
        """Move the parameters along their gradients."""
        for group in self.param_groups:
            alike: dict[torch.Size, list[nn.Parameter]] = defaultdict(list)
            for p in group["params"]:
                alike[p.shape].append(p)
            for shape, params in alike.items():
                moves = torch.stack([self._momentum(p, group["momentum"]) for p in params])
                scale = group["lr"] * 0.2 * max(shape) ** 0.5  # as large a step as AdamW's: arXiv 2502.16982
                for p, move in zip(params, self._orthogonal(moves), strict=True):
                    p.add_(move, alpha=-scale)

    def _orthogonal(self, moves: Tensor) -> Tensor:
        if self._crew.size == 1:
            return orthogonal(moves, self._dtype)
        done, part = torch.zeros_like(moves), slice(self._crew.rank, None, self._crew.size)
        done[part] = orthogonal(moves[part], self._dtype)
        distributed.all_reduce(done)
        return done

    def _momentum(self, p: nn.Parameter, momentum: float) -> Tensor:
        """Nesterov's momentum, updated."""
        grad = p.grad if p.grad is not None else torch.zeros_like(p)
        mean: Tensor = self.state[p].setdefault("mean", torch.zeros_like(p))
        mean.lerp_(grad, 1 - momentum)
        return grad.lerp(mean, momentum)
