"""Pieces in Whisper's order."""

from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from scripts.starter.ears import vocabulary


def test_special_tokens_stand_in_whispers_order(little):
    tokenizer = Tokenizer.from_file(str(little.folder / "tokenizer.json"))
    names = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>",
             "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>", "<|0.00|>"]  # fmt: skip
    numbers = [tokenizer.token_to_id(name) for name in names]
    assert numbers == list(range(numbers[0], numbers[0] + len(names)))
    assert tokenizer.token_to_id("<|30.00|>") == little.pieces.size - 1


@given(st.lists(st.from_regex("[a-z]{1,8}('[a-z]{1,2})?", fullmatch=True), max_size=6))
def test_words_come_back(little, words):
    tokens = [token for word in words for token in little.pieces.word(word)]
    assert little.pieces.text([little.pieces.start, *tokens, little.pieces.end]) == " ".join(words)
    assert all(sum(map(little.pieces.length, little.pieces.word(word))) == len(word) for word in words)


@given(st.floats(-1, 40))
def test_times_are_to_20_ms_within_30_s(little, seconds):
    step = little.pieces.time(seconds) - little.pieces.time(0)
    assert abs(step * 0.02 - min(30, max(0, seconds))) <= 0.0101


def test_a_vocabulary_stays_as_it_was_made(little):
    again = vocabulary.make(little.folder / "tokenizer.json", ["other", "texts"], "en")
    assert vocabulary.Pieces(again).word("hamburger") == little.pieces.word("hamburger")
