"""Who gets how much of the next decode step, and which shared prefixes are kept."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass


def share(pending: Sequence[int], chunk: int) -> list[int]:
    """How many of its `pending` prompt tokens each sequence decodes in a step that has room for `chunk` of them.

    Max-min fair: nobody gets less than an even part unless they need less, and what they leave goes to the others.
    """
    given = [0] * len(pending)
    smallest_first = sorted(range(len(pending)), key=lambda i: pending[i])
    for rank, i in enumerate(smallest_first):
        even = -(-chunk // (len(pending) - rank))
        given[i] = min(pending[i], even)
        chunk -= given[i]
    return given


@dataclass(frozen=True, slots=True)
class Prefix:
    """Token ids that a reserved sequence holds."""

    sequence: int
    ids: tuple[int, ...]


class Prefixes:
    """The prefixes in the reserved sequences; the one unused for longest gives way."""

    def __init__(self, sequences: Sequence[int], max_tokens: int) -> None:
        self._free = list(sequences)
        self._max_tokens = max_tokens
        self._held: dict[Hashable, Prefix] = {}  # least recently used first

    def get(self, key: Hashable) -> Prefix | None:
        """The prefix of `key`, which thereby is the last to give way."""
        prefix = self._held.pop(key, None)
        if prefix:
            self._held[key] = prefix
        return prefix

    def put(self, key: Hashable, ids: Sequence[int]) -> tuple[Prefix | None, list[int]]:
        """A place for a prefix that is not held yet, and the sequences to be emptied first.

        None where there is no place: `ids` are none or too many.
        """
        emptied: list[int] = []
        if not (self._free or self._held) or not 0 < len(ids) <= self._max_tokens:
            return None, emptied
        while not self._free or self._tokens() + len(ids) > self._max_tokens:
            emptied.append(self._evict())
        self._held[key] = Prefix(self._free.pop(), tuple(ids))
        return self._held[key], emptied

    def forget(self, key: Hashable) -> int:
        """The sequence of a prefix that is held, to be emptied."""
        sequence = self._held.pop(key).sequence
        self._free.append(sequence)
        return sequence

    def drop(self) -> int | None:
        """The sequence of the prefix that gave way, to be emptied; None when none is held."""
        return self._evict() if self._held else None

    def _evict(self) -> int:
        return self.forget(next(iter(self._held)))

    def _tokens(self) -> int:
        return sum(len(prefix.ids) for prefix in self._held.values())
