from itertools import islice
from pathlib import Path

import pytest

from scripts.starter.brain.corpus import DRILLED, Part, load_corpus
from scripts.starter.brain.tokens import CONTROLS, VOCABULARY, Encoder, load_tokenizer, names, train_tokenizer
from tests.support.packages import needing_packages

MENU = Path(__file__).parents[3] / "models/starter/menu.toml"


@pytest.fixture(scope="module")
def tokenizer():
    corpus = needing_packages(lambda: load_corpus(MENU))
    return train_tokenizer(islice(corpus.examples(DRILLED), 600), names(corpus.world.menu))


def test_the_vocabulary_is_small(tokenizer, tmp_path):
    assert tokenizer.get_vocab_size() == VOCABULARY
    assert all(tokenizer.token_to_id(text) is not None for text in CONTROLS)
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert load_tokenizer(tmp_path / "tokenizer.json").get_vocab() == tokenizer.get_vocab()


def test_any_text_comes_back(tokenizer):
    for text in ("two cokes please", "  Ünlü é 日本 \n{}", ""):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_only_what_is_taught_is_marked(tokenizer):
    example = (Part("system", "Wait."), Part("user", "two cokes"), Part("assistant", "Sure, two cokes.", taught=True))
    ids, taught = Encoder(tokenizer).encode(example, 100)
    text = tokenizer.decode(ids.tolist(), skip_special_tokens=False)
    assert text == (
        "<|im_start|>system\nWait.<|im_end|>\n<|im_start|>user\ntwo cokes<|im_end|>\n"
        "<|im_start|>assistant\nSure, two cokes.<|im_end|>\n"
    )
    assert tokenizer.decode(ids[taught].tolist(), skip_special_tokens=False) == "Sure, two cokes.<|im_end|>"


def test_the_end_of_a_long_example_is_kept(tokenizer):
    example = (Part("user", "two cokes " * 50), Part("assistant", "Sure.", taught=True))
    ids, taught = Encoder(tokenizer).encode(example, 20)
    assert len(ids) == len(taught) == 20
    assert taught[-2]


def test_a_name_of_several_words_is_one_token(tokenizer):
    for text, count in ((" garlic bread", 1), (" garlic breads", 1), ('"garlic bread"', 3), (" two garlic breads", 2)):
        assert len(tokenizer.encode(text).ids) == count
