"""Brings one file from a source, resumes what broke off, and believes it only when size and hash are right."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from huggingface_hub.utils.tqdm import tqdm

from app.errors import SetupError
from app.hub.manifest import Model, ModelFile
from app.hub.offer import Expected, Offer, short
from app.hub.plan import amount
from app.hub.store import digest

PAUSES_S = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Before each new try after a break; begun again whenever something arrived."""


class InterruptedDownloadError(Exception):
    """The source broke off; to go on from there is worth a try."""


class Source(Protocol):
    """Where models come from."""

    name: str
    """For people."""

    def look(self, model: Model, file: ModelFile) -> Offer:
        """What there is of `file`. Raises `SetupError` when there is nothing."""
        ...

    def read(self, offer: Offer, start: int) -> AbstractContextManager[tuple[int, Iterator[bytes]]]:
        """The bytes from `start` on, or from another place: where they begin, and the pieces.

        Raises `InterruptedDownloadError` for what may pass, `SetupError` for what will not.
        """
        ...


def fetch(source: Source, offer: Offer, want: Expected, part: Path) -> str:
    """Bring all of `offer` into `part` and return its SHA-256. What is in `part` already is not fetched again.

    Raises `SetupError`: after a break `part` keeps what arrived, a wrong content is deleted; `OSError` when `part`
    cannot be written.
    """
    resumed = part.exists() and part.stat().st_size > 0
    _receive(source, offer, want.size, part)
    arrived, fault = _judged(part, want)
    if fault and resumed:
        part.unlink()
        _receive(source, offer, want.size, part)
        arrived, fault = _judged(part, want)
    if fault:
        part.unlink()
        raise SetupError(f"{offer.place} arrived with {fault}; it was deleted", fix=want.fix)
    return arrived


def _judged(part: Path, want: Expected) -> tuple[str, str]:
    """The SHA-256 of `part`, and what is wrong with it or empty."""
    size, arrived = part.stat().st_size, digest(part)
    if want.size and size != want.size:
        return arrived, f"{size} bytes in place of {want.size}"
    if want.sha256 and arrived != want.sha256:
        return arrived, f"SHA-256 {short(arrived)} in place of {short(want.sha256)}"
    if want.sha1 and want.sha1 not in _sha1s(part, size):
        return arrived, f"a content that is not {short(want.sha1)}"
    return arrived, ""


def _sha1s(path: Path, size: int) -> tuple[str, str]:
    """What the hub tells of files small enough to lie in git, git's blob id, and what some mirrors tell, a SHA-1."""
    with path.open("rb") as file:
        git = hashlib.file_digest(file, lambda: hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False))
        file.seek(0)
        return git.hexdigest(), hashlib.file_digest(file, "sha1").hexdigest()


def _receive(source: Source, offer: Offer, size: int, part: Path) -> None:
    pauses = iter(PAUSES_S)
    with part.open("ab") as file, _bar(offer, size) as bar:
        while True:
            before = file.seek(0, io.SEEK_END)
            if size and before >= size:  # a voice that was patched and not renamed is longer
                file.truncate(size)
                return
            fault = _receive_once(source, offer, size, file, bar)
            file.flush()
            if fault is None:
                return
            arrived = file.tell()
            pauses = iter(PAUSES_S) if arrived > before else pauses
            if (pause := next(pauses, None)) is None:
                raise SetupError(
                    f"{offer.place} broke off at {amount(arrived)} of {amount(size) if size else '?'}: {fault}",
                    fix="Run this again: it goes on from there.",
                )
            bar.set_postfix_str(f"{fault}; trying again")
            threading.Event().wait(pause)


def _bar(offer: Offer, size: int) -> tqdm:
    name = offer.place.rpartition("/")[2]
    # disable=None: only on a terminal
    return tqdm(total=size or None, desc=name, unit="B", unit_scale=True, leave=False, disable=None)  # type: ignore[no-untyped-call]  # tqdm has no types


def _receive_once(source: Source, offer: Offer, size: int, file: io.BufferedWriter, bar: tqdm) -> str | None:
    """Append what arrives until the end or a break; the break in words, or None."""
    at = file.tell()
    try:
        with source.read(offer, at) as (start, pieces):
            if start != at:
                at = file.truncate(start)
            bar.update(at - bar.n)
            for piece in pieces:
                file.write(piece)
                bar.update(len(piece))
                at += len(piece)
                if 0 < size < at:  # judged by its size; an endless one must not fill the disk
                    return None
    except InterruptedDownloadError as error:
        return None if 0 < size <= at else str(error)
    return "the source ended early" if at < size else None
