"""What the voice learns to read: a waiter's answers, callers' and learners' sentences, quotations, definitions.

Quotations and definitions bring every phoneme into every company; the rest is what the voice will say most. Turkish
has fewer of them: there, made-up words do it too, which a phoneme is as much at home in.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

from app.bench.dialogue.generate import dialogues, training_world
from app.bench.dialogue.menu import load_menu
from app.bench.dialogue.phrases import load_held_out, load_phrases
from app.bench.starter.said import unseen
from app.bench.texts import sentences as pool
from app.bench.texts.sentences import STARTER, plain

LONGEST = 110
"""Characters: about seven seconds. Parlor speaks in clauses, which are shorter."""
_ENDS = (".", ".", ".", ".", "?", "!")
_ASKING = re.compile(
    r"^(what|where|when|why|who|how|which|can|could|do|does|did|is|are|may|will|would|should)\b"
    r"|\bm[ıiuü](s[ıiuü]n([ıiuü]z)?|y[ıiuü][mz])?$"
)
_PARTS = re.compile(r"(?<=[.?!]) +")
_BACK, _FRONT = "aıou", "eiöü"
_CONSONANTS, _FINALS = "bcçdfghjklmnprsştvyz", "klmnrsştzpç"
Drawn = Callable[[str, random.Random], Iterator[str]]


def sentences(language: str, seed: int, count: int) -> list[str]:
    """At most `count` different sentences with punctuation, none that evaluation speaks."""
    rng, shares = random.Random(f"{language} {seed}"), _SOURCES[language]
    sources = {drawn: drawn(language, rng) for drawn, _ in shares}
    banned = {plain(each.text, language) for each in unseen(language)}
    found = dict[str, None]()
    for drawn in rng.choices([drawn for drawn, _ in shares], [share for _, share in shares], k=count * 4):
        text = next(sources[drawn])
        if 3 <= len(text) <= LONGEST and plain(text, language) not in banned:
            found[text] = None
        if len(found) == count:
            break
    return list(found)


def _answers(language: str, rng: random.Random) -> Iterator[str]:
    menu = load_menu((STARTER if language == "en" else STARTER / language) / "menu.toml")
    world = training_world(menu, load_phrases(language), load_held_out(language))
    for dialogue in dialogues(world, f"voice {rng.random()}"):
        for turn in dialogue:
            yield from _PARTS.split(turn.answer)


def _callers(language: str, rng: random.Random) -> Iterator[str]:
    grammar = pool.training(language)
    while True:
        yield dressed(grammar.sentence(rng), rng)


def _quoted(language: str, rng: random.Random) -> Iterator[str]:
    return _each(pool.quotations(held=False, language=language), rng)


def _defined(language: str, rng: random.Random) -> Iterator[str]:
    return _each(pool.glosses(language), rng)


def _each(texts: tuple[str, ...], rng: random.Random) -> Iterator[str]:
    while True:
        yield dressed(rng.choice(texts), rng)


def _invented(_language: str, rng: random.Random) -> Iterator[str]:
    return invented(rng)


def invented(rng: random.Random) -> Iterator[str]:
    """Sentences of made-up words that follow Turkish syllables and vowel harmony."""
    while True:
        words = []
        for _ in range(rng.randint(2, 7)):
            vowels = rng.choice((_BACK, _FRONT))
            words.append("".join(_syllable(vowels, rng) for _ in range(rng.choice((1, 2, 2, 3, 3, 4)))))
        yield dressed(" ".join(words), rng)


def _syllable(vowels: str, rng: random.Random) -> str:
    end = rng.choice(_FINALS) if rng.random() < 0.35 else ""
    return rng.choice(_CONSONANTS) + rng.choice(vowels) + end


def dressed(text: str, rng: random.Random) -> str:
    """A mark at the end that suits, now and then a comma; no capital, which nobody hears."""
    words = text.split()
    if len(words) > 6 and rng.random() < 0.3:
        words[rng.randrange(2, len(words) - 2)] += ","
    return " ".join(words) + ("?" if _ASKING.search(text) else rng.choice(_ENDS))


_SOURCES: dict[str, tuple[tuple[Drawn, float], ...]] = {
    "en": ((_answers, 0.35), (_callers, 0.2), (_quoted, 0.25), (_defined, 0.2)),
    "tr": ((_answers, 0.35), (_callers, 0.2), (_quoted, 0.05), (_defined, 0.2), (_invented, 0.2)),
}
"""By language: where sentences come from, and what share."""
