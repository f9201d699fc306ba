"""Installs models: looks what is lacking, says the plan, fetches, patches voices, puts in place, records."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from app.hub.faults import writing
from app.hub.fetch import Source, fetch
from app.hub.manifest import Model, ModelFile
from app.hub.offer import Expected, Offer, expected
from app.hub.patch import add_alignments
from app.hub.plan import Item, amount, check_space, told
from app.hub.store import Store, is_voice

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Job:
    file: ModelFile
    offer: Offer
    want: Expected
    part: Path


class Download:
    """One run of `parlor models download`; `say` prints a line."""

    def __init__(self, store: Store, source: Source, say: Say) -> None:
        self._store = store
        self._source = source
        self._say = say
        self._offers: dict[str, Offer] = {}

    def plan(self, models: Sequence[Model]) -> int:
        """Ask the source for all that is lacking, say what will come, and return its bytes.

        Raises `SetupError` when the source has not all of it, or the disk has too little space.
        """
        items = [self._item(model) for model in models]
        with writing(self._store.root):
            self._store.root.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self._store.root).free
        self._say(told(items, self._source.name, free))
        check_space(items, free, str(self._store.root))
        return sum(item.fetch for item in items)

    def install(self, model: Model) -> None:
        """Bring what is lacking of `model`. Whatever fails, nothing half-written stands under a final name.

        Raises `SetupError`.
        """
        guard = self._store.guard(model)
        with writing(self._store.root):
            self._acquire(guard, model)
        try:
            lacking = self._store.settle(model)
            for file in lacking:
                job = self._job(model, file)
                with writing(self._store.folder(model)):
                    self._install(model, job)
        finally:
            guard.release()
        self._say(f"{model.name} is installed: {model.setting}")

    def _item(self, model: Model) -> Item:
        jobs = [self._job(model, file) for file in self._store.lacking(model)]
        arrived = sum(job.part.stat().st_size for job in jobs if job.part.is_file())
        coming = {job.file: job.want.size for job in jobs}
        here = sum(self._store.path(model, file).stat().st_size for file in model.files if file not in coming)
        return Item(model.name, max(sum(coming.values()) - arrived, 0), here + arrived)

    def _job(self, model: Model, file: ModelFile) -> _Job:
        offer = self._offers.get(f"{model.name}/{file.name}") or self._source.look(model, file)
        self._offers[f"{model.name}/{file.name}"] = offer
        want = expected(model, file, offer, self._recorded(model, file))
        return _Job(file, offer, want, self._store.folder(model) / f".{file.name}.{want.tag}.part")

    def _recorded(self, model: Model, file: ModelFile) -> str:
        locked = self._store.lock().file(model.name, file.name)
        return locked.upstream if locked else ""

    def _install(self, model: Model, job: _Job) -> None:
        job.part.parent.mkdir(parents=True, exist_ok=True)
        upstream = fetch(self._source, job.offer, job.want, job.part)
        if is_voice(model, job.file) and (lost := add_alignments(job.part)):
            self._say(
                f"warning: {model.name} could not be patched for alignments ({lost}): it speaks, but which words "
                "were heard before an interruption is guessed from their length"
            )
        with job.part.open("ab") as file:
            os.fsync(file.fileno())  # the name must not reach the disk before the content
        job.part.replace(self._store.path(model, job.file))
        for stale in self._store.parts(model, job.file):
            stale.unlink()
        self._store.record(model, job.file, upstream, (job.offer.revision, job.offer.origin))
        self._say(f"  {job.file.name}: {amount(job.want.size or job.offer.size)}, checked")

    def _acquire(self, guard: FileLock, model: Model) -> None:
        try:
            guard.acquire(blocking=False)
        except Timeout:
            self._say(f"{model.name} is being downloaded or removed by another process; waiting for it")
            guard.acquire()
