"""What was used last, within a limit of size and of time. Pure; time is an argument."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from math import inf
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[V]):
    """A value, its size, and when it was put."""

    value: V
    size: int
    since: float


class Lru(Generic[K, V]):
    """At most `limit` in all sizes together; what was unused for longest goes first. Values live `keep_s` seconds."""

    def __init__(self, limit: int, keep_s: float = inf) -> None:
        self.size = 0
        self._limit = limit
        self._keep_s = keep_s
        self._held: dict[K, _Kept[V]] = {}  # least recently used first

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: K, now: float = 0.0) -> V | None:
        """The value of `key`, which thereby is the last to go."""
        self.expire(now)
        kept = self._held.pop(key, None)
        if kept is None:
            return None
        self._held[key] = kept
        return kept.value

    def put(self, key: K, value: V, size: int, now: float = 0.0) -> None:
        """Keep `value` of `size`; one that alone is larger than the limit is not kept."""
        self._drop(key)
        if size > self._limit:
            return
        while self.size + size > self._limit:
            self._drop(next(iter(self._held)))
        self._held[key] = _Kept(value, size, now)
        self.size += size

    def expire(self, now: float) -> None:
        """Drop what was put `keep_s` ago or earlier."""
        if self._keep_s == inf:
            return  # 1,300 clauses looked through at each one that is spoken
        for key in [key for key, kept in self._held.items() if now - kept.since >= self._keep_s]:
            self._drop(key)

    def _drop(self, key: K) -> None:
        kept = self._held.pop(key, None)
        self.size -= kept.size if kept else 0
