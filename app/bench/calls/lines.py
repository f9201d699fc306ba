"""What is said in each of the fixed sets, before anybody says it. Pure, seeded."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from app.bench.calls.lengths import BETWEEN_TURNS, THINKING
from app.bench.calls.phrases import Phrases, Talk
from app.bench.calls.places import Stop, with_stops
from app.bench.dialogue.generate import Dialogue, dialogue
from app.bench.dialogue.moves import World
from app.bench.texts.grammar import Grammar
from app.bench.texts.sentences import plain

SIZES: Final = {"turns": 200, "pauses": 200, "interruptions": 100, "backchannels": 60}
"""The fixed sets."""
ORDERS, TEMPLATES, LONG = 0.35, 0.3, 0.1
"""Shares of turns: to the waiter, by templates, of many words. The others mostly answer a question of ours."""
STOPS = (1, 2, 3), (6, 3, 1)
"""How many thinking pauses a turn of `pauses` has, and how often."""
LEAST_WORDS = 5
"""Of a turn in `pauses`."""
DICTATED = 0.12
"""Share of `pauses` that are numbers, addresses and spelled names: short, and all of it places to pause."""
_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_NO_TURNS = ("unclear",)
"""Acts of the dialogues that are no sentences: noises, and words that are none."""
_LETTERS_MS = 65
"""Speech of 15 letters a second: it only spreads where callers fall in."""


class Sound(Enum):
    """What is heard."""

    WORDS = "words"
    COUGH = "cough"
    HUM = "hum"
    """ "mm-hmm", which no synthesiser reads well."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A thinking pause after a word, counted from 0."""

    after: int
    place: str
    ms: int


@dataclass(frozen=True, slots=True)
class Line:
    """What a caller says, how, and what we said or are saying. `lead_ms` is as `Call.start`."""

    language: str
    words: tuple[str, ...]
    lead_ms: int
    gaps: tuple[Gap, ...] = ()
    asked: str = ""
    reply: str = ""
    wants_turn: bool = True
    sound: Sound = Sound.WORDS


@dataclass(frozen=True, slots=True)
class Author:
    """Writes lines in a language."""

    language: str
    phrases: Phrases
    unseen: Grammar
    """Templates that training never saw."""
    world: World
    """A restaurant whose callers speak as training never heard them, where they can."""

    def spoken(self, text: str) -> tuple[str, ...]:
        """Words as the starter ears write them."""
        return tuple(plain(text, self.language).split())

    def filled(self, template: str, rng: random.Random) -> str:
        """A template of `phrases` with its slots filled."""
        return self.phrases.grammar.fill(template, rng)

    def said(self, rng: random.Random) -> tuple[str, str]:
        """A whole turn, and the sentence of ours before it."""
        chance = rng.random()
        if chance < ORDERS:
            return self._ordered(rng)
        if chance < ORDERS + TEMPLATES:
            return self.unseen.sentence(rng), ""
        if chance < ORDERS + TEMPLATES + LONG:
            return self.filled(self.phrases.long.pick(rng), rng), ""
        return self._answered(self.phrases.talk, rng)

    def dictated(self, rng: random.Random) -> tuple[str, str]:
        """An answer of numbers or letters, and what we asked."""
        return self._answered(self.phrases.dictation, rng)

    def _answered(self, talks: Sequence[Talk], rng: random.Random) -> tuple[str, str]:
        talk = rng.choice(talks)
        return self.filled(talk.said.pick(rng), rng), talk.asked

    def _ordered(self, rng: random.Random) -> tuple[str, str]:
        while True:
            turns = self.dialogue(rng)
            at = rng.randrange(len(turns))
            # Digits are written by keyboards, and other ears than ours; what is said is letters.
            if turns[at].act not in _NO_TURNS and not re.search(r"\d", turns[at].user):
                return turns[at].user, _last_sentence(turns[at - 1].answer) if at else ""

    def dialogue(self, rng: random.Random) -> Dialogue:
        """Any dialogue with the waiter."""
        return dialogue(self.world, f"calls {rng.getrandbits(32)}")


def _last_sentence(text: str) -> str:
    found: list[str] = _SENTENCE.findall(text)
    return found[-1].strip()


def _turn(author: Author, rng: random.Random, slowness: float) -> Line:
    text, asked = author.said(rng)
    return Line(author.language, author.spoken(text), BETWEEN_TURNS.draw(rng, slowness), asked=asked)


def _paused(author: Author, rng: random.Random, slowness: float) -> Line:
    words, asked = tuple[str, ...](), ""
    while len(words) < LEAST_WORDS:
        text, asked = author.dictated(rng) if rng.random() < DICTATED else author.said(rng)
        words = author.spoken(text)
    said, stops = with_stops(words, author.phrases, rng.choices(*STOPS)[0], rng)
    gaps = tuple(_gap(stop, rng, slowness) for stop in stops)
    return Line(author.language, said, BETWEEN_TURNS.draw(rng, slowness), gaps, asked)


def _gap(stop: Stop, rng: random.Random, slowness: float) -> Gap:
    return Gap(stop.after, stop.place, THINKING.draw(rng, slowness))


def _reply(author: Author, rng: random.Random) -> tuple[str, int]:
    """Something longer that we are saying, and when somebody falls in, in ms from its onset."""
    answers = [turn.answer for turn in author.dialogue(rng) if len(turn.answer.split()) > 8]
    reply = rng.choice(answers if answers and rng.random() < 0.5 else author.phrases.replies)
    return reply, round(rng.uniform(0.1, 0.8) * len(reply) * _LETTERS_MS)


def _interruption(author: Author, rng: random.Random, slowness: float) -> Line:
    reply, lead = _reply(author, rng)
    own = rng.random() < 0.7
    text = author.filled(author.phrases.interrupting.pick(rng), rng) if own else author.unseen.sentence(rng)
    return Line(author.language, author.spoken(text), lead, reply=reply)


def _backchannel(author: Author, rng: random.Random, slowness: float) -> Line:
    phrases, chance = author.phrases, rng.random()
    if chance < 0.25:
        asked, lead = rng.choice(phrases.questions), BETWEEN_TURNS.draw(rng, slowness)
        return Line(author.language, _parts(phrases.answers.pick(rng)), lead, asked=asked)
    reply, lead = _reply(author, rng)
    if chance < 0.45:
        return Line(author.language, (), lead, reply=reply, wants_turn=False, sound=Sound.COUGH)
    if chance < 0.6:
        return Line(author.language, ("mm-hmm",), lead, reply=reply, wants_turn=False, sound=Sound.HUM)
    return Line(author.language, _parts(phrases.backchannels.pick(rng)), lead, reply=reply, wants_turn=False)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_WRITERS: Final = {
    "turns": _turn,
    "pauses": _paused,
    "interruptions": _interruption,
    "backchannels": _backchannel,
}


def line(author: Author, name: str, rng: random.Random, slowness: float) -> Line:
    """A line of one of `SIZES`, by somebody of a slowness. Raises `KeyError`."""
    return _WRITERS[name](author, rng, slowness)
