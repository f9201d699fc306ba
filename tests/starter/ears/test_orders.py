"""What the ears learn of the brain's callers: their words, and nothing that the ears are held out from."""

import random
import re
from itertools import islice

import pytest

from app.bench.texts.sentences import held_out, plain, training
from scripts.starter.ears.orders import orders


@pytest.mark.parametrize("language", ["en", "tr"])
def test_nothing_held_out_is_said(language):
    said = list(islice(orders(random.Random(1), language), 2_000))
    grammar = training(language)
    literal = {template for template in held_out(language).templates if "{" not in template}
    assert len(set(said)) > 1_000
    assert not any(grammar.joins(text) for text in said)
    assert not literal & set(said)
    assert all(text == plain(text, language) and not re.search(r"\d", text) for text in said)


def test_a_held_out_template_is_known_by_its_own_words():
    said = list(islice(orders(random.Random(2), "en"), 2_000))
    assert not any(re.fullmatch("could we have .+|only one .+ please|let me get .+", text) for text in said)
    assert any(text.startswith("put me down for ") for text in said)


def test_the_same_seed_says_the_same():
    one, two = (list(islice(orders(random.Random(3), "en"), 50)) for _ in range(2))
    assert one == two
