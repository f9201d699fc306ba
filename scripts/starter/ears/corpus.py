"""What the ears learn from: sentences of the templates and open vocabulary, by voices that are not held out."""

from __future__ import annotations

import itertools
import multiprocessing
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from app.bench.speech.callers import Caller, Studio, callers, diphones
from app.bench.speech.labels import Speech
from app.bench.texts import sentences
from app.interfaces import RATE_HZ
from app.tts.voice import load
from scripts.starter import parent, shards
from scripts.starter.ears import ours
from scripts.starter.ears.diphones import Diphones
from scripts.starter.ears.orders import holds_back, orders

SHARD = 500
MAX_S = 10.0
Kind = Literal["plain", "joined", "diphones", "ours"]
"""Callers, callers taken apart and joined anew, festival's diphone voice, Parlor's own."""
_OPEN_SHARE = 0.45
_QUOTATION_SHARE = 0.35
"""Of the open vocabulary; the rest are definitions and examples from the dictionary."""
_ORDERS_SHARE = 0.35
"""Of what is neither: callers' turns of the brain's dialogues. What the ears had not read there, they misheard: "put me
down for two black teas" became "thought me about four two black teas"."""
_PREFIX_SHARE = 0.08
_WORDS_SHARE, _MOST_WORDS = 0.12, 8
"""Words in no order: the decoder must write what is heard, not what it expects."""
_BROKEN_SHARE = 0.12
"""Of the sentences: begun as one and ended as another, for the same reason."""
_JOINED_FROM = {"en": 86}
"""From this shard on, callers' speech is taken apart and joined to other words: the technique of two voices that are
held out, with many throats."""
_UNITS_FROM, _JOINED_EACH = 120, 100
"""Sentences of a caller that are taken apart, and that are made of them."""
_DIPHONES_FROM = {"en": 106}
"""From this shard on, all are spoken by festival's diphone voice, for the same reason."""
_AGAIN: Final[tuple[Kind, ...]] = ("joined", "diphones", "plain", "joined", "ours", "diphones", "joined", "plain")
"""The shards of the second round."""


def texts(rng: random.Random, language: str) -> Iterator[str]:
    """Sentences without end."""
    grammar = sentences.training(language)
    quotations, glosses = sentences.quotations(held=False, language=language), sentences.glosses(language)
    words, turns, held = sentences.lexicon(language), orders(rng, language), holds_back(language)
    while True:
        if rng.random() < _WORDS_SHARE:
            yield " ".join(rng.choices(words, k=rng.randint(1, _MOST_WORDS)))
        elif rng.random() < _OPEN_SHARE:
            yield rng.choice(quotations if rng.random() < _QUOTATION_SHARE else glosses)
        elif rng.random() < _ORDERS_SHARE:
            yield next(turns)
        else:
            prefix = grammar.fill("{prefix} ", rng) if rng.random() < _PREFIX_SHARE else ""
            text = prefix + grammar.sentence(rng)
            broken = _broken(text, grammar.sentence(rng), rng) if rng.random() < _BROKEN_SHARE else text
            yield text if held(broken) else broken


def _broken(first: str, last: str, rng: random.Random) -> str:
    begun, ended = first.split(), last.split()
    return " ".join(begun[: rng.randint(1, len(begun))] + ended[rng.randrange(len(ended)) :])


def speeches(studio: Studio, said: Iterator[str], who: Iterator[Caller]) -> Iterator[Speech]:
    """The sentences, spoken; what a voice reads otherwise or takes longer than MAX_S is left out."""
    for text, caller in zip(said, who, strict=False):
        try:
            speech = studio.record(text, caller)
        except ValueError:
            continue
        if 0.15 * RATE_HZ < len(speech.audio) <= MAX_S * RATE_HZ and speech.audio.any():
            yield speech


@dataclass(frozen=True, slots=True)
class Order:
    """A shard that is wanted."""

    folder: Path
    number: int
    language: str
    kind: Kind
    seed: str
    voice: Path | None = None
    """Parlor's own."""


def first(folder: Path, count: int, language: str) -> list[Order]:
    """`count` shards of the first round."""

    def kind(number: int) -> Kind:
        if number >= _DIPHONES_FROM.get(language, count):
            return "diphones"
        return "joined" if number >= _JOINED_FROM.get(language, count) else "plain"

    return [Order(folder, number, language, kind(number), f"{language} {number}") for number in range(count)]


def again(folder: Path, count: int, language: str, voice: Path) -> list[Order]:
    """`count` shards of the second."""
    kinds = itertools.islice(itertools.cycle(_AGAIN), count)
    return [
        Order(folder, number, language, kind, f"second {kind} {number}", voice) for number, kind in enumerate(kinds)
    ]


def make(orders: Sequence[Order], *, workers: int | None = None) -> None:
    """Shards of SHARD utterances, on all cores; those that are there already stay."""
    missing = [order for order in orders if order.number not in shards.written(order.folder)]
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), parent.follow) as pool:
        for _ in pool.map(_shard, missing):
            pass


def joined(studio: Studio, said: Iterator[str], who: Iterator[Caller], rng: random.Random) -> Iterator[Speech]:
    """The sentences by callers whose speech was taken apart and joined anew."""
    for caller in who:
        theirs = speeches(studio, said, itertools.repeat(caller))
        voice = Diphones(itertools.islice(theirs, _UNITS_FROM))
        yield from (voice.joined(speech, rng) for speech in itertools.islice(theirs, _JOINED_EACH))


_studio: list[Studio] = []


def _shard(order: Order) -> None:
    if not _studio:
        _studio.append(Studio())
    rng, language = random.Random(order.seed), order.language
    who = (
        diphones(rng)
        if order.kind == "diphones"
        else callers(rng, sentences.held_out(language), language, unseen=False)
    )
    said = texts(rng, language)
    if order.kind == "ours" and order.voice:
        spoken = ours.speeches(load(order.voice, 1), said, rng)
    elif order.kind == "joined":
        spoken = joined(_studio[0], said, who, rng)
    else:
        spoken = speeches(_studio[0], said, who)
    shards.write(order.folder, order.number, itertools.islice(spoken, SHARD))
