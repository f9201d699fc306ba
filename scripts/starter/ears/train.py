"""Trains the ears for a given time; a checkpoint every few minutes, from which it goes on.

One process for each core, gradients averaged: threads that meet after every small operation lose a third of two cores
even when nothing else runs, and nearly all of them when something does.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from app.bench.texts import sentences
from scripts.starter import compute, crews
from scripts.starter.crews import Crew
from scripts.starter.ears import vocabulary
from scripts.starter.ears.batches import Batch, Batches, Inventory
from scripts.starter.ears.course import FIRST, Course
from scripts.starter.ears.examples import Scenes, source
from scripts.starter.ears.model import Ears, Heard, Read, Shape
from scripts.starter.muon import Muon
from scripts.starter.shards import Shards

_CHECKPOINT_S = 180.0
_MATRIX_RATE, _OTHER_RATE = 3e-3, 1.5e-3
_POSITIONS, _MANY_POSITIONS = 2_048, 4_096
"""Encoder positions in a batch, some 14 utterances; later twice as many."""
_FULL_SHARE = 0.12
"""Of the batches, from some time on: filled up to 30 s, they cost ten times as much as others."""
_SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things lie and how long training takes."""

    folder: Path
    language: str
    minutes: float
    cores: int | None = None
    """All where there is none."""
    start_from: Path | None = None
    """A checkpoint of other ears, whose encoder is taken over."""
    course: Course = FIRST


def losses(said: Read, batch: Batch, *, even: bool = True) -> dict[str, Tensor]:
    """Of the words and of the attention, `even` over a piece or anywhere in it; of the phones where audio was heard."""
    words = functional.cross_entropy(said.logits.flatten(0, 1), batch.targets.flatten(), label_smoothing=_SMOOTHING)
    present = torch.cat([torch.zeros_like(batch.spans[:, :1]), batch.spans[:, :-1]], 1)
    *before, last = said.alignments
    astray = [_astray(weights, present, batch.targets) for weights in before]
    looks = _uneven if even else _astray
    alignment = torch.stack([*astray, looks(last, batch.spans, batch.targets)]).mean()
    made = {"words": words, "alignment": alignment}
    if isinstance(said, Heard):
        named = [
            functional.cross_entropy(head.flatten(0, 1), target.flatten(), ignore_index=-100)
            for head, target in zip(said.phones, batch.phones, strict=True)
            if (target >= 0).any()
        ]
        made |= {"phones": torch.stack(named).mean(), "distance": said.distance, "spelling": said.spelling}
    return made


def _astray(weights: Tensor, spans: Tensor, targets: Tensor) -> Tensor:
    """How little of a head's attention (log-weights) lies within the spans, a position more on each side."""
    place = torch.arange(weights.shape[-1], device=weights.device)[None, None]
    near = (place >= spans[..., :1] - 1) & (place <= spans[..., 1:] + 1)
    known = (spans[..., 1] > 0) & (targets >= 0)
    inside = torch.where(near, weights, -30.0).logsumexp(-1)
    return -(inside * known).sum() / known.sum().clamp(min=1)


def _uneven(weights: Tensor, spans: Tensor, targets: Tensor) -> Tensor:
    """How far a head's attention (log-weights) is from being the same all over the spans, and nowhere else.

    Words end where the attention to two pieces is equal: a peak somewhere within each would put that anywhere.
    """
    place = torch.arange(weights.shape[-1], device=weights.device)[None, None]
    first, end = spans[..., :1].round(), spans[..., 1:].round()
    inside = (place >= first) & (place < torch.maximum(end, first + 1))
    known = (spans[..., 1] > 0) & (targets >= 0)
    means = (weights.clamp(min=-30.0) * inside).sum(-1) / inside.sum(-1).clamp(min=1)
    return -(means * known).sum() / known.sum().clamp(min=1)


