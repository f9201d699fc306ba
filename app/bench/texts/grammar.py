"""Sentences from templates with named slots: seeded, weighted, some held out. Pure."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SLOT = re.compile(r"\{(\w+)\}")
_ARTICLE = re.compile(r"\ba (?!one\b|university\b)(?=[aeiou])")
_WEIGHT = re.compile(r"\s*\*(\d+)$")


@dataclass(frozen=True, slots=True)
class Choices:
    """Texts and how likely each is."""

    texts: tuple[str, ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, lines: Iterable[str]) -> Choices:
        """From lines such as "two *6"."""
        texts, weights = [], []
        for line in lines:
            weight = _WEIGHT.search(line)
            texts.append(line[: weight.start()] if weight else line)
            weights.append(float(weight.group(1)) if weight else 1.0)
        return cls(tuple(texts), tuple(weights))

    def without(self, texts: Iterable[str]) -> Choices:
        """All but `texts`."""
        banned = set(texts)
        kept = [(text, weight) for text, weight in zip(self.texts, self.weights, strict=True) if text not in banned]
        return Choices(tuple(text for text, _ in kept), tuple(weight for _, weight in kept))

    def only(self, texts: Iterable[str]) -> Choices:
        """None but `texts`."""
        return self.without(set(self.texts) - set(texts))

    def pick(self, rng: random.Random) -> str:
        """One of the texts."""
        return rng.choices(self.texts, self.weights)[0]


@dataclass(frozen=True, slots=True)
class Grammar:
    """Groups of templates, and what fills their slots."""

    groups: Mapping[str, Choices]
    weights: Mapping[str, float]
    slots: Mapping[str, Choices]
    apart: Sequence[tuple[str, str]] = ()
    """Pairs of slot fillers that never stand in one sentence."""
    together: bool = False
    """Only sentences with one of the pairs `apart`."""
    ending: str = "s?"
    """Of the pairs' names in a sentence, a regular expression."""

    def sentence(self, rng: random.Random) -> str:
        """A sentence, lower case, no punctuation but apostrophes."""
        names = [name for name in self.weights if self.groups[name].texts]
        while True:
            group = rng.choices(names, [self.weights[name] for name in names])[0]
            text = self.fill(self.groups[group].pick(rng), rng)
            if self.together == self.joins(text):
                return text

    def joins(self, text: str) -> bool:
        """Whether two things that stay apart stand in a sentence."""
        return any(self._holds(text, pair) for pair in self.apart)

    def fill(self, template: str, rng: random.Random) -> str:
        """A template with its slots filled, and theirs."""
        while match := _SLOT.search(template):
            template = template[: match.start()] + self.slots[match.group(1)].pick(rng) + template[match.end() :]
        return _ARTICLE.sub("an ", template)

    def _holds(self, text: str, pair: tuple[str, str]) -> bool:
        return all(re.search(rf"\b{re.escape(part)}{self.ending}\b", text) for part in pair)

    def words(self) -> set[str]:
        """Every word that a sentence may hold."""
        choices = [*self.groups.values(), *self.slots.values()]
        return {word for choice in choices for text in choice.texts for word in _SLOT.sub(" ", text).split()}
