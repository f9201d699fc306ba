"""Where a language's sentences come from: its templates, the demo menu, and quotations for open vocabulary."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

from app.bench.texts import kenet
from app.bench.texts.grammar import Choices, Grammar
from app.bench.texts.turkish import grown
from app.config import ROOT
from app.errors import SetupError

STARTER = ROOT / "models" / "starter"
_FORTUNES = Path("/usr/share/games/fortunes")
_WORDNET = Path("/usr/share/wordnet")
_SENTENCE_ENDS = re.compile(r"\n%\n|[.!?;:\"()\[\]]|--|\n\n")
_SMALL = {"tr": str.maketrans("Iİâîûāū’ÂÎÛ", "ıiaiuau'aiu")}
"""Python knows no Turkish capitals; circumflexes are heard by few and written by fewer."""
_ODD = {"en": re.compile(r"[^a-z' ]"), "tr": re.compile(r"[^a-zçğıöşü' ]")}
_ODD_ELSEWHERE = re.compile(r"[^\w' ]|[\d_]")
_NOT_TURKISH = re.compile(r"\b[A-ZÇĞİÖŞÜ]{2,}\b|[qwxQWX`…“”]|(?<!\w)-")
"""Abbreviations, Roman numbers, other languages' letters, bare suffixes."""
_ONE_LETTER = {"en": "aio", "tr": "o"}
_LONGEST = {"en": 14, "tr": 18}
_AND = {"en": "and", "tr": "ve"}
MAX_OPEN_WORDS = 14
COMMON = 2_000
_NO_WORD = re.compile(r"\{[^}]*\}|\*\d+|[()|]")
"""Slots and weights in a template."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What training never sees, by name."""

    voices: tuple[str, ...]
    twins: tuple[str, ...]
    """Voices that are neither seen nor unseen: training does not use them, but others that sound like them."""
    accents: tuple[str, ...]
    templates: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    quotations: tuple[str, ...]
    """English: fortunes' files; Turkish: how the names of KeNet's synsets end."""


@cache
def held_out(language: str = "en") -> HeldOut:
    """The part about speech of held_out.toml."""
    raw = tomllib.loads(files("app.bench").joinpath("held_out.toml").read_text("utf-8"))
    table = raw["speech" if language == "en" else f"speech-{language}"]
    pairs = tuple((first, second) for first, second in table["pairs"])
    names = {field: tuple(table[field]) for field in ("voices", "twins", "accents", "templates", "quotations")}
    return HeldOut(**names, pairs=pairs)


def _menu(language: str) -> list[dict[str, str]]:
    folder = STARTER if language == "en" else STARTER / language
    items: list[dict[str, str]] = tomllib.loads((folder / "menu.toml").read_text("utf-8"))["item"]
    return items


@cache
def menu_words(language: str = "en") -> frozenset[str]:
    """The words of the demo menu's names."""
    names = (item[form] for item in _menu(language) for form in ("name", "plural"))
    return frozenset(word for name in names for word in name.split())


@cache
def everything(language: str = "en") -> Grammar:
    """All of a language's templates, held out or not, with the demo menu's items in their slots."""
    raw = tomllib.loads(files("app.bench.texts").joinpath(f"{language}.toml").read_text("utf-8"))
    menu = _menu(language)
    slots = {name: Choices.of(lines) for name, lines in raw["slots"].items()}
    slots["item"] = Choices.of(item["name"] for item in menu)
    slots["items"] = Choices.of(item["plural"] for item in menu)
    groups = {name: Choices.of(lines) for name, lines in raw["groups"].items()}
    if language != "tr":
        return Grammar(groups, raw["weights"], slots)
    slots["beverage"] = Choices.of(item["name"] for item in menu if item["category"] in raw["drunk"])
    slots["meal"] = Choices.of(item["name"] for item in menu if item["category"] not in raw["drunk"] + raw["sweet"])
    return Grammar(groups, raw["weights"], {**slots, **grown(raw, slots)}, ending=r"\w*")


def training(language: str = "en") -> Grammar:
    """What models are trained on: nothing that is held out."""
    grammar, held = everything(language), held_out(language)
    groups = {name: choices.without(held.templates) for name, choices in grammar.groups.items()}
    return replace(grammar, groups=groups, apart=held.pairs)


def unseen_templates(language: str = "en") -> Grammar:
    """Sentences of templates that training never saw."""
    grammar, held = everything(language), held_out(language)
    return replace(grammar, groups={name: choices.only(held.templates) for name, choices in grammar.groups.items()})


