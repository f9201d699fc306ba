"""What a language model's cache of keys and values needs, read from the first bytes of its GGUF file. Pure.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEAD_BYTES = 1 << 20
"""Enough of a file: the sizes of the network come before the vocabulary."""
CAUTIOUS_BYTES = 128 * 1024
"""Of a token when the file does not tell: Llama 3 with 8 B (32 layers, 8 heads of 128, f16) needs as much."""
MIB = 1 << 20

_MAGIC = b"GGUF"
_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_F16_BYTES = 2
_LONGEST_ARRAY = 4096
"""Longer ones are vocabularies, and tell nothing about sizes."""


@dataclass(frozen=True, slots=True)
class CacheShape:
    """How large one token's keys and values are."""

    bytes_per_token: int
    trained_tokens: int
    """No sequence gets more."""


def cache_mb(shape: CacheShape | None, sessions: int, context_tokens: int) -> int:
    """MiB of the cache for `sessions` windows of `context_tokens` and the spare one that the engine adds."""
    if shape is None:
        return (sessions + 1) * context_tokens * CAUTIOUS_BYTES // MIB
    window = min(context_tokens, shape.trained_tokens)
    return (sessions + 1) * window * shape.bytes_per_token // MIB


def cache_shape(head: bytes) -> CacheShape | None:
    """The shape from a file's first `HEAD_BYTES`; None when they do not tell, or are no GGUF."""
    known = metadata(head)
    architecture = known.get("general.architecture")

    def size(name: str, default: int = 0) -> int:
        value = known.get(f"{architecture}.{name}", default)
        return value if isinstance(value, int) else default

    layers, heads = size("block_count"), size("attention.head_count")
    if not (layers and heads):
        return None
    key_heads = known.get(f"{architecture}.attention.head_count_kv", heads)
    in_all_layers = sum(key_heads) if isinstance(key_heads, tuple) else int(key_heads) * layers
    width = size("embedding_length") // heads
    both = size("attention.key_length", width) + size("attention.value_length", width)
    if not (in_all_layers and both):
        return None
    return CacheShape(in_all_layers * both * _F16_BYTES, size("context_length") or 1 << 30)


def metadata(head: bytes) -> dict[str, str | int | float | tuple[int, ...]]:
    """Keys and values up to where `head` ends or an array is too long; arrays of anything but integers are left out."""
    found: dict[str, str | int | float | tuple[int, ...]] = {}
    reader = _Reader(head)
    try:
        if reader.take(4) != _MAGIC:
            return found
        reader.number("I")  # version
        reader.number("Q")  # tensors
        for _ in range(int(reader.number("Q"))):
            key = reader.text()
            value = reader.value(int(reader.number("I")))
            if value is not None:
                found[key] = value
    except (_EndError, UnicodeDecodeError):
        pass  # what was read until here is what there is
    return found


class _EndError(Exception):
    """The bytes end, or what follows cannot be read."""


class _Reader:
    """A place in a GGUF file's head."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) < count:
            raise _EndError
        self._at += count
        return taken

    def number(self, kind: str) -> int | float:
        value: int | float = struct.unpack("<" + kind, self.take(struct.calcsize("<" + kind)))[0]
        return value

    def text(self) -> str:
        return self.take(int(self.number("Q"))).decode()

    def value(self, kind: int) -> str | int | float | tuple[int, ...] | None:
        """A value; None for an array that is not of integers."""
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            return self._array()
        if kind not in _FORMATS:
            raise _EndError
        return self.number(_FORMATS[kind])

    def _array(self) -> tuple[int, ...] | None:
        kind, count = int(self.number("I")), int(self.number("Q"))
        if count > _LONGEST_ARRAY:
            raise _EndError
        items = [self.value(kind) for _ in range(count)]
        return tuple(i for i in items if isinstance(i, int)) or None
