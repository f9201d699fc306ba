"""Live text from overlapping windows: what two windows agree on is stable, the rest may still change. Pure.

Local agreement (Liu, Spanakis, Niehues 2020; for Whisper: Machacek, Dabre, Bojar 2023): words that two successive
hypotheses share, from the left, are settled. Windows cut words at their edges, so a word at a cut edge is no evidence;
a word that has left the newest window's sight is settled as it was last heard, so the text always moves on.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.audio import samples_to_ms
from app.interfaces import Word
from app.spacing import unspaced
from app.stt.windows import Pace, Window, next_window

EDGE_MS = 400
"""About one word: what lies this near to a cut may be half a word. Live word errors of the starter ears over 92
utterances: 2.9 % with 150 and 250 ms, 2.3 % with 400."""
SAME_MS = 1000
"""Two windows place the same word at most so far apart: Whisper within 200 ms, the starter ears up to 900."""


@dataclass(frozen=True, slots=True)
class Partial:
    """Live text; `stable + unstable` is all of it (`unstable` brings its own leading space)."""

    stable: str
    unstable: str


class LiveText:
    """The live text of one utterance. Not thread-safe; owned by the session."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._asked = 0
        self._heard = 0
        self._stable: list[Word] = []
        self._tail: list[Word] = []

    def next_window(self, samples: int) -> Window | None:
        """The window to transcribe when the utterance has `samples`, or None while it is too early."""
        window = next_window(self._pace, self._heard, self._asked, samples)
        if window:
            self._asked = window.end
        return window

    def add(self, window: Window, words: Sequence[Word]) -> Partial:
        """The text after `window` was heard as `words` (times in ms from the window's start).

        Windows may be lost; one that comes after a later one changes nothing.
        """
        if window.end <= self._heard:
            return self.text()
        start, before, end = (samples_to_ms(s) for s in (window.start, self._heard, window.end))
        self._heard = window.end
        sight = min(start + EDGE_MS, (start + before) // 2) if start else 0  # each half of an overlap to whom cuts less
        placed = [Word(w.text, w.start_ms + start, w.end_ms + start, w.p) for w in words]
        fresh = self._after_stable([w for w in placed if not start or _middle(w) >= start + EDGE_MS // 2], start)
        pairs = align(self._tail, fresh)
        i, j = pairs[0] if pairs else (len(self._tail), len(fresh))
        past = [w for w in self._tail[:i] if _middle(w) < sight]
        new = [w for w in fresh[:j] if _middle(w) >= sight]
        agreed = 0 if new else _agreed(self._tail[i:], fresh[j:], end - EDGE_MS)
        self._stable += past + fresh[j : j + agreed]
        self._tail = new + fresh[j + agreed :]
        return self.text()

    def text(self) -> Partial:
        """The text as it stands."""
        stable = join(self._stable)
        return Partial(stable, join([*self._stable, *self._tail])[len(stable) :])

    def flush(self) -> Partial:
        """The text when nothing more comes: all of it stable."""
        self._stable, self._tail = [*self._stable, *self._tail], []
        return self.text()

    def _after_stable(self, fresh: list[Word], start_ms: int) -> list[Word]:
        """`fresh` without what is settled already, be it heard differently now."""
        settled = [w for w in self._stable if w.end_ms > start_ms - SAME_MS]
        if not settled:
            return fresh
        pairs = align(settled, fresh)
        i, j = pairs[-1] if pairs else (-1, -1)
        rest = fresh[j + 1 :]
        if i == len(settled) - 1:
            return rest
        return [w for w in rest if _middle(w) >= settled[-1].end_ms and not _akin(settled[-1], w)]


def align(one: Sequence[Word], two: Sequence[Word]) -> list[tuple[int, int]]:
    """Index pairs, in order, of the words that are the same in text and, within `SAME_MS`, in time.

    The sum of the pairs' nearness is the greatest: of a word said twice, each finds its own.
    """
    best = [[0.0] * (len(two) + 1) for _ in range(len(one) + 1)]
    for i in reversed(range(len(one))):
        for j in reversed(range(len(two))):
            paired = best[i + 1][j + 1] + _nearness(one[i], two[j])
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(one) and j < len(two):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def join(words: Iterable[Word]) -> str:
    """The words as text, with spaces where the script has them."""
    text = ""
    for word in words:
        if text and word.text and not (unspaced(text[-1]) or unspaced(word.text[0])):
            text += " "
        text += word.text
    return text


def _agreed(tail: Sequence[Word], fresh: Sequence[Word], trusted_ms: int) -> int:
    """How many words, from the left, are the same in both and end before the newer window's cut edge."""
    count = 0
    for old, new in zip(tail, fresh, strict=False):
        if new.end_ms > trusted_ms or not _same(old, new):
            break
        count += 1
    return count


def _same(one: Word, two: Word) -> bool:
    return _nearness(one, two) > 0


def _nearness(one: Word, two: Word) -> float:
    """1 for the same word at the same time, down to 0 at `SAME_MS`; squared, so that one good match beats two poor."""
    apart = abs(_middle(one) - _middle(two))
    return (1 - apart / SAME_MS) ** 2 if apart < SAME_MS and _bare(one.text) == _bare(two.text) else 0.0


def _akin(one: Word, two: Word) -> bool:
    """Whether `two`, beginning before `one` ends, may be the same with its beginning or end cut off."""
    a, b = sorted((_bare(one.text), _bare(two.text)), key=len)
    return two.start_ms < one.end_ms and (b.startswith(a) or b.endswith(a))


def _bare(text: str) -> str:
    """Without case and punctuation: windows punctuate differently. No two of Turkish's four i's differ then."""
    folded = text.casefold().replace("\u0307", "").replace("ı", "i")
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LMN") or text


def _middle(word: Word) -> int:
    return (word.start_ms + word.end_ms) // 2
