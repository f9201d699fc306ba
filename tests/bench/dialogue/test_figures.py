from dataclasses import replace
from itertools import chain

import pytest

from app.bench.dialogue.evaluate import evaluation, evaluation_world, hold, scenes
from app.bench.dialogue.figures import Run, figures, figures_of, runs
from app.bench.dialogue.prompts import right_answer


@pytest.fixture(scope="module")
def right(unseen):
    """Every way of asking, answered right."""
    talks = evaluation(unseen, 60)

    def run(name, scene):
        answers = iter([right_answer(scene, turn) for turn in chain(*talks)])
        return Run(name, list(hold(unseen, scene, talks, lambda _: next(answers), str)))

    known = scenes(unseen)
    ways = {"clean": "told", "ears": "told", "history": "history", "json": "json"}
    return {name: run(name, known[scene]) for name, scene in ways.items()}


@pytest.mark.parametrize(
    ("name", "slack", "bars"),
    [
        ("clean", 1.0, [97, None, None, 0]),
        ("ears", 1.0, [93, None, None, 0]),
        ("ears", 1.5, [89.5, None, None, 0]),
        ("history", 1.0, [None, None, None, 0]),
        ("json", 1.5, [None, None, None, 98.5, 0]),
    ],
)
def test_right_answers_meet_every_bar(right, name, slack, bars):
    found = list(figures_of(right[name], slack))
    assert [figure.bar for figure in found] == bars
    assert all(figure.met for figure in found)
    assert all(figure.value == 100 and figure.of for figure in found[:-1])
    assert found[-1].value == 0


def test_wrong_answers_miss_them(right):
    turns = [
        replace(turn, score=replace(turn.score, right=False, json=False, sentences=3)) for turn in right["json"].turns
    ]
    missed = [figure for figure in figures_of(Run("ears", turns), 1.0) if not figure.met]
    assert [figure.value for figure in missed] == [0, len(turns)]


def test_nothing_counted_misses_nothing():
    assert all(figure.met and figure.of == 0 for figure in figures_of(Run("clean", ()), 1.0))


def test_ears_are_asked_in_one_run_only(menu):
    world = evaluation_world(menu)
    asked = []

    def ears(text):
        asked.append(text)
        return text

    ways = list(runs(world, lambda _: "Hm.", ears, 5))
    assert [way.name for way in ways] == ["clean", "ears", "history", "json"]
    assert asked == [turn.turn.user for turn in ways[1].turns]
    assert len(list(figures(world, lambda _: "Hm.", str, 1))) == 17
