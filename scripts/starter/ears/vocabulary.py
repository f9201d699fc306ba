"""The ears' pieces of words, and Whisper's special tokens after them in Whisper's order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

PIECES = 1_024
_TIMES = [f"<|{step * 0.02:.2f}|>" for step in range(1_501)]


def make(path: Path, texts: Iterable[str], language: str) -> Tokenizer:
    """Byte pairs learned from `texts`, written to `path`; what is there already stays."""
    if path.exists():
        return Tokenizer.from_file(str(path))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=PIECES, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator((f" {text}" for text in texts), trainer)
    specials = ["<|endoftext|>", "<|startoftranscript|>", f"<|{language}|>", "<|translate|>", "<|transcribe|>"]
    specials += ["<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>"]
    tokenizer.add_special_tokens([*specials, *_TIMES])
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    tokenizer.save(str(partial))
    partial.rename(path)
    return tokenizer


class Pieces:
    """Words to tokens, with the special ones by name."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._words: dict[str, list[int]] = {}
        self.size: int = tokenizer.get_vocab_size()
        self.end, self.start = self._special("endoftext"), self._special("startoftranscript")
        self.previous, self.no_speech = self._special("startofprev"), self._special("nospeech")
        self.no_times = self._special("notimestamps")
        self._zero = self._special("0.00")

    def _special(self, name: str) -> int:
        token: int | None = self._tokenizer.token_to_id(f"<|{name}|>")
        if token is None:
            raise ValueError(f"the vocabulary has no <|{name}|>")
        return token

    def word(self, word: str) -> list[int]:
        """The pieces of a word, with the space before it."""
        if word not in self._words:
            self._words[word] = self._tokenizer.encode(f" {word}").ids
        return self._words[word]

    def length(self, token: int) -> int:
        """Bytes of a piece, without its space: 0 where it is nothing else."""
        return len((self._tokenizer.id_to_token(token) or "").lstrip("\u0120"))

    def time(self, seconds: float) -> int:
        """The token of a time, to 20 ms, at most 30 s."""
        return self._zero + min(1_500, max(0, round(seconds / 0.02)))

    def text(self, tokens: list[int]) -> str:
        """What the tokens say, without the special ones."""
        kept = [token for token in tokens if token < self.end]
        return str(self._tokenizer.decode(kept)).strip()