class Training:
    """One process of a run; the first one reports and keeps the checkpoint."""

    def __init__(self, plan: Plan, crew: Crew) -> None:
        self._plan, self._crew = plan, crew
        self._device, self._dtype = compute.device(), compute.fastest_dtype(crew.threads)
        torch.manual_seed(1)
        shards = Shards(plan.folder / plan.course.corpus)
        self._pieces, self._inventory = prepared(plan, shards)
        self._shards = shards
        self._ears = Ears(Shape(self._pieces.size, phones=self._inventory.sizes)).to(self._device)
        matrices, others = _sorted(self._ears)
        self._optimizers: tuple[torch.optim.Optimizer, ...] = (
            Muon(matrices, _MATRIX_RATE, crew),
            torch.optim.AdamW(others, lr=_OTHER_RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True),
        )
        self._spent, self._step = 0.0, 0
        self._resume()

    @property
    def _checkpoint(self) -> Path:
        return self._plan.folder / self._plan.course.checkpoint

    def _resume(self) -> None:
        if self._checkpoint.exists():
            saved = torch.load(self._checkpoint, map_location=self._device, weights_only=False)
            self._ears.load_state_dict(saved["ears"])
            for optimizer, state in zip(self._optimizers, saved["optimizers"], strict=True):
                optimizer.load_state_dict(state)
            self._spent, self._step = saved["spent"], saved["step"]
        elif before := self._plan.course.begins_with:
            saved = torch.load(self._plan.folder / before, map_location=self._device, weights_only=False)
            self._ears.load_state_dict(saved["ears"])
        elif self._plan.start_from:
            known = torch.load(self._plan.start_from, map_location=self._device, weights_only=False)["ears"]
            kept = {name: value for name, value in known.items() if name.startswith(("conv", "encoder"))}
            self._ears.load_state_dict(kept, strict=False)
        self._crew.agree(self._ears)

    def _save(self) -> None:
        if self._crew.rank == 0:
            partial = self._checkpoint.with_suffix(".partial")
            optimizers = [optimizer.state_dict() for optimizer in self._optimizers]
            state = {"ears": self._ears.state_dict(), "optimizers": optimizers}
            torch.save({**state, "spent": self._spent, "step": self._step, "shape": self._ears.shape}, partial)
            partial.rename(self._checkpoint)

    def run(self) -> None:
        """Until the time is spent."""
        until, seen, saved, stage = self._plan.minutes * 60, Counter[str](), self._spent, ""
        batches: Iterator[Batch] = iter(())
        started = self._crew.clock() - self._spent
        seldom = frozenset(sentences.open_vocabulary(self._plan.language))
        course = self._plan.course
        scenes = Scenes(self._shards, self._step * 1_000 + self._crew.rank, seldom)
        while self._spent < until:
            done = self._spent / until
            if stage != course.stage(done):
                stage = course.stage(done)
                batches = self._batches(stage, scenes)
            scenes.placed_share, scenes.seldom_share = course.placed_share(done), course.seldom_share(done)
            scenes.joined_share = course.joined_share(done)
            seen.update(self._learn(next(batches), stage, done))
            self._step += 1
            self._spent = self._crew.average(self._ears, self._crew.clock() - started)
            nn.utils.clip_grad_norm_(self._ears.parameters(), 1.0)
            for optimizer in self._optimizers:
                optimizer.step()
            if self._step % 100 == 0 and self._crew.rank == 0:
                _report(self._step, self._spent, seen)
                seen.clear()
            if self._spent - saved > _CHECKPOINT_S:
                self._save()
                saved = self._spent
        self._save()

    def _batches(self, stage: str, scenes: Scenes) -> Iterator[Batch]:
        batches = Batches(scenes, self._pieces, self._inventory, self._step * 1_000 + self._crew.rank)
        positions = (_POSITIONS if stage in ("read", "hear") else _MANY_POSITIONS) // self._crew.size
        if stage == "read":
            return batches.read(positions)
        return batches.hear(positions, _FULL_SHARE if stage in ("full", "long") else 0.0)

    def _learn(self, batch: Batch, stage: str, done: float) -> dict[str, float]:
        for optimizer, highest in zip(self._optimizers, (_MATRIX_RATE, _OTHER_RATE), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = highest * self._plan.course.rate(self._step, done)
            optimizer.zero_grad(set_to_none=False)
        batch = batch.to(self._device)
        parts, even = dict[str, Tensor](), stage == "long"
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            if self._plan.course.reads(done):
                read = losses(self._ears.read(batch.said.clamp(min=0), batch.tokens), batch, even=even)
                parts["reading"] = read["words"] + 0.3 * read["alignment"]
            if stage != "read":
                parts |= losses(self._ears(batch.features, batch.tokens, batch.said), batch, even=even)
        weights = self._plan.course.weights(done)
        torch.autograd.backward(
            torch.stack([weight * parts[name] for name, weight in weights.items() if name in parts]).sum()
        )
        return {name: part.item() for name, part in parts.items()} | {"utterances": len(batch.tokens)}


def _sorted(ears: Ears) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The matrices of its layers, and all the rest."""
    kinds: tuple[list[nn.Parameter], list[nn.Parameter]] = [], []
    for name, parameter in ears.named_parameters():
        kinds[not (parameter.ndim == 2 and name.startswith(("encoder.", "decoder.")))].append(parameter)
    return kinds


def prepared(plan: Plan, shards: Shards) -> tuple[vocabulary.Pieces, Inventory]:
    """The vocabulary and the phones, counted the first time."""
    texts = (shards.text(index) for index in range(0, len(shards), 2))
    tokenizer = vocabulary.make(plan.folder / "tokenizer.json", texts, plan.language)
    return vocabulary.Pieces(tokenizer), inventory(plan.folder / "phones.json", shards)


def train(plan: Plan) -> None:
    """On a GPU, or on all cores."""
    prepared(plan, Shards(plan.folder / plan.course.corpus))
    crews.launch(_member, plan, cores=plan.cores)


def _member(crew: Crew, plan: Plan) -> None:
    Training(plan, crew).run()


def inventory(path: Path, shards: Shards) -> Inventory:
    """The phones of the corpus that are not rare, written to `path`."""
    if not path.exists():
        counted: list[Counter[str]] = [Counter(), Counter()]
        for index in range(0, len(shards), 5):
            speech = shards[index]
            counted[source(speech)].update(phone.name for phone in speech.phones)
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps([sorted(name for name, count in each.items() if count > 20) for each in counted]))
        partial.rename(path)
    return Inventory(json.loads(path.read_text()))


def _report(step: int, spent: float, seen: Counter[str]) -> None:
    means = " ".join(
        f"{name} {seen[name] / 100:.3f}" for name in ("reading", "words", "alignment", "phones", "distance", "spelling")
    )
    sys.stdout.write(f"{step} {spent:.0f} s {means} {seen['utterances']} utterances\n")
    sys.stdout.flush()
