"""Callers' turns of the training dialogues, spoken to our ears: what those make of them is what the brain must read."""

from __future__ import annotations

import json
import multiprocessing
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from app.bench.speech.callers import Caller, Studio, callers
from app.bench.starter.listeners import Listen, starter_ears
from app.bench.starter.parts import EARS, folder
from app.bench.starter.sets import around, noisy
from app.bench.texts.sentences import held_out
from app.config import ROOT
from app.errors import SetupError
from scripts.starter import parent
from scripts.starter.ears.orders import orders

PART = 250
_NOISY_SHARE = 0.3
"""At 10 dB: voices that the ears know are heard too well otherwise, beside those of callers whom they do not know."""

Pairs = tuple[tuple[str, str], ...]
"""What was said, and what was heard."""


def ears_of(language: str) -> Path:
    """The ears that were made last, or else those that lie in models/starter. Raises `SetupError` without any."""
    places = (ROOT / "build/starter/ears" / language / "ears", ROOT / folder(language) / EARS)
    found = next((place for place in places if (place / "model.bin").is_file()), None)
    if found is None:
        raise SetupError(f"no ears know {language} yet", fix=f"First: make starter-ears LANGUAGE={language}")
    return found


def make(path: Path, language: str, count: int, *, workers: int | None = None) -> None:
    """Writes `count` pairs to `path`, unless it is there. Raises `SetupError`."""
    if path.exists():
        return
    size = min(PART, count)
    heard = partial(_heard, language, ears_of(language), size)
    partial_path = path.with_suffix(".part")
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), parent.follow) as pool:
        parts = pool.map(heard, range(0, count, size))
        partial_path.write_text("".join(f"{json.dumps(pair)}\n" for part in parts for pair in part), "utf-8")
    partial_path.rename(path)


def read(path: Path) -> Pairs:
    """What `make` wrote."""
    pairs = map(json.loads, path.read_text("utf-8").splitlines())
    return tuple((said, heard) for said, heard in pairs)


def _heard(language: str, ears: Path, size: int, first: int) -> Pairs:
    rng, listen = random.Random(f"listening {language} {first}"), starter_ears(ears, language)
    who = callers(rng, held_out(language), language, unseen=False)
    spoken = _spoken(listen, rng, orders(rng, language), who)
    return tuple(pair for pair, _ in zip(spoken, range(size), strict=False))


def _spoken(
    listen: Listen, rng: random.Random, said: Iterator[str], who: Iterator[Caller]
) -> Iterator[tuple[str, str]]:
    studio, noise = Studio(), np.random.default_rng(rng.getrandbits(32))
    for text, caller in zip(said, who, strict=False):
        try:
            speech = around(studio.record(text, caller))
        except ValueError:
            continue  # flite reads some words as others
        speech = noisy(speech, noise) if rng.random() < _NOISY_SHARE else speech
        yield text, listen(speech.audio)
