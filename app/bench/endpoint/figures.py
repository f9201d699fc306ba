"""The end of a turn, measured: callers are spoken, heard by the detector, and every rule replayed on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from app.bench.calls.call import Room
from app.bench.calls.corpus import QUIET, SHARES, Corpus
from app.bench.endpoint.detector import hear
from app.bench.endpoint.report import Bench, figures_of
from app.bench.score import Figure
from app.settings import Config

SETS: Final = ("turns", "pauses")


def bench(
    config: Config,
    seed: int,
    count: int,
    shares: Mapping[str, float] = SHARES,
    room: Room = QUIET,
) -> Bench:
    """`count` calls of each of `SETS`, heard by the detector of `config`. Raises `SetupError`, `EngineError`."""
    corpus = Corpus(seed, shares, room)
    calls = chain(*(corpus.calls(name, count) for name in SETS))
    return Bench(hear(calls, config), config.vad.min_speech_ms)


def figures(config: Config, language: str | None, seed: int, count: int) -> Iterator[Figure]:
    """On `count` calls of each set in one language, or in all. Raises `SetupError`, `EngineError`."""
    yield from figures_of(bench(config, seed, count, {language: 1.0} if language else SHARES).report())
