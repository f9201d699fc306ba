import json
from dataclasses import replace
from itertools import islice

import pytest

from app.bench.dialogue.evaluate import scenes
from app.bench.dialogue.generate import dialogues
from app.bench.dialogue.order import NOTHING, Cart, Change, Line
from app.bench.dialogue.prompts import Scene, as_json, right_answer
from app.bench.dialogue.score import read_json, same, same_change, score, sentences
from app.bench.dialogue.spoken import Reader


@pytest.fixture(scope="module")
def reader(world):
    return Reader(world)


@pytest.mark.parametrize("name", ["told", "history", "json"])
def test_right_answers_are_right(any_world, name):
    scene, reader = scenes(any_world)[name], Reader(any_world)
    turns = [turn for talk in islice(dialogues(any_world, "score"), 300) for turn in talk]
    scores = [score(any_world, reader, scene, turn, right_answer(scene, turn)) for turn in turns]
    assert 0.3 < sum(each.orders for each in scores) / len(scores) < 0.7
    assert all(each.right and each.sentences <= 2 for each in scores)
    assert {each.json for each in scores} == {True if scene.json else None}


def test_another_number_is_wrong(world, reader, menu):
    turns = (turn for talk in dialogues(world, "wrong") for turn in talk)
    turn = next(turn for turn in turns if turn.act == "add" and len(turn.change.add) == 1)
    line = turn.change.add[0]
    more = Change(add=(replace(line, quantity=line.quantity + 1),))
    say = f"Sure, {world.language.counted(line.item, line.quantity + 1)}. Anything else?"
    plain, kiosk = Scene(""), Scene("", json=True)
    assert not score(world, reader, plain, turn, say).right
    assert not score(world, reader, plain, turn, "Of course! What would you like?").right
    assert not score(world, reader, kiosk, turn, as_json(turn.answer, more, done=False)).right
    assert not score(world, reader, kiosk, turn, as_json(turn.answer, turn.change, done=True)).right
    assert score(world, reader, kiosk, turn, as_json(turn.answer, turn.change, done=False)).right
    broken = score(world, reader, kiosk, turn, turn.answer)
    assert (broken.json, broken.right) == (False, False)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("Sure", 1), ("Sure.", 1), ("Sure, two. Anything else?", 2), ("One. Two! Three", 3), ("Well... yes.", 2)],
)
def test_sentences_are_counted(text, count):
    assert sentences(text) == count


@pytest.mark.parametrize(
    "data",
    [
        {"say": "Hi."},
        {"done": False},
        {"say": 1, "done": False},
        {"say": "Hi.", "done": "no"},
        {"say": "Hi.", "done": False, "add": {"gug": 1}},
        {"say": "Hi.", "done": False, "add": {"coke": 0}},
        {"say": "Hi.", "done": False, "remove": {"coke": 0}},
        {"say": "Hi.", "done": False, "set": {"coke": -1}},
        {"say": "Hi.", "done": False, "add": {"coke": True}},
        {"say": "Hi.", "done": False, "add": ["coke"]},
        {"say": "Hi.", "done": False, "clear": 1},
        {"say": "Hi.", "done": False, "more": {}},
        ["say", "done"],
        3,
    ],
)
def test_anything_but_the_kiosks_json_is_refused(world, data):
    assert read_json(world, json.dumps(data)) is None


def test_the_kiosks_json_is_read(world, menu):
    kiosk = read_json(world, '{"say": "Hi.", "remove": {"diet coke": 2}, "done": true}')
    assert kiosk.say == "Hi."
    assert kiosk.done
    assert kiosk.change == Change(remove=(Line(menu.by_key["diet_coke"], 2),))
    gone = read_json(world, '{"say": "Hi.", "set": {"coke": 0}, "done": false}')
    assert gone.change == Change(set=(Line(menu.by_key["coke"], 0),))
    assert read_json(world, "{") is None


def test_to_take_all_away_is_to_want_none(menu):
    one, two = menu.items[:2]
    before = Cart((Line(one, 2), Line(two, 1)))
    none, less = Change(set=(Line(one, 0),)), Change(remove=(Line(one, 1),))
    assert same_change(before, none, Change(remove=(Line(one, 2),)))
    assert same_change(before, less, less)
    for other in (
        less,
        Change(remove=(Line(one, 3),)),
        Change(remove=(Line(one, 1), Line(one, 1))),
        Change(set=(Line(one, 0), Line(menu.items[2], 0))),
        Change(set=(Line(one, 3), Line(one, 0))),
        Change(set=(Line(one, 0),), clear=True),
        Change(clear=True),
    ):
        assert not same_change(before, none, other)
    assert not same_change(before, Change(add=(Line(one, 1),)), Change(set=(Line(one, 3),)))
    assert not same_change(before, NOTHING, Change(set=(Line(menu.items[2], 0),)))


def test_order_does_not_matter(menu):
    a, b = (Line(item, 1) for item in menu.items[:2])
    assert same((a, b), (b, a))
    assert not same((a,), (a, a))
