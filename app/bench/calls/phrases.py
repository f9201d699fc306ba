"""What is said in one language in a conversation, and by which words it is told where people pause. From its TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from app.bench.texts.grammar import Choices, Grammar
from app.bench.texts.sentences import everything

DATA = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Talk:
    """What we ask, and what callers answer. `asked` is empty for what they say of their own accord."""

    asked: str
    said: Choices


@dataclass(frozen=True, slots=True)
class Phrases:
    """All texts of a language; those in `Choices` are templates for `grammar`."""

    grammar: Grammar
    fillers: Choices
    conjunctions: frozenset[str]
    determiners: frozenset[str]
    functions: frozenset[str]
    """Words that have no sense without others: pronouns, prepositions, auxiliaries."""
    numbers: frozenset[str]
    talk: tuple[Talk, ...]
    dictation: tuple[Talk, ...]
    """Of these, answers of numbers and letters."""
    long: Choices
    interrupting: Choices
    replies: tuple[str, ...]
    """What we are saying when callers interrupt."""
    backchannels: Choices
    """What they say without wanting to speak."""
    questions: tuple[str, ...]
    """Ours, to which a backchannel's word is an answer."""
    answers: Choices


def parse_phrases(text: str, grammar: Grammar) -> Phrases:
    """From a language's TOML. Raises `KeyError` for what is missing."""
    data: dict[str, Any] = tomllib.loads(text)
    own = {name: Choices.of(lines) for name, lines in data["slots"].items()}
    interruptions: Mapping[str, Any] = data["interruptions"]
    backchannels: Mapping[str, Any] = data["backchannels"]
    return Phrases(
        grammar=replace(grammar, slots={**grammar.slots, **own}),
        fillers=Choices.of(data["fillers"]),
        conjunctions=_words(data["conjunctions"]),
        determiners=_words(data["determiners"]),
        functions=_words(data["functions"]),
        numbers=_words(data["numbers"]),
        talk=_talk(data["talk"] + data["dictation"]),
        dictation=_talk(data["dictation"]),
        long=Choices.of(data["long"]),
        interrupting=Choices.of(interruptions["said"]),
        replies=tuple(interruptions["replies"]),
        backchannels=Choices.of(backchannels["spoken"]),
        questions=tuple(backchannels["questions"]),
        answers=Choices.of(backchannels["answers"]),
    )


def _talk(entries: Iterable[Mapping[str, Any]]) -> tuple[Talk, ...]:
    return tuple(Talk(entry["asked"], Choices.of(entry["said"])) for entry in entries)


def _words(words: Iterable[str]) -> frozenset[str]:
    return frozenset(words)


@cache
def load_phrases(language: str) -> Phrases:
    """From the package's own file. Raises `OSError` for a language without one."""
    return parse_phrases((DATA / f"{language}.toml").read_text("utf-8"), everything(language))
