"""Grammars on the starter brain."""

import json
import re

import pytest

from app.errors import EngineError
from app.llm.sampler import Sampler

pytestmark = pytest.mark.engine

ORDER = r"""
root ::= "{\"item\": " string ", \"count\": " number "}"
string ::= "\"" [a-z ]{1,20} "\""
number ::= [1-9] [0-9]?
"""


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_answers_follow_the_grammar_beside_others(model, prompt, reference, temperature) -> None:
    for sequence in range(4):
        asked = prompt("two cokes", temperature=temperature, top_p=0.9, grammar=ORDER, seed=sequence)
        model.start(asked, sequence)
    model.start(prompt("hello"), 4)
    model.run()
    for sequence in range(4):
        assert set(json.loads(model.answer(sequence))) == {"item", "count"}
    assert model.answer(4) == reference("hello")


def test_each_answer_begins_its_grammar_anew(model) -> None:
    for _ in range(2):
        assert re.fullmatch("[0-9]{3}", model.say("hello", grammar="root ::= [0-9]{3}"))


@pytest.mark.parametrize("grammar", ["", "root ::= (", 'other ::= "a"', 'root ::= root "a"', "root ::= nothing"])
def test_what_is_no_grammar_is_named(model, reference, grammar) -> None:
    model.say("hello")
    with pytest.raises(EngineError, match="GBNF"):
        model.say("hello", grammar=grammar)
    assert model.computed(lambda: model.say("hello")) == 1
    assert model.answer() == reference("hello")


def test_a_grammar_changes_nothing_that_it_allows(model, reference) -> None:
    assert model.say("hello", grammar="root ::= [A-Za-z ,.?!]+").startswith(reference("hello"))


def test_a_grammar_that_allows_no_token_is_named(model, monkeypatch) -> None:
    apply = Sampler._apply

    def forbid(self, sampler, candidates):
        if sampler is self._grammar:
            for candidate in candidates:
                candidate.logit = float("-inf")
            return -1
        return apply(self, sampler, candidates)

    monkeypatch.setattr(Sampler, "_apply", forbid)
    with pytest.raises(EngineError, match="no token"):
        model.say("hello", grammar="root ::= [a-z]")


def test_samplers_are_freed_however_an_answer_ends(model, prompt, monkeypatch) -> None:
    freed = []
    free = Sampler.free
    monkeypatch.setattr(Sampler, "free", lambda self: (freed.append(self), free(self)))
    model.say("hello")
    job = model.start(prompt("hello", grammar=ORDER))
    model.step()
    job.cancelled = True
    model.step()
    model.start(prompt("hello"))
    model.decoder.release(0)
    assert len(freed) == 3
    assert all(sampler._chain is None and sampler._grammar is None for sampler in freed)