def unseen_pairs(language: str = "en") -> Grammar:
    """Orders with two items that training never saw together."""
    grammar, held = everything(language), held_out(language)
    pairs = Choices.of(f"{{thing_ordered}} {_AND[language]} {second}" for _, second in held.pairs)
    return replace(training(language), slots={**grammar.slots, "order": pairs}, apart=held.pairs, together=True)


def plain(text: str, language: str = "en") -> str:
    """Lower case, letters and apostrophes only, as the starter ears write."""
    lower = text.translate(_SMALL.get(language, {})).lower()
    kept = _ODD.get(language, _ODD_ELSEWHERE).sub(" ", lower)
    return " ".join(word for word in (part.strip("'") for part in kept.split()) if word)


def _speakable(texts: Iterable[str], language: str) -> tuple[str, ...]:
    pieces = (piece for text in texts for piece in _SENTENCE_ENDS.split(text) if not re.search(r"\d", piece))
    if language == "tr":
        pieces = (piece for piece in pieces if not _NOT_TURKISH.search(piece))
    said = (plain(piece, language) for piece in pieces)
    return tuple(text for text in said if _readable(text.split(), language))


def _readable(words: list[str], language: str) -> bool:
    """Not a list of initials, not a foreign word of twenty letters, no abbreviations."""
    if not 2 <= len(words) <= MAX_OPEN_WORDS or any(len(word) > _LONGEST[language] for word in words):
        return False
    if language == "tr" and any(not set(word) & set("aıoueiöü") for word in words):
        return False
    return all(len(word) > 1 or word in _ONE_LETTER[language] for word in words)


@cache
def quotations(*, held: bool, language: str = "en") -> tuple[str, ...]:
    """Sentences that people wrote: those that are held out by name, or the others.

    Raises:
        SetupError: the package that holds them is missing.
    """
    return _examples(held=held) if language == "tr" else _fortunes(held=held)


def _fortunes(*, held: bool) -> tuple[str, ...]:
    if not _FORTUNES.is_dir():
        raise SetupError("no quotations in /usr/share/games/fortunes", fix="sudo apt install fortunes fortunes-min")
    kept = held_out("en").quotations
    files = sorted(path for path in _FORTUNES.iterdir() if path.is_file() and not path.suffix)
    names = (path for path in files if (path.name in kept) == held)
    said = _speakable((path.read_text("utf-8", "replace") for path in names), "en")
    if not held:
        return said
    trained = frozenset(quotations(held=False))  # the files repeat each other
    return tuple(text for text in dict.fromkeys(said) if text not in trained)


def _examples(*, held: bool) -> tuple[str, ...]:
    ends = held_out("tr").quotations
    said = (text for each in kenet.synsets() if each.name.endswith(ends) == held for text in each.examples)
    texts = dict.fromkeys(_speakable(said, "tr"))
    # An example may illustrate two words.
    return tuple(texts) if held else tuple(text for text in texts if text not in _held("tr"))


@cache
def _held(language: str) -> frozenset[str]:
    return frozenset(quotations(held=True, language=language))


@cache
def glosses(language: str = "en") -> tuple[str, ...]:
    """A dictionary's definitions (English: and examples).

    Raises:
        SetupError: the package that holds them is missing.
    """
    if language == "tr":
        said = (each.definition.replace("vb.", "ve benzeri") for each in kenet.synsets())
        return tuple(text for text in dict.fromkeys(_speakable(said, "tr")) if text not in _held("tr"))
    if not _WORDNET.is_dir():
        raise SetupError("no WordNet in /usr/share/wordnet", fix="sudo apt install wordnet-base")
    lines = (
        line.split("|", 1)[1]
        for path in sorted(_WORDNET.glob("data.*"))
        for line in path.read_text("utf-8", "replace").splitlines()
        if "|" in line
    )
    return tuple(text for text in _speakable(lines, "en") if text not in _held("en"))


def open_vocabulary(language: str = "en") -> tuple[str, ...]:
    """All that training may say beside the templates."""
    return quotations(held=False, language=language) + glosses(language)


@cache
def lexicon(language: str = "en") -> tuple[str, ...]:
    """All words of the templates, whether or not a template is held out, and the `COMMON` that are written most.

    Whoever trains on them one by one can be asked to hear them in a sentence that is new.
    """
    raw = tomllib.loads(files("app.bench.texts").joinpath(f"{language}.toml").read_text("utf-8"))
    lines = (line for table in ("groups", "slots") for lines in raw[table].values() for line in lines)
    own = {word for line in lines for word in plain(_NO_WORD.sub(" ", line), language).split()}
    written = Counter(word for text in open_vocabulary(language) for word in text.split())
    return tuple(sorted(own | menu_words(language) | {word for word, _ in written.most_common(COMMON)}))
