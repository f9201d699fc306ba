import json
import random
from itertools import islice

import pytest

from app.bench.dialogue.generate import dialogues
from app.bench.dialogue.moves import Needs
from app.bench.dialogue.order import EMPTY, Cart, Change, Line
from app.bench.dialogue.prompts import Exchange, Scene, any_scene, as_json, cart_told, exchanges, messages, right_answer


@pytest.fixture
def cart(menu):
    return Cart((Line(menu.by_key["coke"], 2), Line(menu.by_key["lasagna"], 1)))


def test_the_order_comes_after_the_history(world, cart):
    scene = Scene("You wait.", cart=True)
    said = messages(world, scene, [Exchange("hi", "Hello.")], cart, "two cokes")
    assert [m.role for m in said] == ["system", "user", "assistant", "system", "user"]
    assert said[3].text == "Order so far: two cokes, one lasagna."
    assert said[4].text == "two cokes"


def test_nothing_is_told_unless_asked(world, cart):
    assert [m.role for m in messages(world, Scene("You wait."), [], cart, "hi")] == ["system", "user"]
    assert cart_told(world, EMPTY, total=True) == "Order so far: nothing."
    assert cart_told(world, cart, total=True).endswith("lasagna. Total: seventeen dollars.")


@pytest.mark.parametrize(
    ("scene", "told"),
    [
        (Scene(""), {Needs.NOTHING}),
        (Scene("", total=True), {Needs.NOTHING}),
        (Scene("", cart=True), {Needs.NOTHING, Needs.CART}),
        (Scene("", cart=True, total=True), set(Needs)),
    ],
)
def test_what_is_told_can_be_answered(scene, told):
    assert {needs for needs in Needs if scene.tells(needs)} == told


def test_the_kiosk_reads_only_what_changed(menu):
    coke = menu.by_key["coke"]
    assert json.loads(as_json("Sure.", Change(add=(Line(coke, 2),)), done=False)) == {
        "say": "Sure.",
        "add": {"coke": 2},
        "done": False,
    }
    assert json.loads(as_json("Bye.", Change(clear=True), done=True)) == {"say": "Bye.", "clear": True, "done": True}


def test_answers_fit_the_scene(world):
    for talk in islice(dialogues(world, "scene"), 200):
        for scene in (Scene(""), Scene("", cart=True), Scene("", json=True, cart=True, total=True)):
            for turn, exchange in zip(talk, exchanges(scene, talk), strict=True):
                say = json.loads(exchange.answer)["say"] if scene.json else exchange.answer
                assert say == (turn.answer if scene.tells(turn.needs) else turn.blind)
                assert exchange.answer == right_answer(scene, turn)


def test_every_way_of_asking_is_used(world):
    prompts = world.phrases.prompts
    used = [any_scene(world, random.Random(seed)) for seed in range(600)]
    assert {scene.prompt for scene in used} == {prompts.usual, *prompts.plain, *prompts.json}
    assert all((scene.prompt in prompts.json) == scene.json for scene in used)
