"""Where each written word lies in the spoken audio, and where the speech itself begins and ends. Pure.

The phonemiser merges words ("in the" is one group of phonemes) and splits others, so groups are matched to spoken
words at the least difference between letters and phonemes, one to one where possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.audio import ms_to_samples, samples_to_ms
from app.interfaces import FloatArray, Word
from app.tts.speakable import SpokenWord

AUDIBLE_DBFS = -50.0
"""Windows below are silence; the level at which voice-to-voice time is taken too."""
_WINDOW_MS = 10
_LEAD_MS = 5
"""Kept before the first audible window: an onset is never cut."""
_TAIL_MS = 200
"""Silence kept behind the speech, the pause between two sentences."""

_MIN_COVER = 0.7
"""Share of the audible audio that aligned words must reach over to be believed."""
_STEPS = ((1, 1, 0.0), (2, 1, 1.0), (3, 1, 2.0), (1, 2, 1.0), (1, 3, 2.0))
"""Spoken words, phoneme groups, and what it costs (in phonemes) to match so many with one another."""


@dataclass(frozen=True, slots=True)
class Group:
    """Phonemes said without a space between them: a word, mostly."""

    phonemes: int
    start: int
    """First sample."""
    end: int
    """Sample after the last."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The part of the audio that is played, in samples of the whole; all 0 when nothing is audible."""

    start: int
    audible_end: int
    end: int


Span = tuple[float, float]


def keep(audio: FloatArray, rate_hz: int) -> Kept:
    """What to play of `(n,)` floats: silence before the speech goes, silence behind it is cut to 200 ms."""
    window = ms_to_samples(_WINDOW_MS, rate_hz)
    padded = np.pad(audio, (0, -audio.size % window)).reshape(-1, window)
    loud = np.flatnonzero(np.mean(np.square(padded, dtype=np.float64), axis=1) > 10 ** (AUDIBLE_DBFS / 10))
    if not loud.size:
        return Kept(0, 0, 0)
    start = int(loud[0]) * window - ms_to_samples(_LEAD_MS, rate_hz)
    audible_end = min(audio.size, (int(loud[-1]) + 1) * window)
    return Kept(max(0, start), audible_end, min(audio.size, audible_end + ms_to_samples(_TAIL_MS, rate_hz)))


def place(words: Sequence[SpokenWord], groups: Sequence[Group], kept: Kept, rate_hz: int) -> tuple[Word, ...]:
    """Each written word with its place in the audio that is kept.

    Without groups that can be believed and matched, words share the speech in proportion to their letters. A word
    for which nothing is said has no length and lies at the end of the one before it.
    """
    tokens = [(i, len(token)) for i, word in enumerate(words) for token in word.spoken.split() if _has_letter(token)]
    letters = [n for _, n in tokens]
    spans = _match(letters, groups) if _believable(groups, kept) else []
    spans = spans or _share(letters, (kept.start, kept.audible_end))
    places: dict[int, Span] = {}
    for (index, _), (start, end) in zip(tokens, spans, strict=True):
        places[index] = (places.get(index, (start, end))[0], end)
    return tuple(_words(words, places, kept, rate_hz))


def _believable(groups: Sequence[Group], kept: Kept) -> bool:
    """Whether the groups reach over most of what is heard; some voices give their last words to the silence."""
    return bool(groups) and groups[-1].end - groups[0].start >= _MIN_COVER * (kept.audible_end - kept.start)


def _words(words: Sequence[SpokenWord], places: dict[int, Span], kept: Kept, rate_hz: int) -> Iterator[Word]:
    at = 0
    for index, word in enumerate(words):
        start, end = at, at
        if index in places:
            start, end = (max(at, samples_to_ms(int(min(s, kept.end)) - kept.start, rate_hz)) for s in places[index])
        yield Word(word.written, start, end)
        at = end


def _has_letter(token: str) -> bool:
    return any(c.isalnum() for c in token)


def _share(letters: Sequence[int], span: Span) -> list[Span]:
    """`span` divided among tokens in proportion to their letters."""
    edges = np.cumsum([0, *letters]) / max(1, sum(letters)) * (span[1] - span[0]) + span[0]
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))


def _match(letters: Sequence[int], groups: Sequence[Group]) -> list[Span]:
    """The place of each token by the cheapest way through both sequences; empty when there is none."""
    if len(letters) == len(groups):
        return [(g.start, g.end) for g in groups]
    spans: list[Span] = []
    for taken, said in _cheapest(letters, [g.phonemes for g in groups]):
        block = groups[said.start : said.stop]
        spans += _share(letters[taken.start : taken.stop], (block[0].start, block[-1].end))
    return spans


def _cheapest(letters: Sequence[int], phonemes: Sequence[int]) -> Iterable[tuple[range, range]]:
    """Blocks of tokens and groups that belong together, in order (dynamic programming over both)."""
    goal = (len(letters), len(phonemes))
    if not all(goal):
        return []
    ratio = sum(phonemes) / sum(letters)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(goal[0]):
        for j in range(goal[1]):
            if (i, j) not in best:
                continue
            for tokens, said, penalty in _STEPS:
                to = (i + tokens, j + said)
                if to[0] > goal[0] or to[1] > goal[1]:
                    continue
                gap = abs(sum(letters[i : to[0]]) * ratio - sum(phonemes[j : to[1]]))
                cost = best[i, j][0] + gap + penalty
                if to not in best or cost < best[to][0]:
                    best[to] = (cost, (i, j))
    blocks: list[tuple[range, range]] = []
    while goal in best and goal != (0, 0):
        origin = best[goal][1]
        blocks.append((range(origin[0], goal[0]), range(origin[1], goal[1])))
        goal = origin
    return reversed(blocks)
