"""The starter brain's figures against their bars.

Five hundred dialogues that training never saw are held four times: with the order told, from clean text and from what
ears hear; with nothing told but the conversation; and in the kiosk's JSON. History is what the model itself answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.bench.dialogue.evaluate import Hear, Heard, Reply, evaluation, hold, scenes
from app.bench.dialogue.moves import World
from app.bench.dialogue.prompts import Scene
from app.bench.dialogue.score import MAX_SENTENCES, Score
from app.bench.score import Figure

CLEAN_BAR, EARS_BAR, JSON_BAR = 97.0, 93.0, 99.0
"""Per cent, in English; other languages may be wrong 1.5 times as often."""


@dataclass(frozen=True, slots=True)
class Run:
    """All dialogues, held in one way."""

    name: str
    """`clean` and `ears`: the order is told; `history`: it is not; `json`: it is, and answers are the kiosk's JSON."""
    turns: Sequence[Heard]


def runs(world: World, reply: Reply, ears: Hear, count: int) -> Iterator[Run]:
    """The first `count` dialogues of the evaluation in every way; `ears` make of what is said what is heard."""
    talks, known = evaluation(world, count), scenes(world)
    ways: dict[str, tuple[Scene, Hear]] = {
        "clean": (known["told"], str),
        "ears": (known["told"], ears),
        "history": (known["history"], str),
        "json": (known["json"], str),
    }
    for name, (scene, hear) in ways.items():
        yield Run(name, list(hold(world, scene, talks, reply, hear)))


def figures_of(run: Run, slack: float) -> Iterator[Figure]:
    """What a run shows; `slack`: how many times as often as in English answers may be wrong."""
    scores = [turn.score for turn in run.turns]
    orders = [score for score in scores if score.orders]
    bar = {"clean": CLEAN_BAR, "ears": EARS_BAR}.get(run.name)
    yield _right(f"orders right, {run.name}", orders, bar and 100 - (100 - bar) * slack)
    yield _right(f"orders of an unseen kind right, {run.name}", [score for score in orders if score.unseen])
    yield _right(f"other answers right, {run.name}", [score for score in scores if not score.orders])
    if run.name == "json":
        bar = 100 - (100 - JSON_BAR) * slack
        yield Figure("valid JSON", _percent([bool(score.json) for score in scores]), "%", len(scores), bar, least=True)
    too_long = sum(score.sentences > MAX_SENTENCES for score in scores)
    yield Figure(f"more than {MAX_SENTENCES} sentences, {run.name}", too_long, "answers", len(scores), 0)


def figures(world: World, reply: Reply, ears: Hear, count: int, slack: float = 1.0) -> Iterator[Figure]:
    """All figures of a model; `world`: as `evaluation_world` makes it."""
    for run in runs(world, reply, ears, count):
        yield from figures_of(run, slack)


def _right(name: str, scores: Sequence[Score], bar: float | None = None) -> Figure:
    return Figure(name, _percent([score.right for score in scores]), "%", len(scores), bar, least=True)


def _percent(flags: Sequence[bool]) -> float:
    """100 where there is nothing to count."""
    return 100 * sum(flags) / len(flags) if flags else 100.0
