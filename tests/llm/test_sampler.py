"""Grammars on the starter brain."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.errors import EngineError
from app.interfaces import Prompt
from app.llm.sampler import Sampler
from tests.llm.conftest import ask
from tests.llm.test_decoder import ORDERS, Bench, bench

pytestmark = pytest.mark.engine

ORDER = r"""
root ::= "{\"item\": " string ", \"count\": " number "}"
string ::= "\"" [a-z ]{1,20} "\""
number ::= [1-9] [0-9]?
"""


@pytest.fixture
def model() -> Iterator[Bench]:
    with bench() as made:
        yield made


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_answers_follow_the_grammar_one_by_one_and_together(model: Bench, temperature: float) -> None:
    prompt = Prompt(ask(ORDERS[1]), temperature=temperature, top_p=0.9, grammar=ORDER)
    for sequence in range(4):
        model.start(sequence, replace(prompt, seed=sequence))
    model.start(4, Prompt(ask(ORDERS[0])))
    answers = model.run()
    for sequence in range(4):
        assert set(json.loads("".join(map(str, answers[sequence])))) == {"item", "count"}
    assert "".join(map(str, answers[4])) == model.say(ORDERS[0], sequence=5)


def test_each_answer_begins_its_grammar_anew(model: Bench) -> None:
    for _ in range(2):
        model.start(0, Prompt(ask(ORDERS[0]), grammar="root ::= [0-9]{3}"))
        assert re.fullmatch("[0-9]{3}", "".join(map(str, model.run()[0])))


@pytest.mark.parametrize("grammar", ["", "root ::= (", 'other ::= "a"', 'root ::= root "a"', "root ::= nothing"])
def test_what_is_no_grammar_is_named(model: Bench, grammar: str) -> None:
    model.start(0, Prompt(ask(ORDERS[0]), grammar=grammar))
    (error,) = model.run()[0]
    assert isinstance(error, EngineError)
    assert "GBNF" in error.message


def test_an_accepted_answer_is_what_is_likeliest_without_a_grammar(model: Bench) -> None:
    whole = model.say(ORDERS[3])
    model.start(0, Prompt(ask(ORDERS[3]), grammar="root ::= [A-Za-z ,.?]+"))
    assert "".join(map(str, model.run()[0])).startswith(whole)


def test_a_grammar_without_a_way_out_is_named(model: Bench, monkeypatch) -> None:
    monkeypatch.setattr(Sampler, "_allows", lambda *_: False)
    apply = Sampler._apply

    def forbid(self: Sampler, sampler: object, candidates: object) -> int:
        if sampler is self._grammar:
            for candidate in candidates:
                candidate.logit = float("-inf")
        return apply(self, sampler, candidates)

    monkeypatch.setattr(Sampler, "_apply", forbid)
    model.start(0, Prompt(ask(ORDERS[0]), grammar="root ::= [a-z]"))
    (error,) = model.run()[0]
    assert isinstance(error, EngineError)


def test_samplers_are_freed_however_an_answer_ends(model: Bench, monkeypatch) -> None:
    freed: list[Sampler] = []
    free = Sampler.free
    monkeypatch.setattr(Sampler, "free", lambda self: (freed.append(self), free(self)))
    model.say(ORDERS[0])
    job = model.start(0, Prompt(ask(ORDERS[0]), grammar=ORDER))
    model.step()
    job.cancelled = True
    model.step()
    model.start(0, Prompt(ask(ORDERS[0])))
    model.decoder.release(0)
    assert len(freed) == 3
    assert all(sampler._chain is None and sampler._grammar is None for sampler in freed)
