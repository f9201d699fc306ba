import json
import random
from itertools import chain

from app.bench.dialogue.evaluate import as_line, evaluation, hearing, hold, scenes
from app.bench.dialogue.prompts import right_answer


def knowing(talks, scene):
    """A model that answers right."""
    answers = iter([right_answer(scene, turn) for turn in chain(*talks)])
    return lambda messages: next(answers)


def test_a_model_that_knows_is_right(unseen):
    talks = evaluation(unseen, 40)
    for scene in scenes(unseen).values():
        for turn in hold(unseen, scene, talks, knowing(talks, scene), str):
            assert turn.score.right
            assert turn.score.sentences <= 2
            assert turn.score.json is (True if scene.json else None)


def test_the_history_is_what_was_really_said(unseen):
    talks = [talk for talk in evaluation(unseen, 40) if len(talk) > 3][:1]
    prompts = []

    def reply(messages):
        prompts.append(messages)
        return f" {len(prompts)} "

    turns = list(hold(unseen, scenes(unseen)["told"], talks, reply, str.upper))
    assert [m.text for m in prompts[2] if m.role == "assistant"] == ["1", "2"]
    assert [m.text for m in prompts[2] if m.role == "user"] == [turn.turn.user.upper() for turn in turns[:3]]
    assert not any(turn.score.right for turn in turns if turn.turn.act != "again")


def test_said_again_is_what_was_said(unseen):
    for scene in scenes(unseen).values():
        talks = [talk for talk in evaluation(unseen, 120) if any(turn.act == "again" for turn in talk[1:])]
        say = '{"say": "So.", "done": false}' if scene.json else "So."
        turns = [t for t in hold(unseen, scene, talks, lambda _, say=say: say, str) if t.turn.act == "again"]
        assert any(turn.score.right for turn in turns)


def test_ears_make_the_same_faults_each_time():
    def noise(text, rng):
        return f"{text} {rng.random()}"

    first, second = (hearing(noise, "seed") for _ in range(2))
    assert [first("a"), first("a")] == [second("a"), second("a")]
    assert first("a") != first("a")
    assert hearing(noise, "seed")("a") == f"a {random.Random('seed').random()}"


def test_a_turn_is_a_line(unseen):
    talks = evaluation(unseen, 1)
    scene = scenes(unseen)["told"]
    turn = next(hold(unseen, scene, talks, knowing(talks, scene), str))
    line = json.loads(as_line(turn))
    assert line["right"]
    assert line["answer"] == line["expected"] == turn.turn.answer
