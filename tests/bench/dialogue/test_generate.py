import random
from itertools import islice, pairwise

import pytest

from app.bench.dialogue.evaluate import evaluation
from app.bench.dialogue.generate import ACTS, LAST, about_the_last, dialogue, dialogues, lone_turn
from app.bench.dialogue.order import EMPTY
from app.bench.dialogue.patterns import slots_of
from app.bench.dialogue.phrases import load_held_out
from app.bench.dialogue.score import sentences

COUNT = 800


@pytest.fixture(scope="module")
def training(any_world):
    return list(islice(dialogues(any_world, "test"), COUNT))


def test_a_seed_makes_one_dialogue(any_world, training):
    assert dialogue(any_world, "test:7") == training[7]
    assert list(islice(dialogues(any_world, "test", start=7), 2)) == training[7:9]


def test_everything_that_can_happen_does(training):
    acts = {turn.act for talk in training for turn in talk}
    assert set(ACTS) <= acts
    assert {"right", "wrong"} <= acts


def test_every_turn_follows_from_the_one_before(training):
    for talk in training:
        cart = EMPTY
        for turn in talk:
            assert turn.before == cart
            cart = cart.after(turn.change)
            assert len(cart.lines) <= 6
            assert all(0 < line.quantity <= 20 for line in cart.lines)


def test_what_was_just_ordered_can_be_taken_back(training):
    pairs = [pair for talk in training for pair in pairwise(talk) if pair[1].act == "remove_last"]
    assert pairs
    for before, after in pairs:
        (gone,) = after.change.set
        assert not gone.quantity
        assert gone.item in {line.item for line in before.change.add or after.before.lines}
        assert gone.item.name not in after.user


def test_a_whole_line_is_given_up_without_its_number(training):
    turns = [turn for talk in training for turn in talk if turn.act in ("remove", "swap", "both") and turn.change]
    assert len(turns) > 50
    for turn in turns:
        (gone,) = turn.change.set
        assert gone.quantity == 0
        assert turn.before.quantity(gone.item)
        assert turn.before.after(turn.change).keys() == (
            turn.before.keys() - {gone.item.key} | {line.item.key for line in turn.change.add}
        )


def test_two_turns_about_the_same_thing(any_world):
    dice = random.Random(4)
    pairs = [about_the_last(any_world, dice) for _ in range(60)]
    assert {second.act for _, second in pairs} == set(LAST)
    for first, second in pairs:
        (line,) = first.change.add
        assert second.before == first.before.after(first.change)
        assert second.before.after(second.change).quantity(line.item) != line.quantity


def test_a_lone_turn_finds_an_order_and_is_one_of_those_wanted(any_world):
    dice = random.Random(4)
    turns = [lone_turn(any_world, {"repeat": 1, "swap": 2}, dice) for _ in range(60)]
    assert {turn.act for turn in turns} == {"repeat", "swap"}
    assert {len(turn.before.lines) for turn in turns} == set(range(1, 7))


def test_a_lone_order_is_often_a_long_one(any_world):
    dice = random.Random(4)
    turns = [lone_turn(any_world, {"add": 1}, dice) for _ in range(200)]
    assert sum(len(turn.change.add) >= 3 for turn in turns) > 45


def test_texts_are_finished(training):
    for talk in training:
        for turn in talk:
            assert not slots_of(turn.user) | slots_of(turn.answer)
            assert turn.user == turn.user.strip()
            assert "|" not in turn.user
            assert turn.answer in turn.answers


def test_answers_are_speakable(training):
    for talk in training:
        for turn in talk:
            for answer in (*turn.answers, *filter(None, (turn.blind,))):
                assert 1 <= sentences(answer) <= 2
                assert answer[0].isupper()
                assert answer[-1] in ".?!"
                assert not any(letter.isdigit() for letter in answer)


def test_what_can_only_be_told_has_another_answer(training):
    assert all(bool(turn.blind) == bool(turn.needs.value) for talk in training for turn in talk)


def test_training_never_sees_what_is_held_out(any_world, training):
    held_out = load_held_out(any_world.menu.language)
    for talk in training:
        for turn in talk:
            assert not turn.unseen
            keys = turn.before.after(turn.change).keys()
            assert not any(pair <= keys for pair in held_out.pairs)


def test_the_evaluation_sees_it_often(any_unseen):
    turns = [turn for talk in evaluation(any_unseen, 300) for turn in talk]
    share = sum(turn.unseen for turn in turns) / len(turns)
    assert 0.1 < share < 0.4
    keys = [turn.before.after(turn.change).keys() for turn in turns]
    assert sum(any(pair <= k for pair in map(frozenset, any_unseen.wanted)) for k in keys) > 30
